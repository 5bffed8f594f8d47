"""The Open API: what a key opens, what it shows, and what it refuses."""
