"""Telegram: a bot of the organisation's own sends messages with a button, and hears who links a chat."""

NAME = "telegram"
