"""Correcting single objects of the table that an audit found to differ."""

from clusterdns.cluster.api.framing import Oversized
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, ObjectKey, is_same
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.reading.decoding import UnreadableError
from clusterdns.cluster.reflector.reflector_state import ReflectorState
from clusterdns.cluster.step_budget import StepBudget


async def repair(state: ReflectorState, key: ObjectKey) -> bool:
    """Ask for one object and correct the table, unless the watch did so meanwhile. Returns whether it did.

    It is asked for by a list of one, since reading lists is what our role allows.

    Raises:
        ApiError: the API server could not be asked.
    """
    held = state.shared.table.objects(state.resource.kind)
    before = held.get((key.namespace, key.name))
    try:
        found = await _ask(state, key)
    except UnreadableError:
        return False
    if held.get((key.namespace, key.name)) is not before:
        return False
    if found is None:
        changes = ChangeSet(removed=(key,)) if before is not None else ChangeSet()
    else:
        changes = ChangeSet() if is_same(before, found) else ChangeSet(put=(found,))
    await state.shared.gathering.changed(state, changes)
    state.freshness.repairs += bool(changes)
    return bool(changes)


async def _ask(state: ReflectorState, key: ObjectKey) -> ClusterObject | None:
    resource, turns = state.resource.only(key.namespace, key.name), StepBudget()
    async with state.shared.api.answer(resource.path, resource.params()) as answer:
        async for items in PageReader(answer).items(turns):
            for item in items:
                if isinstance(item, Oversized):
                    raise UnreadableError(item.reason, await state.oversized(item, turns))
                return (await state.decode(item, turns)).item
    state.readable((key.namespace, key.name))
    return None
