"""The state of one reflector, shared by the modules that list, watch and repair."""

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
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns


class ReflectorState:
    """A resource with its decoder, its position in the history, its freshness, backoff and log.

    shared: what it has in common with the other reflectors of its source. expiries: how often in a row the
    version to watch from had expired."""

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
        """A collector for the objects of a new list, which compares them with the table."""
        return Relisting(
            self.shared.table,
            self.resource,
            decode=self.decode,
            peek=self.decoder.peek,
            trusting=self.position.trusting,
            left_out=self.shared.left_out,
        )

    async def decode(self, document: msgspec.Raw, turns: StepBudget) -> Decoded:
        """Decode an object, and note in `left_out` which of its values could not be read, or that all could.

        Raises:
            UnreadableError: nothing of it can be read; the table keeps what it holds.
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

    async def _read(self, document: msgspec.Raw, turns: StepBudget) -> Decoded | None:
        if len(document) < LARGE:
            return self.decoder.at_once(document)
        return await in_turns(self._portions.read(document), turns)

    async def oversized(self, document: Oversized, turns: StepBudget) -> ObjectIdentity:
        """Note that an object is too large to be read. Returns which object it is."""
        identity = await in_turns(self.decoder.identify(document.head), turns)
        self.unreadable(identity, document.reason)
        return identity

    def unreadable(self, identity: ObjectIdentity, reason: str) -> None:
        """Note in `left_out` that nothing of an object can be read. reason: why."""
        found = LeftOut(version=identity.version, reason=reason, kinds=frozenset({reason}), is_whole=True)
        self.shared.left_out.note(self.resource.kind, identity.names, found)

    def readable(self, names: Names) -> None:
        """Clear the note on an object that can be read in full, or that is gone."""
        self.shared.left_out.clear(self.resource.kind, names)

    def count_list(self) -> None:
        """Count a list that begins."""
        self.freshness.lists += 1
        self.freshness.relists += self.position.listed

    def listed(self, difference: ChangeSet, version: str) -> None:
        """Hand on a complete list. difference: to the table; version: that of the list, to watch from."""
        self.position.completed(version)
        self.freshness.synced = True
        self.freshness.heard()
        self.backoff.answered()
        self.shared.gathering.listed(self, difference)

    def proven(self) -> None:
        """Note that the watch works, which ends an outage."""
        self.expiries = 0
        self.backoff.proven()
        self.shared.gathering.settled(self)
        self.fault_log.recovered()
