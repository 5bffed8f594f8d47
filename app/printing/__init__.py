"""Printed codes: what a card says, how it is set and laid on a sheet, and print runs of many."""
