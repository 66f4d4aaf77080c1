"""The directive `prometheus`: the address of the page, and its options."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clusterdns.corefile import Arguments, CorefileError, Directive, Options, Position, once
from clusterdns.web import WebAddress, read_web_address

__all__ = ["Settings", "TlsFile", "parse"]

DEFAULT_ADDRESS: Final = "localhost:9153"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFile:
    """A web configuration file, and where the Corefile names it."""

    path: Path
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where to answer, whether with metrics of the Python runtime, and what HTTPS is spoken with."""

    address: WebAddress
    runtime_metrics: bool = False
    tls: TlsFile | None = None


def parse(directive: Directive) -> Settings:
    """Read `prometheus [ADDRESS] { runtime_metrics; tls FILE }`."""
    entry = once(directive)
    address = read_web_address(Arguments(entry), default=DEFAULT_ADDRESS)
    with Options(entry) as options:
        runtime_metrics = options.flag("runtime_metrics")
        files = options.every("tls", _tls_file)
        for again in files[1:]:
            options.problems.errors.append(CorefileError(again.position, '"tls" may be given once'))
    return Settings(address=address, runtime_metrics=runtime_metrics, tls=files[0] if files else None)


def _tls_file(words: Arguments) -> TlsFile:
    token = words.token("a web configuration file")
    return TlsFile(path=Path(token.text), position=token.position)
