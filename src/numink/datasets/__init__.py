"""Data sets for training and evaluation: downloading, checking and loading them."""
