"""How a shopper can be reached. Personal data lives here and nowhere else, encrypted."""
