"""Decoding of pictures and documents in child processes, which can be ended at a limit of time or memory."""
