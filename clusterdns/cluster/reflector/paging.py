"""A list in pages."""

import msgspec

from clusterdns.cluster.api.errors import ApiProtocolError
from clusterdns.cluster.json.shortening import VERY_LARGE, shorten
from clusterdns.cluster.reflector.documents import PageReader
from clusterdns.cluster.reflector.member import Member
from clusterdns.cluster.reflector.relisting import Relisting
from clusterdns.cluster.turns import Turns
from clusterdns.cluster.work import in_turns


async def list_pages(member: Member) -> None:
    """List everything, a page at a time. Raises ApiError; a page that has expired raises it as any other."""
    member.count_list()
    resource, position, relisting = member.resource, member.position, member.relisting()
    params, version, turns = position.first_page(resource), "", Turns()
    while True:
        response = await member.shared.api.get(resource.path, params)
        page = PageReader(response.body)
        del response
        async with member.shared.decoding:
            await _take(page, relisting, turns)
        version = version or page.version
        if not page.token:
            break
        params = position.next_page(resource, page.token)
    if not version:
        raise ApiProtocolError("the API server sent a list without a version")
    member.listed(await relisting.changes(turns), version)


async def _take(page: PageReader, relisting: Relisting, turns: Turns) -> None:
    for items in page.pieces():
        for item in items:
            await relisting.take(await _fit(item, turns), turns)
            if turns.is_over():
                await turns.end()


async def _fit(item: msgspec.Raw, turns: Turns) -> msgspec.Raw:
    """The item, if it is very large without texts that are."""
    if len(item) <= VERY_LARGE:
        return item
    return msgspec.Raw(await in_turns(shorten(bytes(item)), turns))
