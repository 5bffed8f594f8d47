"""The command line: one module for each group of commands."""

from flask import Flask

from app.cli import (
    accounts,
    api_keys,
    corrections,
    deliveries,
    posters,
    receipts,
    replay,
    stores,
    touchpoints,
)
from app.cli.backup import backup_command, restore_command


def register(app: Flask) -> None:
    """Add every command that needs only ``app``."""
    for command in (accounts.organisations, accounts.users, api_keys.api_keys, accounts.migrate_command):
        app.cli.add_command(command)
    for command in (stores.stores, touchpoints.touchpoints, receipts.till_keys, receipts.receipt_links):
        app.cli.add_command(command)
    for command in (
        corrections.corrections,
        replay.commands,
        deliveries.commands,
        posters.commands,
        backup_command,
        restore_command,
    ):
        app.cli.add_command(command)
