"""The error of a start that fails for another reason than a mistake in the Corefile."""

__all__ = ["StartError"]


class StartError(Exception):
    """The machine does not give what the configuration asks for. The text is a sentence for its user."""
