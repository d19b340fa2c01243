"""Face models behind small protocols. No model is part of this version; the slots say so."""
