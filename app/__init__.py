"""Vidhuk: what is true. One package per step of the flow; nothing here imports ``worker``."""
