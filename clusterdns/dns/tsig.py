"""Transaction signatures, as far as refusing one goes (RFC 8945)."""

from struct import Struct
from typing import Final

from clusterdns.dns.constants import RRType
from clusterdns.dns.errors import MalformedMessage
from clusterdns.dns.message import Message, RRset
from clusterdns.dns.name import MAX_NAME_OCTETS
from clusterdns.dns.rdata import Opaque, Rdata

__all__ = ["BADKEY", "bad_key", "check_tsig", "tsig_of"]

BADKEY: Final = 17
"""The TSIG error for a key that is not known (RFC 8945 section 10.3)."""

_TSIG: Final = RRType.TSIG.value
_TIME_FUDGE_SIZE = Struct("!6sHH")
_ID_ERROR_OTHER = Struct("!HHH")


def tsig_of(message: Message) -> RRset | None:
    """The TSIG record of a message that was read, if it has one; reading allows one, in the last place."""
    last = message.additional[-1] if message.additional else None
    return last if last is not None and last.rtype == _TSIG else None


def bad_key(request: RRset) -> RRset:
    """The unsigned record that goes last into the NOTAUTH reply to a query with the TSIG record `request`.

    It repeats key, algorithm, time and the original id, and has no MAC (RFC 8945 section 5.3.2).

    Raises:
        MalformedMessage: `request` is no TSIG record; never for one that `tsig_of` gave.
    """
    algorithm, time, fudge, original_id = _fields(request.rdatas[0])
    data = algorithm + _TIME_FUDGE_SIZE.pack(time, fudge, 0) + _ID_ERROR_OTHER.pack(original_id, BADKEY, 0)
    return RRset(request.owner, 0, (Opaque(_TSIG, data),), request.rrclass)


def check_tsig(rdata: Rdata) -> None:
    """Raises `MalformedMessage` unless `rdata` is laid out as RFC 8945 section 4.2 says."""
    _fields(rdata)


def _fields(rdata: Rdata) -> tuple[bytes, bytes, int, int]:
    """Algorithm name, time signed, fudge and original id."""
    data = rdata.data if isinstance(rdata, Opaque) else b""
    at = _end_of_name(data)
    algorithm = data[:at]
    if len(data) < at + _TIME_FUDGE_SIZE.size:
        raise _not_tsig()
    time, fudge, mac_size = _TIME_FUDGE_SIZE.unpack_from(data, at)
    at += _TIME_FUDGE_SIZE.size + mac_size
    if len(data) < at + _ID_ERROR_OTHER.size:
        raise _not_tsig()
    original_id, _, other_size = _ID_ERROR_OTHER.unpack_from(data, at)
    if len(data) != at + _ID_ERROR_OTHER.size + other_size:
        raise _not_tsig()
    return algorithm, time, fudge, original_id


def _end_of_name(data: bytes) -> int:
    """Where the algorithm's name ends, which is never compressed."""
    at = 0
    while at < min(len(data), MAX_NAME_OCTETS) and (size := data[at]):
        if size > 63:
            raise _not_tsig()
        at += size + 1
    return at + 1


def _not_tsig() -> MalformedMessage:
    return MalformedMessage("the data of a TSIG record is cut short or too long")
