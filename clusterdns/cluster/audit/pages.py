"""A collection's names and versions: PartialObjectMetadataList, in pages.

(Kubernetes API concepts, "Metadata-only fetches", "Retrieving large results sets in chunks")
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final, NamedTuple, Protocol

import msgspec

from clusterdns.cluster.api import ApiProtocolError, Response
from clusterdns.cluster.objects import Names
from clusterdns.cluster.reflector.resources import Resource

METADATA_ONLY: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
PAGE_OBJECTS: Final = 500
LARGEST_PAGE: Final = 256 * 1024 * 1024


class Getter(Protocol):
    """The client, as far as it is needed here."""

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        *,
        accept: str,
        compressed: bool,
        largest: int,
    ) -> Response:
        """A whole answer. Raises ApiError."""
        ...


class Page(NamedTuple):
    """Some objects by (namespace, name) with their versions, and the octets that they came in."""

    versions: tuple[tuple[Names, str], ...]
    octets: int


class _Meta(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    name: str
    resource_version: str
    namespace: str = ""


class _Item(msgspec.Struct, frozen=True, gc=False):
    metadata: _Meta


class _ListMeta(msgspec.Struct, frozen=True, gc=False, rename={"more": "continue"}):
    more: str = ""


class _List(msgspec.Struct, frozen=True, gc=False):
    metadata: _ListMeta
    items: tuple[_Item, ...] | None = None


_DECODER: Final = msgspec.json.Decoder(_List)


async def pages(client: Getter, resource: Resource) -> AsyncIterator[Page]:
    """All of a collection as it is now: without a version, so that the read is consistent.

    Compressed: the names of one namespace resemble each other, and so do their managers' notes.

    Raises:
        ApiError: the API server does not answer, or not as it should.
    """
    more = ""
    while True:
        params = resource.params(**{"limit": str(PAGE_OBJECTS), "continue": more})
        response = await client.get(
            resource.path, params, accept=METADATA_ONLY, compressed=True, largest=LARGEST_PAGE
        )
        found = _decoded(response, resource)
        yield Page(
            tuple(
                ((item.metadata.namespace, item.metadata.name), item.metadata.resource_version)
                for item in found.items or ()
            ),
            response.octets,
        )
        more = found.metadata.more
        if not more:
            return


def _decoded(response: Response, resource: Resource) -> _List:
    try:
        return _DECODER.decode(response.body)
    except msgspec.MsgspecError as error:
        raise ApiProtocolError(
            f"the API server {response.endpoint} sent no list of the metadata of {resource}: {error}"
        ) from error
