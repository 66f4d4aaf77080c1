"""Believable packets, queries and replies, for tests that damage, cut or measure them."""

from clusterdns.dns.constants import Flag, RRClass, RRType
from clusterdns.dns.edns import Edns, ExtendedError, ExtendedErrorCode, Option, OptionCode
from clusterdns.dns.message import Message, Question, RRset
from clusterdns.dns.name import Name
from clusterdns.dns.rdata import Opaque
from clusterdns.dns.text import parse_section
from clusterdns.dns.writer import write_message

__all__ = ["query_packets", "reply_packets", "tsig_record"]

_NAME = Name.from_text("web.shop.svc.cluster.local.")
_SOA = "cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 5"
_REPLY = (Flag.QR | Flag.AA | Flag.RD).value

_COOKIE = Option(OptionCode.COOKIE, bytes(range(8)))
_OPTIONS = (
    Option(OptionCode.NSID, b""),
    Option(OptionCode.CLIENT_SUBNET, bytes.fromhex("0001180a0000")),
    _COOKIE,
    Option(100, b"unknown"),
)


def query_packets() -> tuple[bytes, ...]:
    """Queries of every shape that a server reads."""
    question = (Question(_NAME, RRType.A),)
    zone = (Question(Name.from_text("cluster.local."), RRType.IXFR),)
    messages = (
        Message(id=1, flags=Flag.RD, question=question),
        Message(id=2, flags=Flag.RD | Flag.AD, question=question, edns=Edns()),
        Message(id=3, question=question, edns=Edns(payload=4096, flags=0x8000, options=_OPTIONS)),
        Message(id=4, question=(Question(Name.from_text("."), RRType.NS, RRClass.CH),), edns=Edns(version=1)),
        Message(id=5, question=zone, authority=parse_section(_SOA)),
        Message(id=6, question=question, additional=(tsig_record(original_id=6),), edns=Edns()),
        Message(id=7, edns=Edns(options=(_COOKIE,))),
        Message(id=8, opcode=5, question=zone, authority=parse_section(_SOA)),
        Message(id=9, question=(Question(Name.from_labels([b"x" * 63] * 3 + [b"y" * 61]), RRType.TXT),)),
    )
    return tuple(write_message(message) for message in messages)


def reply_packets() -> tuple[bytes, ...]:
    """Replies with every type of record that is read, compressed as they are sent."""
    question = (Question(_NAME, RRType.A),)
    addresses = "\n".join(f"{_NAME} 5 IN A 10.0.0.{host}" for host in range(30))
    mixed = (
        "web.shop.svc.cluster.local. 5 IN AAAA fd00::1\n"
        "alias.cluster.local. 5 IN CNAME web.shop.svc.cluster.local.\n"
        "cluster.local. 5 IN NS ns.dns.cluster.local.\n"
        "cluster.local. 5 IN MX 10 mail.cluster.local.\n"
        "1.0.0.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local.\n"
        '_http._tcp.web.shop.svc.cluster.local. 5 IN TXT "one" "" "three"\n'
        "_http._tcp.web.shop.svc.cluster.local. 5 IN SRV 0 100 80 web.shop.svc.cluster.local.\n"
        "cluster.local. 5 IN TYPE65280 \\# 5 0102030405\n"
        "cluster.local. 5 CH TYPE1 \\# 2 c00c"
    )
    failure = ExtendedError(ExtendedErrorCode.NOT_READY, "no list of services yet").to_option()
    messages = (
        Message(id=1, flags=_REPLY, question=question, answer=parse_section(addresses), edns=Edns()),
        Message(
            id=2,
            flags=_REPLY,
            question=question,
            answer=parse_section(mixed),
            authority=parse_section(_SOA),
            additional=parse_section("ns.dns.cluster.local. 5 IN A 10.96.0.10"),
        ),
        Message(id=3, flags=_REPLY, rcode=3, question=question, authority=parse_section(_SOA)),
        Message(id=4, flags=_REPLY, rcode=2, question=question, edns=Edns(options=(failure,))),
        Message(id=5, flags=_REPLY, rcode=16, question=question, edns=Edns()),
    )
    return tuple(write_message(message) for message in messages)


def tsig_record(*, original_id: int, key: str = "transfer.") -> RRset:
    """The TSIG record of a query signed with a key that nobody knows (RFC 8945 section 4.2)."""
    algorithm = Name.from_text("hmac-sha256.").wire
    time_and_fudge = (1_700_000_000).to_bytes(6) + (300).to_bytes(2)
    mac = (32).to_bytes(2) + bytes(range(32))
    data = algorithm + time_and_fudge + mac + original_id.to_bytes(2) + bytes(4)
    return RRset(Name.from_text(key), 0, (Opaque(RRType.TSIG, data),), RRClass.ANY)
