"""Pages in other formats: CSV rows, hOCR, pictures with the answers drawn on them."""
