"""Permissions to answer once: links on receipts, minted by API or signed by tills without network."""
