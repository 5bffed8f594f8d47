"""Regions, stores and their opening hours: where and when a promise counts."""
