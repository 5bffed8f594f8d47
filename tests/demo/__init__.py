"""The demo chain: whether its made-up month holds together."""
