"""Tests of the shared skin: layout, choices, errors, headers."""
