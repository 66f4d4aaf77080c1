"""A list in pages."""

import msgspec

from clusterdns.cluster.api.errors import ApiError, ApiProtocolError
from clusterdns.cluster.api.framing import Oversized
from clusterdns.cluster.json.shortening import VERY_LARGE, shorten
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.listing.items import Item
from clusterdns.cluster.reflector.listing.relisting import Relisting
from clusterdns.cluster.reflector.reflector_state import ReflectorState
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns


async def list_pages(state: ReflectorState) -> None:
    """List everything, a page at a time. Raises ApiError; a page that has expired raises it as any other."""
    state.count_list()
    resource, position, relisting = state.resource, state.position, state.relisting()
    params, version, turns = position.first_page(resource), "", StepBudget()
    while True:
        page = await _page(state, params, relisting, turns)
        version = version or page.version
        if not page.token:
            break
        params = position.next_page(resource, page.token)
    if not version:
        raise ApiProtocolError("the API server sent a list without a version")
    state.listed(await relisting.changes(turns), version)


async def _page(
    state: ReflectorState, params: dict[str, str], relisting: Relisting, turns: StepBudget
) -> PageReader:
    async with state.shared.api.answer(state.resource.path, params) as answer:
        page = PageReader(answer)
        try:
            async for items in page.items(turns):
                async with state.shared.decoding:
                    for item in items:
                        await _take(state, item, relisting, turns)
                        if turns.is_over():
                            await turns.end()
        except ApiError:
            state.position.page_size.broke_off(page.size)
            raise
    state.position.page_size.came(page.size, page.count)
    return page


async def _take(state: ReflectorState, item: Item, relisting: Relisting, turns: StepBudget) -> None:
    if isinstance(item, Oversized):
        relisting.keep((await state.oversized(item, turns)).names)
    else:
        await relisting.take(await _fit(item, turns), turns)


async def _fit(item: msgspec.Raw, turns: StepBudget) -> msgspec.Raw:
    """The item, if it is very large without texts that are."""
    if len(item) <= VERY_LARGE:
        return item
    return msgspec.Raw(await in_turns(shorten(bytes(item)), turns))
