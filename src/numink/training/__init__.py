"""Training of the networks, from data sets to model files; needs the extra `[train]`."""
