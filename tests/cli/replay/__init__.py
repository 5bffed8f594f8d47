"""The replay of real answers: the file it reads, the shopper it plays, the figures it reports."""
