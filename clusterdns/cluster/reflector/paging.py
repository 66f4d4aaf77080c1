"""A list in pages."""

import msgspec

from clusterdns.cluster.api.errors import ApiError, ApiProtocolError
from clusterdns.cluster.api.framing import Oversized
from clusterdns.cluster.json.shortening import VERY_LARGE, shorten
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.listing.items import Item
from clusterdns.cluster.reflector.listing.relisting import Relisting
from clusterdns.cluster.reflector.member import Member
from clusterdns.cluster.turns import Turns
from clusterdns.cluster.work import in_turns


async def list_pages(member: Member) -> None:
    """List everything, a page at a time. Raises ApiError; a page that has expired raises it as any other."""
    member.count_list()
    resource, position, relisting = member.resource, member.position, member.relisting()
    params, version, turns = position.first_page(resource), "", Turns()
    while True:
        page = await _page(member, params, relisting, turns)
        version = version or page.version
        if not page.token:
            break
        params = position.next_page(resource, page.token)
    if not version:
        raise ApiProtocolError("the API server sent a list without a version")
    member.listed(await relisting.changes(turns), version)


async def _page(member: Member, params: dict[str, str], relisting: Relisting, turns: Turns) -> PageReader:
    async with member.shared.api.answer(member.resource.path, params) as answer:
        page = PageReader(answer)
        try:
            async for items in page.items(turns):
                async with member.shared.decoding:
                    for item in items:
                        await _take(member, item, relisting, turns)
                        if turns.is_over():
                            await turns.end()
        except ApiError:
            member.position.page_size.broke_off(page.size)
            raise
    member.position.page_size.came(page.size, page.count)
    return page


async def _take(member: Member, item: Item, relisting: Relisting, turns: Turns) -> None:
    if isinstance(item, Oversized):
        relisting.keep((await member.oversized(item, turns)).names)
    else:
        await relisting.take(await _fit(item, turns), turns)


async def _fit(item: msgspec.Raw, turns: Turns) -> msgspec.Raw:
    """The item, if it is very large without texts that are."""
    if len(item) <= VERY_LARGE:
        return item
    return msgspec.Raw(await in_turns(shorten(bytes(item)), turns))
