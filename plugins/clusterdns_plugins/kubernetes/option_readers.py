"""Readers of each option's words, with CoreDNS's rules of how many there may be."""

import math
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from clusterdns.cluster.api.settings import MOST_ENDPOINTS, KubeconfigFile, TlsFiles
from clusterdns.cluster.selector import LabelSelector, Operator, SelectorError
from clusterdns.corefile import Arguments, CorefileError, CorefileWarning, Entry, lenient_zones
from clusterdns.dns.name import ROOT, Name
from clusterdns_plugins.kubernetes.pods import PodMode

ZONE_OPTIONS = frozenset({"fallthrough", "multicluster"})
LONGEST_TTL = 3600
LARGEST_RATE = 3.4028235e38
"""The largest finite number of 32 bits."""

UNLIMITED = 0.0
"""What `inf` and `nan` requests per second come to, as 0 does."""

SNAPSHOT_AGE = 3600.0
SHORTEST_AUDIT = 1.0
SHORTEST_SILENCE = 1.0


class SnapshotFile(NamedTuple):
    """The file that keeps the table, and the greatest age in seconds at which it is served."""

    path: str
    max_age: float


def ttl(words: Arguments) -> int:
    """Seconds. Words after the first are ignored, as in CoreDNS."""
    seconds = words.integer(minimum=0, maximum=LONGEST_TTL)
    words.rest()
    return seconds


def pod_mode(words: Arguments) -> PodMode:
    """One of the modes."""
    return PodMode(words.choice(*(mode.value for mode in PodMode)))


def namespaces(words: Arguments) -> tuple[str, ...]:
    """One or more names."""
    return tuple(token.text for token in words.some("a Namespace"))


def paths(words: Arguments) -> tuple[str, ...]:
    """One or more paths; relative ones start from the folder of the Corefile that names them."""
    tokens = words.some("a path")
    for token in tokens:
        if not token.text:
            raise words.wrong(token, "a path")
    return tuple(str(Path(token.position.file).parent / token.text) for token in tokens)


def selector(words: Arguments) -> LabelSelector:
    """All words as one label selector, of the operators that CoreDNS knows: no `!=`, `<` or `>`."""
    tokens = words.some("a label selector")
    text = " ".join(token.text for token in tokens)
    try:
        found = LabelSelector.parse(text)
    except SelectorError as error:
        raise CorefileError(tokens[0].position, str(error)) from error
    compares = any(one.operator in {Operator.GREATER, Operator.LESS} for one in found.requirements)
    if compares or "!=" in text:
        raise CorefileError(
            tokens[0].position,
            f'label selector "{text}": expected no operators but =, ==, in, notin and !KEY',
        )
    return found


def fallthrough(words: Arguments) -> tuple[Name, ...]:
    """Zones, or the root for all."""
    return zones(words) if words.more else (ROOT,)


def zones(words: Arguments) -> tuple[Name, ...]:
    """Zones, perhaps none. What is no zone is left out, as in CoreDNS; `doubts` says so."""
    return tuple(map(Name.from_text, lenient_zones(words.rest()).zones))


def doubts(entry: Entry) -> tuple[CorefileWarning, ...]:
    """A warning for each word of the directive that should be a zone and is none."""
    options = (option.args for option in entry.options if option.name.text in ZONE_OPTIONS)
    return lenient_zones(chain(entry.args, *options)).warnings


def ignores_empty_service(words: Arguments) -> bool:
    """Whether empty Services are ignored. Without a word nothing is, and later words are: as in CoreDNS."""
    if not words.more:
        return False
    words.choice("empty_service")
    words.rest()
    return True


def api_server(words: Arguments) -> tuple[str, ...]:
    """One or more URLs."""
    tokens = words.some("a URL")
    if len(tokens) > MOST_ENDPOINTS:
        raise CorefileError(
            tokens[MOST_ENDPOINTS].position, f'"endpoint" expects at most {MOST_ENDPOINTS} URLs'
        )
    return tuple(token.text for token in tokens)


def tls(words: Arguments) -> TlsFiles:
    """A certificate, its key and that of the authority."""
    return TlsFiles(
        certificate=words.word("a certificate file"),
        key=words.word("a key file"),
        authority=words.word("the file of a certificate authority"),
    )


def kubeconfig(words: Arguments) -> KubeconfigFile:
    """A file and perhaps a context."""
    return KubeconfigFile(
        path=str(words.path("a kubeconfig file")), context=words.word() if words.more else ""
    )


def startup_timeout(words: Arguments) -> float:
    """A positive duration. Words after the first are ignored, as in CoreDNS."""
    seconds = words.duration(minimum=1e-9)
    words.rest()
    return seconds


def whole_number(words: Arguments) -> int:
    """A whole number of at least 0."""
    return words.integer(minimum=0)


def rate(words: Arguments) -> float:
    """A number of at least 0 that fits into 32 bits, as Go reads them: also hexadecimal, `inf`, `nan`."""
    expected = "a number of at least 0"
    token = words.token(expected)
    text = token.text
    try:
        value = float.fromhex(text) if "x" in text.lower() else float(text)
    except (ValueError, OverflowError):
        raise words.wrong(token, expected) from None
    if value < 0 or LARGEST_RATE < value < math.inf or not text.isascii() or text != text.strip():
        raise words.wrong(token, expected)
    return value if math.isfinite(value) else UNLIMITED


def audit(words: Arguments) -> float | None:
    """Seconds between two audits, None for `off`."""
    if words.peek() == "off":
        words.token()
        return None
    return words.duration(minimum=SHORTEST_AUDIT)


def snapshot(words: Arguments) -> SnapshotFile:
    """A file, in the folder of the Corefile if it is relative, and perhaps how old it may be."""
    token = words.token("a file name")
    if not token.text:
        raise words.wrong(token, "a file name")
    max_age = words.duration(minimum=1) if words.more else SNAPSHOT_AGE
    return SnapshotFile(str(Path(token.position.file).parent / token.text), max_age)


def stale_after(words: Arguments) -> float:
    """A duration of at least a second."""
    return words.duration(minimum=SHORTEST_SILENCE)


def headless(words: Arguments) -> bool:
    """`headless`, the only word that there is."""
    words.choice("headless")
    return True
