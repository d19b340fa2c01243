"""What stands in the fields of records: times, headings, words, and declared mappings."""
