"""The text of a zone, as a server block's key or a plugin's argument has it: `[SCHEME://]ZONE[:PORT]`.

CoreDNS is generous here and so are we: whatever fits into a domain name is one, even if it was meant as
something else (`10.0.0.0/33`, `[::1]`, `example.org:http`). `ZoneText.oddity` says so in words.
"""

from dataclasses import dataclass
from ipaddress import ip_network

from clusterdns.corefile.model import DEFAULT_PORTS

LARGEST_PORT = 65535
LONGEST_LABEL = 63
LONGEST_NAME = 255
"""Octets of a name on the wire, length octets and root included (RFC 1035, section 2.3.4)."""

_LARGEST_INTEGER = 2**63 - 1


class InvalidZone(ValueError):
    """The text is no zone; the message says why and needs the text in front of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneText:
    """`zones`: absolute presentation text in lower-case ASCII; several where a prefix was expanded.

    `port` is None where none is given. `oddity` is '' or what makes the zone look like a mistake.
    """

    scheme: str
    zones: tuple[str, ...]
    port: int | None
    oddity: str = ""


def parse_zone(text: str) -> ZoneText:
    """Read the text of one zone. Raises InvalidZone if it is none."""
    scheme, rest = _split_scheme(text)
    name, port = _split_port(rest)
    absolute = _absolute(name)
    reverse = _reverse_zones(name)
    oddity = "" if reverse else _oddity(name)
    return ZoneText(scheme=scheme, zones=reverse or (absolute,), port=port, oddity=oddity)


def _split_scheme(text: str) -> tuple[str, str]:
    scheme, separator, rest = text.partition("://")
    return (scheme, rest) if separator and scheme in DEFAULT_PORTS else ("dns", text)


def _split_port(text: str) -> tuple[str, int | None]:
    """A name and its port: the number behind the last colon; anything else there is part of the name."""
    name, colon, port = text.rpartition(":")
    if not text or (colon and not port):
        raise InvalidZone("nothing follows the last colon" if colon else "it is empty")
    digits = port[1:] if port[:1] in ("+", "-") else port
    if not colon or not (digits.isascii() and digits.isdigit()):
        return text, None
    digits = digits.lstrip("0") or "0"
    if len(digits) > len(str(_LARGEST_INTEGER)) or int(digits) > _LARGEST_INTEGER:
        return text, None
    if int(digits) > LARGEST_PORT or (port[0] == "-" and digits != "0"):
        raise InvalidZone(f"a port is a number from 0 to {LARGEST_PORT}")
    return name, int(digits)


def _absolute(name: str) -> str:
    if not name:
        raise InvalidZone("there is no zone in front of the port")
    labels = _labels(name)
    if sum(len(label) + 1 for label in labels) + 1 > LONGEST_NAME:
        raise InvalidZone(f"a zone has at most {LONGEST_NAME} octets")
    return "".join(_presented(label) + "." for label in labels) or "."


def _labels(name: str) -> list[bytes]:
    """Octets of each label, escapes resolved (RFC 1035, section 5.1)."""
    if name == ".":
        return []
    labels: list[bytes] = []
    label = bytearray()
    octets = _unescaped(name)
    for octet in octets:
        if octet is not None:
            label.append(octet)
            continue
        labels.append(_checked(label))
        label = bytearray()
    if label or octets[-1] is not None:
        labels.append(_checked(label))
    return labels


def _checked(label: bytearray) -> bytes:
    if not label:
        raise InvalidZone("it has an empty label")
    if len(label) > LONGEST_LABEL:
        raise InvalidZone(f"a label has at most {LONGEST_LABEL} octets")
    return bytes(label.lower())


def _unescaped(name: str) -> list[int | None]:
    """The octets of a name; None is a dot between labels."""
    raw = name.encode(errors="replace")
    octets: list[int | None] = []
    at = 0
    while at < len(raw):
        octet, at = raw[at], at + 1
        if octet == ord("."):
            octets.append(None)
        elif octet != ord("\\"):
            octets.append(octet)
        elif (code := raw[at : at + 3]).isdigit() and len(code) == 3:
            octets.append(int(code) & 0xFF)
            at += 3
        elif at < len(raw):
            octets.append(raw[at])
            at += 1
        else:
            raise InvalidZone("a backslash escapes nothing")
    return octets


def _presented(label: bytes) -> str:
    return "".join(_OCTETS[octet] for octet in label)


_OCTETS = tuple(
    f"\\{chr(o)}" if chr(o) in '."\\();@$' else chr(o) if 0x21 <= o <= 0x7E else f"\\{o:03}"
    for o in range(256)
)
"""Presentation of each octet."""


def _reverse_zones(name: str) -> tuple[str, ...]:
    """The reverse zones of an address prefix, () if the name is none.

    Off an octet's boundary (IPv4) or a nibble's (IPv6), all zones of the next boundary.
    """
    if "/" not in name:
        return ()
    length = name.partition("/")[2]
    if not (length.isascii() and length.isdigit()) or "%" in name:
        return ()
    try:
        network = ip_network(name, strict=False)
    except ValueError:
        return ()
    if ":" in name and name[0] in ":0":
        raise InvalidZone("an IPv6 prefix may not begin with a colon or a zero")
    step = 8 if network.version == 4 else 4
    boundary = -(-network.prefixlen // step) * step
    dropped = (network.max_prefixlen - boundary) // step
    return tuple(
        subnet.network_address.reverse_pointer.split(".", dropped)[dropped] + "."
        for subnet in network.subnets(new_prefix=boundary)
    )


def _oddity(name: str) -> str:
    if "/" in name:
        return "it is not an address prefix, and served as a zone of that name"
    if ":" in name or "[" in name:
        return "it has no port that is a number, and is served as a zone of that name"
    if "{" in name or "}" in name:
        return "a brace is part of the zone's name here"
    return ""
