"""Forms: templates from a blank or first filled page, forms of one's own, and copies read field by field."""
