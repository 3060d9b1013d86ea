"""The application's operations, without HTTP: reading, history, batches, corrections, uploads and downloads."""
