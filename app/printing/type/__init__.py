"""The printed letters: Noto Sans in two weights, measured and set without a PDF library."""
