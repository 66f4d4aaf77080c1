"""How each option's words are read, with CoreDNS's rules of how many there may be."""

from pathlib import Path

from clusterdns.cluster.selector import LabelSelector, Operator, SelectorError
from clusterdns.corefile import Arguments, CorefileError
from clusterdns.dns.name import ROOT, Name
from clusterdns_plugins.kubernetes.pods import PodMode

LONGEST_TTL = 3600
MOST_ZONE_OCTETS = 244
"""So that `hostmaster` and `ns.dns` still fit in front of a zone (RFC 1035 section 2.3.4)."""


def present(words: Arguments) -> bool:
    """True: an option without arguments is there."""
    words.end()
    return True


def absent(words: Arguments) -> bool:
    """False: an option without arguments that turns something off is there."""
    words.end()
    return False


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
    return tuple(map(Name.from_text, words.zones())) or (ROOT,)


def zones(words: Arguments) -> tuple[Name, ...]:
    """Zones, perhaps none, each short enough to have name servers."""
    found = tuple(map(Name.from_text, words.zones()))
    for zone in found:
        if len(zone.wire) > MOST_ZONE_OCTETS:
            raise CorefileError(
                words.owner.position,
                f"zone {zone} is too long: expected at most {MOST_ZONE_OCTETS} octets",
            )
    return found


def ignored(words: Arguments) -> bool | None:
    """Whether empty Services are ignored. Without a word nothing is, and later words are: as in CoreDNS."""
    if not words.more:
        return None
    words.choice("empty_service")
    words.rest()
    return True


def api_server(words: Arguments) -> None:
    """One or more URLs."""
    words.some("a URL")


def tls(words: Arguments) -> None:
    """A certificate, its key and that of the authority."""
    for expected in ("a certificate file", "a key file", "the file of a certificate authority"):
        words.word(expected)


def kubeconfig(words: Arguments) -> None:
    """A file and perhaps a context."""
    words.path("a kubeconfig file")
    if words.more:
        words.word()


def startup_timeout(words: Arguments) -> None:
    """A positive duration. Words after the first are ignored, as in CoreDNS."""
    words.duration(minimum=1e-9)
    words.rest()


def whole_number(words: Arguments) -> None:
    """A whole number of at least 0."""
    words.integer(minimum=0)


def rate(words: Arguments) -> None:
    """A number of at least 0."""
    words.number(minimum=0)
