"""Starting threads, which the system may refuse: a user or a container may have no more than so many."""

from threading import Event, Thread

__all__ = ["NoThreadError", "check_room", "start_thread"]


class NoThreadError(Exception):
    """The system starts no further thread; the text is one sentence for whoever runs the server."""


def start_thread(thread: Thread) -> None:
    """Start it.

    Raises:
        NoThreadError: the limit of threads is reached.
    """
    try:
        thread.start()
    except RuntimeError as error:
        raise NoThreadError(
            f'the thread "{thread.name}" cannot be started: {error}; '
            "expected room for it below the limit of threads (ulimit -u, pids.max)"
        ) from error


def check_room(number: int) -> None:
    """Find out whether so many threads can be started: for libraries that end the process if they cannot.

    Raises:
        NoThreadError: they cannot.
    """
    over, started = Event(), list[Thread]()
    try:
        for _ in range(number):
            thread = Thread(target=over.wait, name="trial", daemon=True)
            start_thread(thread)
            started.append(thread)
    finally:
        over.set()
        for thread in started:
            thread.join()
