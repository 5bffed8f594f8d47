"""The command line: one module for each group of commands."""

from flask import Flask

from app.cli import accounts, deliveries, receipts, replay


def register(app: Flask) -> None:
    """Add every command that needs only ``app``."""
    for command in (accounts.organisations, accounts.users, accounts.api_keys, accounts.migrate_command):
        app.cli.add_command(command)
    for command in (receipts.till_keys, receipts.receipt_links, replay.commands, deliveries.commands):
        app.cli.add_command(command)
