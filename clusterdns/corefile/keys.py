"""Keys of server blocks: `[SCHEME://]ZONE[:PORT]`, several of them, commas between."""

from clusterdns.corefile.errors import CorefileError, shown
from clusterdns.corefile.model import CorefileWarning, Key, Token
from clusterdns.corefile.zones import InvalidZone, parse_zone


def parse_key(token: Token) -> tuple[Key, CorefileWarning | None]:
    """The key, and a warning if it is legal but hardly meant. Raises CorefileError."""
    try:
        zone = parse_zone(token.text)
    except InvalidZone as invalid:
        message = f"invalid key {shown(token.text)} of a server block: {invalid}"
        raise CorefileError(token.position, message) from None
    key = Key(scheme=zone.scheme, zones=zone.zones, port=zone.port, text=token.text, position=token.position)
    if not zone.oddity:
        return key, None
    message = f"odd key {shown(token.text)} of a server block: {zone.oddity}"
    return key, CorefileWarning(position=token.position, message=message)
