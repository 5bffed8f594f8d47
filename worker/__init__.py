"""What happens later: processes and jobs. No business rule lives here."""
