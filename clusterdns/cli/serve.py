"""`clusterdns`, `clusterdns serve`: answer queries until a signal comes."""

import gc
import os
import signal
import time
from contextlib import suppress
from functools import partial

from clusterdns.cli.commands import COMMANDS, Given
from clusterdns.cli.event_loop import MeasuredLoop, packages_of, watch_of
from clusterdns.cli.heap import share_heap
from clusterdns.cli.lifecycle import run_until_asked
from clusterdns.cli.loading import load_logged
from clusterdns.cli.pidfile import PidFile
from clusterdns.cli.plugins import names
from clusterdns.cli.report import report
from clusterdns.cli.signals import LAST_RESORT_SECONDS, Signals
from clusterdns.cli.source import NO_TEXT, Fault, port_of, read_source
from clusterdns.cli.version import version_lines
from clusterdns.cli.workers import Workers
from clusterdns.configuration.registry import discover
from clusterdns.corefile import CorefileErrors
from clusterdns.memory import Memory
from clusterdns.server import Server, StartError
from clusterdns.telemetry.logs import logging_to
from clusterdns.telemetry.loop_metrics import declare_loop_turns
from clusterdns.telemetry.writer import LogWriter
from clusterdns.threads import NoThreadError

__all__ = ["run"]

COMMANDS_ARE = "the commands are " + ", ".join(command.name for command in COMMANDS)

STDOUT = 1
"""CoreDNS logs to standard output; so do we, for the collectors that read it."""

STDERR = 2
NO_MEMORY = b"[FATAL] memory is exhausted and queries cannot be answered: ending\n"

LAST_WORDS = 0.2
"""Seconds that the log gets when the process ends at once."""


def run(given: Given) -> int:
    """Serve, or print what `-version` and `-plugins` ask for; the exit status."""
    if given.words:
        report(Fault(f"extra command line arguments: [{' '.join(given.words)}]; {COMMANDS_ARE}"))
        return 1
    if given.switches.get("version"):
        print(*version_lines(), sep="\n")
        return 0
    if given.switches.get("plugins"):
        return names(discover())
    return _serve(given)


def _serve(given: Given) -> int:
    """Serve; a fault at start is reported once the log is written."""
    source = NO_TEXT
    share_heap()
    try:
        port, watch = port_of(given.values), watch_of(os.environ)
        with logging_to(STDOUT) as log, PidFile(given.values.get("pidfile")) as pidfile:
            end = partial(_end, pidfile, log)
            with Signals(end, timer=_start_timer) as signals:
                workers = Workers()
                workers.start()
                source = read_source(given.values.get("conf"))
                registry = discover()
                remember = given.switches.get("packet-cache", True)
                memory = Memory(partial(_end_without_memory, pidfile), time.monotonic)
                memory.hold()
                server = Server(load_logged(source, port, registry), packet_cache=remember, memory=memory)
                _count_dropped_lines(server, log)
                loop = MeasuredLoop(watch, packages_of(registry), workers)
                declare_loop_turns(server.metrics, loop.selector)
                output = None if given.switches.get("quiet") else log
                started = partial(_started, server, pidfile, output, loop)
                loop.run(
                    run_until_asked(server, signals, started=started, on_loop_error=memory.on_loop_error),
                    on_memory_error=partial(_end_without_memory, pidfile),
                )
    except (CorefileErrors, StartError, NoThreadError, Fault) as error:
        report(error, source)
        return 1
    return 0


def _count_dropped_lines(server: Server, log: LogWriter) -> None:
    dropped = server.metrics.counter("clusterdns_log_lines_dropped_total", "Lines of the log never written.")
    dropped.reads(lambda: log.dropped)


def _started(server: Server, pidfile: PidFile, output: LogWriter | None, loop: MeasuredLoop) -> None:
    """Print the lines that CoreDNS prints once it serves, unless `-quiet`, and write the pid file."""
    pidfile.write()
    gc.collect()
    gc.freeze()  # what was built at start stays: the collector need not look at it again
    if output is not None:
        for line in (*server.banner(), *version_lines()):
            output.put(line)
    loop.serve()


def _end(pidfile: PidFile, log: LogWriter, status: int) -> None:
    """Remove the pid file, write the log and end the process; the timer ends it if that hangs."""
    _start_timer(LAST_RESORT_SECONDS)
    pidfile.remove()
    log.close(LAST_WORDS)
    os._exit(status)


def _end_without_memory(pidfile: PidFile) -> None:
    """End the process at once with a line made beforehand, since there is no memory to make one."""
    _start_timer(LAST_RESORT_SECONDS)
    os.write(STDERR, NO_MEMORY)
    with suppress(MemoryError):
        pidfile.remove()
    os._exit(1)


def _start_timer(seconds: float) -> None:
    """Have the kernel end the process after `seconds` (SIGALRM), whatever it does then."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
