"""Why a server does not start, beside what is wrong in its Corefile."""

__all__ = ["StartError"]


class StartError(Exception):
    """The machine does not give what the configuration asks for. The text is a sentence for its user."""
