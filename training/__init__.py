"""How the shipped sentiment model is made: read, clean, train, export, measure. Not needed at run time."""
