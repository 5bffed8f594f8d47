"""Stores from a table: read the file, say what it would change, apply exactly that."""
