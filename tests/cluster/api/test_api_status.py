"""What the API server says when it does not answer 200, and the rule of a role that it wants."""

import json
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from clusterdns.cluster.api import ApiClient, ApiSettings, ApiStatusError, Target, status_error
from clusterdns.telemetry.redaction import Redactor
from testbed.octets import Exchange, OctetServer

Serve: TypeAlias = Callable[..., Awaitable[OctetServer]]

SLICES = Target(verb="watch", resource="endpointslices", group="discovery.k8s.io")


def error_of(body: bytes | dict[str, object], *, code: int = 500, retry_after: str = "") -> ApiStatusError:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status_error(octets, target=SLICES, endpoint="http://api", code=code, retry_after=retry_after)


@pytest.mark.parametrize(
    ("path", "params", "words"),
    [
        pytest.param("/api/v1/services", {}, "list services", id="list"),
        pytest.param("/api/v1/services", {"watch": "true"}, "watch services", id="watch"),
        pytest.param("/api/v1/services", {"watch": "1"}, "watch services", id="watch-1"),
        pytest.param("/api/v1/services", {"watch": "false"}, "list services", id="no-watch"),
        pytest.param("/api/v1/namespaces", {}, "list namespaces", id="namespaces"),
        pytest.param("/api/v1/namespaces/shop", {}, 'get namespaces "shop"', id="namespace"),
        pytest.param(
            "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices",
            {"watch": "true"},
            'watch endpointslices in namespace "shop"',
            id="in-a-namespace",
        ),
        pytest.param("/readyz", {}, "get /readyz", id="no-resource"),
    ],
)
def test_a_path_is_read_as_roles_are_written(path: str, params: dict[str, str], words: str) -> None:
    assert str(Target.of(path, params)) == words


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param(
            "/apis/discovery.k8s.io/v1/endpointslices",
            'no ClusterRole of ours has the verb "list" on "endpointslices" of apiGroup "discovery.k8s.io"',
            id="cluster",
        ),
        pytest.param(
            "/api/v1/namespaces/shop/services",
            'no Role in namespace "shop" of ours has the verb "list" on "services" of apiGroup ""',
            id="namespace",
        ),
        pytest.param(
            "/readyz",
            'no ClusterRole of ours has the verb "get" on the nonResourceURL "/readyz"',
            id="no-resource",
        ),
    ],
)
async def test_403_names_the_missing_rule(serve: Serve, path: str, rule: str) -> None:
    async def answer(exchange: Exchange) -> None:
        body = {"kind": "Status", "code": 403, "reason": "Forbidden", "message": "User may not"}
        await exchange.reply(json.dumps(body).encode(), status=403)

    server = await serve(answer)
    async with ApiClient(ApiSettings(endpoints=(server.url,))) as client:
        with pytest.raises(ApiStatusError) as caught:
            await client.get(path)
    target = Target.of(path, {})
    assert str(caught.value) == (
        f"the API server {server.url} forbids us to {target} (403): {rule}: User may not"
    )
    assert (caught.value.code, caught.value.reason) == (403, "Forbidden")


def test_401_says_that_credentials_may_have_expired() -> None:
    error = error_of({"message": "Unauthorized", "reason": "Unauthorized"}, code=401)
    assert str(error) == (
        "the API server http://api does not accept our credentials (401), they may have expired: Unauthorized"
    )


def test_429_is_plain_text_with_a_header() -> None:
    error = error_of(b"Too many requests, please try again later.\n", code=429, retry_after="1")
    assert (error.code, error.reason, error.retry_after) == (429, "", 1.0)
    assert error.message == "Too many requests, please try again later."


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("", None, id="none"),
        pytest.param(" 7 ", 7.0, id="seconds"),
        pytest.param("-1", None, id="negative"),
        pytest.param("\N{SUPERSCRIPT TWO}", None, id="no-ascii-digit"),
        pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", None, id="date"),
        pytest.param("9" * 30, 3600.0, id="too-long"),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert error_of(b"", code=429, retry_after=header).retry_after == seconds


def test_details_may_say_how_long_to_wait_and_why() -> None:
    details = {"retryAfterSeconds": 2, "causes": [{"reason": "ResourceVersionTooLarge", "message": "x"}]}
    error = error_of({"code": 504, "reason": "Timeout", "details": details})
    assert (error.code, error.retry_after) == (504, 2.0)
    assert error.version_too_large


@pytest.mark.parametrize(
    ("status", "expired", "too_large"),
    [
        pytest.param({"code": 410, "reason": "Expired"}, True, False, id="expired"),
        pytest.param({"code": 410, "reason": "Gone"}, True, False, id="gone"),
        pytest.param({"reason": "Expired"}, True, False, id="reason-alone"),
        pytest.param(
            {"code": 504, "message": "Timeout: Too large resource version: 9, current: 1"},
            False,
            True,
            id="too-large-old",
        ),
        pytest.param({"code": 504, "reason": "Timeout"}, False, False, id="other-time-out"),
        pytest.param({"code": 500, "reason": "InternalError"}, False, False, id="internal"),
    ],
)
def test_what_an_error_event_tells(status: dict[str, object], expired: bool, too_large: bool) -> None:
    error = error_of(status)
    assert (error.expired, error.version_too_large) == (expired, too_large)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>\nno\n", id="html"),
        pytest.param(b'{"code": "x"}', id="wrong-type"),
        pytest.param(b"[1]", id="list"),
        pytest.param(b"\xff\xfe", id="no-utf-8"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"message":"\xff"}', id="no-utf-8-in-a-string"),
        pytest.param(b'{"a":' * 10_000, id="deep"),
        pytest.param(b'{"code":99999999999999999999}', id="huge-code"),
        pytest.param(b'{"code":-1}', id="negative-code"),
        pytest.param(b'{"code":null,"details":null,"message":null}', id="nulls"),
    ],
)
def test_any_body_will_do(body: bytes) -> None:
    error = error_of(body, code=502)
    assert error.code == 502
    assert "\n" not in str(error)


def test_messages_are_one_line_and_bounded() -> None:
    error = error_of({"message": "a\x1b[31m\nb " * 1000})
    error.redact(Redactor())
    assert len(error.message) < 310
    assert error.message.isprintable()
