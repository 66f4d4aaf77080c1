"""Putting single objects right, where something else than the watch found that they differ."""

from clusterdns.cluster.api.framing import Oversized
from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.objects import ClusterObject, Key, is_same
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.member import Member
from clusterdns.cluster.reflector.reading.decoding import UnreadableError
from clusterdns.cluster.turns import Turns


async def repair(member: Member, key: Key) -> bool:
    """Ask for one object and put it right, unless the watch did so meanwhile; whether it was put right.

    It is asked for by a list of one, since reading lists is what our role allows.

    Raises:
        ApiError: the API server could not be asked.
    """
    held = member.shared.table.objects(member.resource.kind)
    before = held.get((key.namespace, key.name))
    try:
        found = await _ask(member, key)
    except UnreadableError:
        return False
    if held.get((key.namespace, key.name)) is not before:
        return False
    if found is None:
        changes = ChangeSet(removed=(key,)) if before is not None else ChangeSet()
    else:
        changes = ChangeSet() if is_same(before, found) else ChangeSet(put=(found,))
    await member.shared.gathering.changed(member, changes)
    member.freshness.repairs += bool(changes)
    return bool(changes)


async def _ask(member: Member, key: Key) -> ClusterObject | None:
    resource, turns = member.resource.only(key.namespace, key.name), Turns()
    async with member.shared.api.answer(resource.path, resource.params()) as answer:
        async for items in PageReader(answer).items(turns):
            for item in items:
                if isinstance(item, Oversized):
                    raise UnreadableError(item.reason, await member.oversized(item, turns))
                return (await member.decode(item, turns)).item
    member.readable((key.namespace, key.name))
    return None
