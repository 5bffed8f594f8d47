"""The command line: one module for each group of commands."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command that needs only ``app``."""
