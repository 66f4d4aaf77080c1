"""Content negotiation: which of the forms in an Accept header are served."""

from testbed.apiserver.statuses import Refusal, Status

METADATA_ONLY = frozenset({"PartialObjectMetadata", "PartialObjectMetadataList"})


def wants_metadata_only(accept: str) -> bool:
    """Whether the first form that is served is PartialObjectMetadata; else it is plain JSON.

    Raises:
        Refusal: 406, none is served.
    """
    for choice in accept.split(",") if accept else ["*/*"]:
        media_type, *words = (part.strip() for part in choice.split(";"))
        params = {key: value for key, _, value in (word.partition("=") for word in words)}
        if media_type not in {"application/json", "application/*", "*/*"}:
            continue
        if "as" not in params:
            return False
        if params["as"] in METADATA_ONLY and (params.get("g"), params.get("v")) == ("meta.k8s.io", "v1"):
            return True
    message = "only the following media types are accepted: application/json"
    raise Refusal(Status(code=406, message=message))
