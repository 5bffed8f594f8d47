"""Steps 1 to 3 of the flow: the shopper's pages, and the one door through which every answer is stored."""
