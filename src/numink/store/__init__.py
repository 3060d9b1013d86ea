"""Readings, corrections, documents and batches, kept: values, protocols and ids, and the backends below them."""
