"""Looking up whether the namespaces that a configuration names exist.

To watch Namespaces takes a ClusterRole; to `get` one a Role in it suffices, so where the names are known
that is done, every half a minute. Where even that is forbidden they are assumed to exist.
"""

import asyncio
import logging
from typing import Final, NoReturn

from clusterdns.cluster.api.errors import ApiError, ApiStatusError
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import Namespace, ObjectKey
from clusterdns.cluster.reflector.health.fault_log import FaultLog
from clusterdns.cluster.reflector.health.freshness import ResourceFreshness
from clusterdns.cluster.reflector.health.troubles import asked_to_wait
from clusterdns.cluster.reflector.reading.decoding import Decoder
from clusterdns.cluster.reflector.shared import Shared
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns

NAME: Final = "namespaces"
ROUND_SECONDS: Final = 30.0
FORBIDDEN_ROUNDS: Final = 20
"""How many rounds one is left out after a 403: rights change seldom."""

_log = logging.getLogger(__name__)


class NamedNamespaces:
    """Gets each named Namespace in turn, and applies to the table whether it exists."""

    def __init__(self, names: frozenset[str], shared: Shared, *, freshness: ResourceFreshness) -> None:
        self._names = sorted(names)
        self._shared = shared
        self._freshness = freshness
        self._backoff = shared.backoffs.one()
        self._fault_log = FaultLog(NAME, freshness)
        self._decoder = Decoder(Namespace)
        self._rounds_off = dict.fromkeys(self._names, 0)
        self._has_said_forbidden = False

    async def run(self) -> NoReturn:
        """Look up all names once, then one after another until cancelled."""
        found = [await self._known(name) for name in self._names]
        self._freshness.synced = True
        self._shared.gathering.listed(self, _joined(found))
        while True:
            for name in self._names:
                await asyncio.sleep(ROUND_SECONDS / len(self._names))
                if self._is_left_out(name):
                    self._freshness.heard()  # there is nothing to hear
                else:
                    await self._shared.gathering.changed(self, await self._known(name))

    def suffered_bug(self, sentence: str) -> None:
        """Log that a bug ended `run`, which will be called again. sentence: the bug."""
        self._fault_log.failed(sentence)

    async def _known(self, name: str) -> ChangeSet:
        """Ask for one Namespace until there is an answer."""
        while True:
            try:
                changes = await self._ask(name)
            except ApiError as error:
                self._freshness.connected = False
                self._fault_log.failed(str(error))
                await self._backoff.wait(asked_to_wait(error))
            else:
                self._freshness.connected = True
                self._freshness.heard()
                self._fault_log.recovered()
                self._backoff.answered()
                self._backoff.proven()
                return changes

    async def _ask(self, name: str) -> ChangeSet:
        self._freshness.lists += 1
        try:
            response = await self._shared.api.get(f"/api/v1/namespaces/{name}", {})
        except ApiStatusError as error:
            if error.code == 404:
                return ChangeSet(removed=(ObjectKey(Namespace, "", name),))
            if error.code != 403:
                raise
            self._forbidden(name, error)
            return ChangeSet(put=(Namespace(name=name),))
        # That there is one is what is asked; whatever else it says may be odd.
        found = await in_turns(self._decoder.identify(response.body), StepBudget())
        return ChangeSet(put=(Namespace(name=name, version=found.version),))

    def _forbidden(self, name: str, error: ApiStatusError) -> None:
        self._rounds_off[name] = FORBIDDEN_ROUNDS
        if not self._has_said_forbidden:
            self._has_said_forbidden = True
            _log.warning("namespaces that we may not look up are assumed to exist: %s", error)

    def _is_left_out(self, name: str) -> bool:
        left = self._rounds_off[name]
        self._rounds_off[name] = max(0, left - 1)
        return left > 0


def _joined(found: list[ChangeSet]) -> ChangeSet:
    return ChangeSet(
        put=tuple(item for one in found for item in one.put),
        removed=tuple(key for one in found for key in one.removed),
    )
