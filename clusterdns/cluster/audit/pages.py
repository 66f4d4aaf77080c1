"""A collection's names and versions: PartialObjectMetadataList, in pages.

(Kubernetes API concepts, "Metadata-only fetches", "Retrieving large results sets in chunks")
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, NamedTuple, Protocol

from clusterdns.cluster.api import ApiProtocolError, Oversized
from clusterdns.cluster.objects import Names
from clusterdns.cluster.reflector.listing.documents import PageReader
from clusterdns.cluster.reflector.listing.items import Item
from clusterdns.cluster.reflector.listing.page_size import PageSize
from clusterdns.cluster.reflector.reading.decoding import NOBODY, Decoder, ObjectIdentity, UnreadableError
from clusterdns.cluster.reflector.resources import Resource
from clusterdns.cluster.step_budget import StepBudget
from clusterdns.cluster.work import in_turns

METADATA_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class CountedResponse(Protocol):
    """A response while it arrives. octets: how many came so far, before decompression."""

    endpoint: str

    @property
    def octets(self) -> int: ...

    async def read(self) -> bytes:
        """Wait for the next octets of the body and return them, b"" at its end. Raises ApiError."""
        ...


class Getter(Protocol):
    """The client, as far as it is needed here."""

    def answer(
        self, path: str, params: Mapping[str, str], *, accept: str, compressed: bool
    ) -> AbstractAsyncContextManager[CountedResponse]:
        """Ask for a finite response. Raises ApiError."""
        ...


class VersionBatch(NamedTuple):
    """(namespace, name) and version of some objects, and the octets received for them."""

    versions: tuple[tuple[Names, str], ...]
    octets: int


async def pages(client: Getter, resource: Resource) -> AsyncIterator[VersionBatch]:
    """All of a collection as it is now: without a version, so that the read is consistent.

    Compressed: the names of one namespace resemble each other, and so do their managers' notes.

    Raises:
        ApiError: the API server does not answer, or not as it should.
    """
    more, size, decoder, turns = "", PageSize(), Decoder(resource.kind), StepBudget()
    while True:
        params = resource.params(**{"limit": str(size.items), "continue": more})
        async with client.answer(resource.path, params, accept=METADATA_ONLY, compressed=True) as answer:
            page, octets = PageReader(answer), 0
            try:
                async for items in page.items(turns):
                    found = [await _identified(decoder, item, turns) for item in items]
                    versions = tuple((one.names, one.version) for one in found if one is not NOBODY)
                    yield VersionBatch(versions, answer.octets - octets)
                    octets = answer.octets
                yield VersionBatch((), answer.octets - octets)
            except ApiProtocolError as error:
                raise ApiProtocolError(
                    f"the API server {answer.endpoint} sent no list of the metadata of {resource}: {error}"
                ) from error
        size.came(page.size, page.count)
        more = page.token
        if not more:
            return


async def _identified(decoder: Decoder, item: Item, turns: StepBudget) -> ObjectIdentity:
    if isinstance(item, Oversized):
        return await in_turns(decoder.identify(item.head), turns)
    try:
        return decoder.peek(item)
    except UnreadableError:
        return await in_turns(decoder.identify(bytes(item)), turns)
