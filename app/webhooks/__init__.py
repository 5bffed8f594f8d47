"""Step 10 of the flow: systems of the chain are told what happened, signed, at least once."""
