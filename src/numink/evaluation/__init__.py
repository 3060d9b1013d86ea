"""Measuring models and the reader on data with known answers, and reporting the results."""
