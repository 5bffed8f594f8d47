"""Step 6 of the flow: who is told of an alert, when, by which channel, with what result."""
