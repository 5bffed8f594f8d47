"""Employees: people whom a response may name, found by the code that their till prints."""
