"""Who did what: an append-only record of what members, keys and commands changed or looked into."""
