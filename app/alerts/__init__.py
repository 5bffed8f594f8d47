"""Steps 5, 7 and 8 of the flow: somebody owns the answer, a clock runs, the record shows what happened."""
