"""Video and sound files: the only door to footage."""
