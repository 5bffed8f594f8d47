"""Telegram, against a Bot API on a socket of this machine."""
