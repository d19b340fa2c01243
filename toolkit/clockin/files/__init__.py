"""What a file of records is made of: bytes, texts, tables, pages, documents, workbooks."""
