"""Pictures of presented faces and of what is around them, as cues see them."""
