"""Training and measuring; needs the extra `[train]`. Nothing that reads or serves imports it."""
