"""Who signs in: organisations, users, memberships with their scope, API keys."""
