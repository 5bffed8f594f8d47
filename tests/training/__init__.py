"""Tests of how the shipped model is made."""
