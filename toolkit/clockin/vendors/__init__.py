"""What several formats of one vendor or of one kind of platform share."""
