"""Step 9 of the flow: scores, and every page that shows more than its own feature."""
