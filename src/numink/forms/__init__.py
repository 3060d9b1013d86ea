"""Copies of forms: fields read by a template, one blank or first filled page of the form."""
