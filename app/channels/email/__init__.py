"""E-mail over SMTP, or into the local mailbox where no mail server is set."""
