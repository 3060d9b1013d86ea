"""Structure of a page: tables with their cells, boxes and combs, and the regions in which its lines are segmented."""
