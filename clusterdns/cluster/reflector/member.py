"""What a reflector is made of, for whoever does a part of its work."""

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.reflector.decoding import Decoder
from clusterdns.cluster.reflector.freshness import ResourceFreshness
from clusterdns.cluster.reflector.position import Position
from clusterdns.cluster.reflector.relisting import Relisting
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.reflector.silence import Silence
from clusterdns.cluster.reflector.voice import Voice


class Member:
    """One resource, and all that is known of following it."""

    def __init__(self, resource: Resource, shared: Shared, *, freshness: ResourceFreshness) -> None:
        self.resource = resource
        self.shared = shared
        self.freshness = freshness
        self.decoder = Decoder(resource.kind)
        self.position = Position()
        self.silence = Silence()
        self.backoff = shared.backoffs.one()
        self.voice = Voice(str(resource), freshness)
        self.expiries = 0

    def relisting(self) -> Relisting:
        """Where the objects of a new list go."""
        return Relisting(
            self.shared.table,
            self.resource,
            decoder=self.decoder,
            trusting=self.position.trusting,
            unreadable=self.voice.unreadable,
        )

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
        self.voice.recovered()
