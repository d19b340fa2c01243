"""Who stands at the terminal: the empty place, outlines, lineage, companions."""
