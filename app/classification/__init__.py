"""Step 4 of the flow: what a comment means, remembered beside the response it belongs to."""
