"""Outbound webhooks: what is told to whom, how it travels, and what people see of it."""
