"""Guarded HTTP: against addresses that must not be reached, and receivers that do not behave."""
