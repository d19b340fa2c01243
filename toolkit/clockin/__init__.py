"""Clock-in records, rosters and anchors: any file a person hands over, read without loss."""
