"""Training (which needs the extra `[train]`) and measuring. Nothing that reads or serves imports it."""
