"""The ports of Services and slices that a name asks for."""

from typing import Final

from clusterdns.cluster import Port
from clusterdns_plugins.kubernetes.looking import Looking

NO_PORTS: Final = (Port("", None, ""),)
"""What stands for the ports of a Service or slice that has none: there are addresses, but no SRV records."""

PORTS_A_UNIT: Final = 2
"""How many ports are compared in a unit of looking, beside..."""

PORTS: Final = 6
"""...what it takes to look at the ports of a slice at all."""


def matching_ports(ports: tuple[Port, ...], *, port: str, protocol: str) -> tuple[Port, ...]:
    """The ports of that name and protocol, which are in lower case; an empty text matches all."""
    known = ports or NO_PORTS
    if not port and not protocol:
        return known
    wanted = [one for one in known if one.name == port] if port else known
    return tuple(one for one in wanted if not protocol or one.protocol.lower() == protocol)


class PortFilter:
    """The ports of slices that are of one name and protocol, "" being any.

    Slices share their ports when these are equal, so that one comparison does for many. Ports must outlive
    this.
    """

    __slots__ = ("_found", "_looking", "_port", "_protocol")

    def __init__(self, port: str, protocol: str, looking: Looking) -> None:
        self._port = port
        self._protocol = protocol
        self._looking = looking
        self._found: dict[int, tuple[Port, ...]] = {}

    @property
    def is_all(self) -> bool:
        """Whether it lets all ports through."""
        return not self._port and not self._protocol

    def of(self, ports: tuple[Port, ...]) -> tuple[Port, ...]:
        """The matching ones of `ports`; none if too many were looked at."""
        if not self._port and not self._protocol:
            return ports or NO_PORTS
        found = self._found.get(id(ports))
        if found is None:
            enough = self._looking.may(PORTS + len(ports) // PORTS_A_UNIT)
            found = matching_ports(ports, port=self._port, protocol=self._protocol) if enough else ()
            self._found[id(ports)] = found
        return found

    def any_of(self, ports: tuple[Port, ...]) -> bool:
        """Whether there are any of `ports`."""
        return bool(self.of(ports))
