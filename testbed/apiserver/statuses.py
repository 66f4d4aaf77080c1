"""Answers that are no objects: the Status of Kubernetes, and plain text."""

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from testbed.apiserver.resources import Resource

REASONS: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The body of a failure (meta/v1 Status); `reason` follows from the code unless it is given."""

    code: int
    message: str
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    token: str = ""

    def document(self) -> dict[str, Any]:
        """As a mapping; members that are empty are left out, as the API server does."""
        document: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {"continue": self.token} if self.token else {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason or REASONS.get(self.code, ""),
            "details": self.details,
            "code": self.code,
        }
        return {key: value for key, value in document.items() if key == "metadata" or value}

    def encoded(self) -> bytes:
        """As the body of a response."""
        return msgspec.json.encode(self.document()) + b"\n"

    def event(self) -> bytes:
        """As a line of a watch."""
        return msgspec.json.encode({"type": "ERROR", "object": self.document()}) + b"\n"


class Refusal(Exception):
    """A request that is answered with a Status."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.message)
        self.status = status


def bad_request(message: str) -> Refusal:
    """400."""
    return Refusal(Status(code=400, message=message))


def invalid_options(field_name: str, message: str) -> Refusal:
    """422, for list options that do not go together."""
    cause = {"reason": "FieldValueForbidden", "message": f"Forbidden: {message}", "field": field_name}
    return Refusal(
        Status(
            code=422,
            message=f'ListOptions.meta.k8s.io "" is invalid: {field_name}: Forbidden: {message}',
            details={"group": "meta.k8s.io", "kind": "ListOptions", "causes": [cause]},
        )
    )


def unauthorized() -> Refusal:
    """401."""
    return Refusal(Status(code=401, message="Unauthorized"))


def not_found(resource: Resource, name: str) -> Refusal:
    """404 for an object that is not there."""
    return Refusal(
        Status(
            code=404,
            message=f'{_qualified(resource)} "{name}" not found',
            details=_details(resource, name),
        )
    )


def forbidden(resource: Resource, verb: str, *, namespace: str, name: str, user: str) -> Refusal:
    """403, in the words of RBAC."""
    subject = f'{_qualified(resource)} "{name}"' if name else _qualified(resource)
    scope = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = (
        f'{subject} is forbidden: User "{user}" cannot {verb} resource "{resource.plural}" '
        f'in API group "{resource.group}" {scope}'
    )
    return Refusal(Status(code=403, message=message, details=_details(resource, name)))


def expired(found: int, oldest: int) -> Status:
    """410 for a version that is too old."""
    return Status(code=410, message=f"too old resource version: {found} ({oldest})")


def expired_list() -> Refusal:
    """410 for a list of one certain version that is too old."""
    return Refusal(Status(code=410, message="The resourceVersion for the provided list is too old."))


def expired_token(token: str) -> Refusal:
    """410 for a continue token; its own token goes on with what is there now."""
    message = (
        "The provided continue parameter is too old to display a consistent list result. You can start a new "
        "list without the continue parameter, or use the continue token in this response to retrieve the "
        "remainder of the results. Continuing with the provided token results in an inconsistent list - "
        "objects that were created, modified, or deleted between the time the first chunk was returned and "
        "now may show up in the list."
    )
    return Refusal(Status(code=410, message=message, token=token))


def too_large(found: int, current: int) -> Status:
    """504 for a version that the server has not seen."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return Status(
        code=504,
        message=f"Timeout: Too large resource version: {found}, current: {current}",
        details={"causes": [cause], "retryAfterSeconds": 1},
    )


def _qualified(resource: Resource) -> str:
    return f"{resource.plural}.{resource.group}" if resource.group else resource.plural


def _details(resource: Resource, name: str) -> dict[str, Any]:
    details = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in details.items() if value}
