"""Values, protocols and ids of stores of readings, corrections, documents and batches, with their backends."""
