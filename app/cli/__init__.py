"""The command line: one module for each group of commands."""

from flask import Flask

from app.cli import accounts, replay
from app.cli.backup import backup_command, restore_command


def register(app: Flask) -> None:
    """Add every command that needs only ``app``."""
    for command in (accounts.organisations, accounts.users, accounts.api_keys, accounts.migrate_command):
        app.cli.add_command(command)
    for command in (backup_command, restore_command):
        app.cli.add_command(command)
    app.cli.add_command(replay.commands)
