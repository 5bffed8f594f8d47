"""The command line: one module for each group of commands."""

from flask import Flask

from app.cli import accounts, api_keys, replay


def register(app: Flask) -> None:
    """Add every command that needs only ``app``."""
    for command in (accounts.organisations, accounts.users, api_keys.api_keys, accounts.migrate_command):
        app.cli.add_command(command)
    app.cli.add_command(replay.commands)
