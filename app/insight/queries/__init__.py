"""Reads for the pages that show more than their own feature: a few statements each, always inside a scope."""
