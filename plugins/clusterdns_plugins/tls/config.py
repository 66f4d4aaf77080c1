"""The directive `tls`: files, and the certificates required of clients."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from clusterdns.corefile import Arguments, CorefileWarning, Directive, Options, Position, once

__all__ = ["ClientAuth", "NamedFile", "Settings", "parse"]


ASKS_NOTHING: Final = (
    '"client_auth request" asks clients for nothing here, since what they showed would not be verified'
)


class ClientAuth(StrEnum):
    """The certificate that a client has to show, in the words of CoreDNS."""

    NOCERT = "nocert"
    REQUEST = "request"
    REQUIRE = "require"
    VERIFY_IF_GIVEN = "verify_if_given"
    REQUIRE_AND_VERIFY = "require_and_verify"

    @property
    def verifies(self) -> bool:
        """Whether certificates of clients are verified."""
        return self in {ClientAuth.VERIFY_IF_GIVEN, ClientAuth.REQUIRE_AND_VERIFY}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file, and where the Corefile names it."""

    path: Path
    position: Position = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one directive.

    certificate, key: PEM, the certificate with those that lead to its authority. authority: PEM, who
    signs certificates of clients; None for the system's authorities. key_log: where the secrets of
    connections are written. doubts: words that do less than they seem to.
    """

    certificate: NamedFile
    key: NamedFile
    authority: NamedFile | None = None
    client_auth: ClientAuth = ClientAuth.NOCERT
    key_log: NamedFile | None = None
    doubts: tuple[CorefileWarning, ...] = field(default=(), compare=False)


def parse(directive: Directive) -> Settings:
    """Read `tls CERT KEY [CA] { client_auth …; keylog FILE }`."""
    entry = once(directive)
    words = Arguments(entry)
    certificate = _file(words, "the file of a certificate")
    key = _file(words, "the file of the certificate's key")
    authority = _file(words, "the file of an authority") if words.more else None
    words.end()
    with Options(entry) as options:
        client_auth = options.one("client_auth", _client_auth, default=ClientAuth.NOCERT)
        key_log = options.one("keylog", lambda words: _file(words, "a file"), default=None)
    warning = CorefileWarning(position=entry.position, message=ASKS_NOTHING)
    return Settings(
        certificate=certificate,
        key=key,
        authority=authority,
        client_auth=client_auth,
        key_log=key_log,
        doubts=(warning,) if client_auth is ClientAuth.REQUEST else (),
    )


def _file(words: Arguments, expected: str) -> NamedFile:
    token = words.token(expected)
    if not token.text:
        raise words.wrong(token, expected)
    return NamedFile(Path(token.text), token.position)


def _client_auth(words: Arguments) -> ClientAuth:
    """The word. Raises CorefileError for `require`, since nothing here would hold it.

    OpenSSL as Python has it either verifies a certificate or does not ask for one.
    """
    expected = "one of " + ", ".join(each for each in ClientAuth if each is not ClientAuth.REQUIRE)
    token = words.token(expected)
    if token.text not in list(ClientAuth):
        raise words.wrong(token, expected)
    if token.text == ClientAuth.REQUIRE:
        why = ": a certificate that is not verified cannot be required here; require_and_verify is near to it"
        raise words.wrong(token, expected, hint=why)
    return ClientAuth(token.text)
