"""What is asked: surveys, and their versions, frozen once published."""
