"""Authentication and authorization of requests."""

from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from testbed.apiserver.records import Request
from testbed.apiserver.resources import Target
from testbed.apiserver.statuses import forbidden, unauthorized

SERVICE_ACCOUNT: Final = "system:serviceaccount:kube-system:coredns"
ANONYMOUS: Final = "system:anonymous"


@dataclass(slots=True, kw_only=True)
class Access:
    """Credentials and rights.

    tokens: the bearer tokens that are accepted; None: none is needed.
    certificates: a TLS client certificate is accepted, too, and asked for even if `tokens` is None.
    rules: the forbidden requests: (verb, resource, namespace); "" and None are any.
    """

    tokens: set[str] | None = None
    certificates: bool = False
    user: str = SERVICE_ACCOUNT
    rules: list[tuple[str, str, str | None]] = field(default_factory=list)

    def identify(self, request: web.BaseRequest) -> str:
        """The user who asks. No credentials at all make an anonymous one.

        Raises:
            Refusal: 401, a token that is not accepted.
        """
        if self.tokens is None and not self.certificates:
            return self.user
        transport = request.transport
        if self.certificates and transport is not None and transport.get_extra_info("peercert"):
            return self.user
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return ANONYMOUS
        if scheme.lower() != "bearer" or token.strip() not in (self.tokens or set()):
            raise unauthorized()
        return self.user

    def check(self, request: Request, target: Target, *, user: str) -> None:
        """Check that a request is not forbidden.

        Raises:
            Refusal: 403.
        """
        named = any(
            request.matches(verb, resource, namespace=namespace) for verb, resource, namespace in self.rules
        )
        if named or user == ANONYMOUS:
            raise forbidden(
                target.resource, request.verb, namespace=target.namespace, name=target.name, user=user
            )
