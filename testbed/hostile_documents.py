"""Objects that a tenant, or a server with a bug, could put into a stream: every way to be odd, at random.

Each has a name of its own in the namespace "evil" (Namespaces: a name that begins with it), and a version.
"""

from collections.abc import Callable
from random import Random
from typing import Any, Final

import msgspec

NAMESPACE: Final = "evil"
NAMES: Final = 40

SCALARS: Final = (
    *(b"null", b"true", b"0", b"-1", b"70000", b"1e400", b"1.5", b"9" * 30, b"9" * 5000),
    *(
        b'""',
        b'"None"',
        b'"ten"',
        b'"010.096.000.013"',
        b'"::ffff:10.96.0.13"',
        b'"fd00::1"',
        b'"10.96.0.256"',
    ),
    *(
        rb'"\ud800"',
        rb'"\udc00\ud83d"',
        rb'"\u0000"',
        b'"\xff\xfe"',
        b'"\xc3\xa9"',
        b'"' + b"x" * 3000 + b'"',
    ),
    *(b"{}", b"[]", b"[null]", b"[[]]", b'{"":{}}', b"NaN", b"Infinity", b"'x'"),
)

BODIES: Final[dict[str, tuple[Any, ...]]] = {
    "Service": (
        {
            "spec": {
                "type": "ClusterIP",
                "clusterIP": "10.96.6.6",
                "clusterIPs": ["10.96.6.6", "fd00::6"],
                "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}],
                "externalIPs": ["192.0.2.6"],
            },
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}, {"hostname": "a.example"}]}},
        },
        {"spec": {"type": "ExternalName", "externalName": "a.example"}},
    ),
    "EndpointSlice": (
        {
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
            "endpoints": [
                {
                    "addresses": ["10.6.0.1", "10.6.0.2"],
                    "conditions": {"ready": True},
                    "hostname": "a",
                    "nodeName": "n",
                    "zone": "z",
                    "targetRef": {"kind": "Pod", "name": "p"},
                    "hints": {"forZones": [{"name": "z"}]},
                }
            ],
        },
    ),
    "Namespace": ({"spec": {"finalizers": ["kubernetes"]}},),
}
LABELS: Final = b'"labels":{"kubernetes.io/service-name":"h-1","a":"b"},"annotations":{"c":"d"}'


class HostileDocuments:
    """Makes them. `largest` is the bound on documents that some of them break."""

    def __init__(self, random: Random, *, largest: int) -> None:
        self._random = random
        self._largest = largest
        self._ways: tuple[Callable[[bytes], bytes], ...] = (
            self._deep,
            self._replaced,
            self._replaced,
            self._flipped,
            self._cut,
            self._doubled,
            self._large,
        )

    def event(self, version: int) -> tuple[str, bytes]:
        """A line for a watch, without its end, and the kind of its object."""
        random = self._random
        kind = random.choice(tuple(BODIES))
        type_ = random.choice(("ADDED", "MODIFIED", "MODIFIED", "DELETED"))
        metadata, rest = self._members(kind)
        if random.random() < 0.02:
            document = random.choice(SCALARS)
        else:
            document = self._begun(kind, version) + b"," + metadata + b"}" + rest + b"}"
        return kind, b'{"type":"%s","object":%s}' % (type_.encode(), document)

    def stored(self) -> tuple[str, str, str, str]:
        """An object as a server may hold it: kind, name, members of its metadata, and the rest."""
        while True:
            kind = self._random.choice(("Service", "EndpointSlice"))
            metadata, rest = self._members(kind)
            if self._is_whole(metadata, rest):
                return kind, self._name(), metadata.decode(), f"{{{rest[1:].decode()}}}"

    def _is_whole(self, metadata: bytes, rest: bytes) -> bool:
        """Whether brackets match, so that what follows is not a part of it."""
        try:
            msgspec.json.decode(b"{" + metadata + b"}")
            msgspec.json.decode(b"{" + rest[1:] + b"}")
        except RecursionError:
            return True
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False
        return True

    def _begun(self, kind: str, version: int) -> bytes:
        name = self._name()
        place = f'"namespace":"{NAMESPACE}",' if kind != "Namespace" else ""
        name = name if place else f"{NAMESPACE}-{name}"
        return f'{{"kind":"{kind}","metadata":{{{place}"name":"{name}","resourceVersion":"{version}"'.encode()

    def _name(self) -> str:
        return f"h-{self._random.randrange(NAMES)}"

    def _members(self, kind: str) -> tuple[bytes, bytes]:
        """Of the metadata, and of the object, one of them odd."""
        random = self._random
        metadata, rest = LABELS, b"," + msgspec.json.encode(random.choice(BODIES[kind]))[1:-1]
        way = random.choice(self._ways)
        return (way(metadata), rest) if random.random() < 0.3 else (metadata, b"," + way(rest[1:]))

    def _deep(self, members: bytes) -> bytes:
        depth = self._random.choice((70, 900, 990, 1200, 3000, 10_000))
        opening, closing = self._random.choice(((b"[", b"]"), (b'{"f:a":', b"}"), (b'[{"":', b"}]")))
        deep = opening * depth + b"1" + closing * depth
        return (
            members + b',"managedFields":' + deep
            if self._random.random() < 0.5
            else self._with(members, deep)
        )

    def _replaced(self, members: bytes) -> bytes:
        return self._with(members, self._random.choice(SCALARS))

    def _with(self, members: bytes, value: bytes) -> bytes:
        """The members with one of the values replaced."""
        places = [place for place in range(len(members)) if members[place : place + 1] in b":["]
        place = self._random.choice(places) + 1
        end = place
        depth, is_text = 0, False
        while end < len(members):
            octet = members[end : end + 1]
            is_text ^= octet == b'"'
            depth += not is_text and octet in b"[{"
            if not is_text and (octet in b"]}," and depth == 0):
                break
            depth -= not is_text and octet in b"]}"
            end += 1
        return members[:place] + value + members[end:]

    def _flipped(self, members: bytes) -> bytes:
        octets = bytearray(members)
        for _ in range(self._random.randrange(1, 5)):
            octets[self._random.randrange(len(octets))] = self._random.randrange(11, 256)
        return bytes(octets)

    def _cut(self, members: bytes) -> bytes:
        return members[: self._random.randrange(1, len(members))]

    def _doubled(self, members: bytes) -> bytes:
        return members + b"," + members

    def _large(self, members: bytes) -> bytes:
        filling = self._random.choice((b"x", rb"\u0001", b'","'))
        return members + b',"x":["' + filling * (self._largest // len(filling)) + b'"]'
