"""The Open API: the public contract, by version."""
