"""What the README and the documents claim about speed and size, measured. Nothing here is a test."""
