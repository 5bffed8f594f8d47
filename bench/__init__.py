"""Measurements with recorded results."""
