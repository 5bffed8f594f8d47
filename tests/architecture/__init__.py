"""Tests that hold the house in shape: sizes, places, imports, documents."""
