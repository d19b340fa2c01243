"""Pure science: arrays and tables in, tables and records out."""
