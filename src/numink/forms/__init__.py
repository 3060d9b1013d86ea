"""Forms: how a template comes to be, and the values on copies of its form."""
