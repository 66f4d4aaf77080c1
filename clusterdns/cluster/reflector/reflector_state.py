"""What a reflector is made of, for whoever does a part of its work."""

import msgspec

from clusterdns.cluster.api.framing import Oversized
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.left_out import LeftOut
from clusterdns.cluster.objects import Names
from clusterdns.cluster.reflector.health.fault_log import FaultLog
from clusterdns.cluster.reflector.health.freshness import ResourceFreshness
from clusterdns.cluster.reflector.health.silence import Silence
from clusterdns.cluster.reflector.listing.relisting import Relisting
from clusterdns.cluster.reflector.reading.decoding import Decoded, Decoder, ObjectIdentity, UnreadableError
from clusterdns.cluster.reflector.reading.portions import LARGE, Portions
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.reflector.watch_position import WatchPosition
from clusterdns.cluster.turns import Turns
from clusterdns.cluster.work import in_turns


class ReflectorState:
    """One resource, and all that is known of following it."""

    def __init__(self, resource: Resource, shared: Shared, *, freshness: ResourceFreshness) -> None:
        self.resource = resource
        self.shared = shared
        self.freshness = freshness
        self.decoder = Decoder(resource.kind)
        self._portions = Portions(resource.kind, self.decoder.at_once)
        self.position = WatchPosition()
        self.silence = Silence()
        self.backoff = shared.backoffs.one()
        self.fault_log = FaultLog(str(resource), freshness)
        self.expiries = 0

    def relisting(self) -> Relisting:
        """Where the objects of a new list go."""
        return Relisting(
            self.shared.table,
            self.resource,
            decode=self.decode,
            peek=self.decoder.peek,
            trusting=self.position.trusting,
            left_out=self.shared.left_out,
        )

    async def decode(self, document: msgspec.Raw, turns: Turns) -> Decoded:
        """The object. What is not readable is noted, and so is that all of it is.

        Raises:
            UnreadableError: nothing of it is; what is known of it stays.
        """
        decoded = await self._read(document, turns)
        if decoded is None:
            try:
                decoded = await in_turns(self.decoder.in_steps(document), turns)
            except UnreadableError as error:
                self.unreadable(error.identity, str(error))
                raise
        item, faults = decoded.item, decoded.faults
        if faults:
            found = LeftOut(version=item.version, reason=str(faults), kinds=faults.kinds, is_whole=False)
            self.shared.left_out.note(self.resource.kind, (item.namespace, item.name), found)
        else:
            self.readable((item.namespace, item.name))
        return decoded

    async def _read(self, document: msgspec.Raw, turns: Turns) -> Decoded | None:
        if len(document) < LARGE:
            return self.decoder.at_once(document)
        return await in_turns(self._portions.read(document), turns)

    async def oversized(self, document: Oversized, turns: Turns) -> ObjectIdentity:
        """A document of an object is too large to be read; which object it is."""
        identity = await in_turns(self.decoder.identify(document.head), turns)
        self.unreadable(identity, document.reason)
        return identity

    def unreadable(self, identity: ObjectIdentity, reason: str) -> None:
        """Nothing of an object can be read."""
        found = LeftOut(version=identity.version, reason=reason, kinds=frozenset({reason}), is_whole=True)
        self.shared.left_out.note(self.resource.kind, identity.names, found)

    def readable(self, names: Names) -> None:
        """There is nothing in an object that cannot be read, or it is gone."""
        self.shared.left_out.clear(self.resource.kind, names)

    def count_list(self) -> None:
        """A list is begun."""
        self.freshness.lists += 1
        self.freshness.relists += self.position.listed

    def listed(self, difference: ChangeSet, version: str) -> None:
        """A list is complete."""
        self.position.completed(version)
        self.freshness.synced = True
        self.freshness.heard()
        self.backoff.answered()
        self.shared.gathering.listed(self, difference)

    def proven(self) -> None:
        """A watch works."""
        self.expiries = 0
        self.backoff.proven()
        self.shared.gathering.settled(self)
        self.fault_log.recovered()
