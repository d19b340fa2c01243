"""Two looks at one flat picture: registration, agreement, and what a score of it is worth."""
