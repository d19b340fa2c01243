"""Error rates on scenes whose truth is known, and on whatever labelled recordings a user has."""
