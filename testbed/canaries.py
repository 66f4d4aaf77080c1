"""Secrets to look for in logs, pages and errors, places for them, and servers that repeat them."""

import base64
import json
import traceback
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

from clusterdns.cluster.api import ApiSettings, KubeconfigFile
from testbed.octets import Answer, Exchange

MARK = "c4nary5ecretW0rd"
"""In every secret, also after it was encoded; texts are searched for it."""

TOKEN = f"{MARK}-token+/=~{'0123456789' * 30}"
PASSWORD = f"{MARK} p@ss/w:ord?#%\"'é"
PROXY_PASSWORD = f"{MARK}/pr@xy:é"
KEY = f"{MARK}-key"
VALUE = f"{MARK}-value"

EXEC = "client.authentication.k8s.io/v1"


def cores(text: str) -> Iterator[str]:
    """The base64 of a text for each position modulo 3, without the characters that its neighbours change."""
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + text.encode()).decode()
        yield encoded[-(-8 * shift // 6) : 8 * (shift + len(text)) // 6]


FORBIDDEN = (MARK, MARK.encode().hex(), *cores(MARK))


def leaks(text: str) -> list[str]:
    """The spellings in which secrets stand in the text."""
    return [one for one in FORBIDDEN if one in text]


def everything(error: BaseException) -> str:
    """The text that a log, a page or a debugger could show of an error, with its causes."""
    texts: list[str] = []
    rest: list[BaseException | None] = [error]
    while rest:
        one = rest.pop()
        if one is not None:
            rest += [one.__cause__, one.__context__]
            texts += [str(one), repr(one), repr(one.args), repr(vars(one))]
    # Lines of source hold the secrets of this file: only the frames' places and the texts count.
    told = traceback.TracebackException.from_exception(error, lookup_lines=False)
    return "\n".join([*texts, *told.format_exception_only()])


class Written:
    """A kubeconfig in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *, server: str = "http://127.0.0.1:1", cluster: str = "", user: str = ""
    ) -> ApiSettings:
        path = self.folder / "kubeconfig"
        path.write_text(
            "current-context: here\ncontexts: [{name: here, context: {cluster: home, user: me}}]\n"
            f"clusters:\n- name: home\n  cluster: {{server: '{server}', {cluster}}}\n"
            f"users:\n- name: me\n  user: {{{user}}}\n"
        )
        return ApiSettings(kubeconfig=KubeconfigFile(path=str(path)))

    def plugin(self, script: str) -> None:
        """Write the program of `command: ./plugin`."""
        path = self.folder / "plugin"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o700)


def heard(exchange: Exchange) -> list[str]:
    """The secrets in a request: tokens, passwords, values of headers."""
    values = [value for name, value in exchange.headers.items() if "uthorization" in name]
    found = list(values)
    for value in values:
        kind, _, secret = value.partition(" ")
        found.append(secret)
        if kind == "Basic":
            found += [base64.b64decode(secret).decode(), base64.b64decode(secret).decode().partition(":")[2]]
    return found


def in_all_spellings(exchange: Exchange) -> str:
    """The same as protocols write it."""
    secrets = heard(exchange)
    told = [
        *secrets,
        *map(quote, secrets),
        *map(quote_plus, secrets),
        *map(repr, secrets),
        *map(escape, secrets),
    ]
    told += [
        base64.b64encode(f"{'x' * shift}{one}yz".encode()).decode() for one in secrets for shift in range(3)
    ]
    return "\n".join(told)


def echo(code: int = 403) -> Answer:
    """A server that answers with the secrets of the request."""

    async def answer(exchange: Exchange) -> None:
        await exchange.reply(in_all_spellings(exchange).encode(), status=code)

    return answer


def one_line(exchange: Exchange) -> str:
    """The same on a line."""
    return " ".join(quote(one, safe=" /@") for one in heard(exchange))


async def reason(exchange: Exchange) -> None:
    """In the reason of a status."""
    await exchange.send(f"HTTP/1.1 407 {one_line(exchange)}\r\nContent-Length: 0\r\n\r\n".encode())


async def redirect(exchange: Exchange) -> None:
    """In the URL of a redirection."""
    secret = quote(heard(exchange)[1], safe="")
    url = f"http://me:{secret}@127.0.0.1:1/?token={secret}"
    await exchange.reply(f'<a href="{url}">{url}</a>'.encode(), status=302, headers=f"Location: {url}\r\n")


async def retry_after(exchange: Exchange) -> None:
    """Where seconds should stand."""
    await exchange.reply(b"", status=429, headers=f"Retry-After: {one_line(exchange)}\r\n")


async def cut_status(exchange: Exchange) -> None:
    """A Status object with a secret where its message is cut."""
    secret = quote(heard(exchange)[1])
    status = {"code": 403, "reason": secret, "message": "x" * 290 + secret}
    await exchange.reply(json.dumps(status).encode(), status=403)


async def error_event(exchange: Exchange) -> None:
    """In an event of a watch."""
    await exchange.begin()
    status = {"code": 500, "message": "x" * 290 + heard(exchange)[1]}
    await exchange.chunk(json.dumps({"type": "ERROR", "object": status}).encode() + b"\n")
    await exchange.chunk(b"")


async def no_http(exchange: Exchange) -> None:
    """Where a status should stand."""
    await exchange.send(f"{one_line(exchange)}\r\n\r\n".encode())


async def bad_header(exchange: Exchange) -> None:
    """In a header that is none."""
    await exchange.send(f"HTTP/1.1 200 OK\r\n: {one_line(exchange)}\x00\r\n\r\n".encode())


async def no_gzip(exchange: Exchange) -> None:
    """Where gzip should stand."""
    await exchange.reply(one_line(exchange).encode(), headers="Content-Encoding: gzip\r\n")


async def no_list(exchange: Exchange) -> None:
    """In what should be a list."""
    await exchange.reply(json.dumps({"items": heard(exchange), "metadata": one_line(exchange)}).encode())


async def no_json(exchange: Exchange) -> None:
    """Where JSON should stand."""
    await exchange.reply(one_line(exchange).encode())


async def cut(exchange: Exchange) -> None:
    """In an answer that breaks off."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + one_line(exchange).encode())
    exchange.cut()


ECHOES = (
    reason,
    redirect,
    retry_after,
    cut_status,
    error_event,
    no_http,
    bad_header,
    no_gzip,
    no_list,
    no_json,
    cut,
)
"""Answers that repeat what a server was told, each in a place of its own."""
