"""Decoding the ExecCredential that an exec plugin prints (client.authentication.k8s.io)."""

from datetime import datetime
from typing import Annotated

import msgspec

from clusterdns.cluster.api.authentication.client_certificate import ClientCertificate, check_pair
from clusterdns.cluster.api.authentication.credentials import Credential, bearer
from clusterdns.cluster.api.authentication.exec_program import Program
from clusterdns.cluster.api.errors import ApiConfigError

KIND = "ExecCredential"


class ExecStatus(msgspec.Struct, frozen=True, rename="camel"):
    """The credentials."""

    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""
    expiration_timestamp: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class ExecCredential(msgspec.Struct, frozen=True, rename="camel"):
    """The document."""

    kind: str
    api_version: str
    status: ExecStatus


def read_credential(printed: bytes, program: Program) -> tuple[Credential, float | None]:
    """The credential in what the program printed, and when it ends (seconds since 1970), if it does.

    Raises:
        ApiConfigError: there is none in it. What was printed may be secret, so the text does not hold it.
    """
    found = _document(printed, program)
    if found.kind != KIND or found.api_version != program.api_version:
        raise ApiConfigError(
            f"{program.origin} printed another object: expected {KIND} of {program.api_version}"
        )
    status = found.status
    pair = _pair(status, program)
    if not status.token and pair is None:
        raise ApiConfigError(f"{program.origin} printed an {KIND} without token and certificate")
    authorization = bearer(status.token.encode(), f"{program.origin}: token") if status.token else ""
    ends_at = status.expiration_timestamp.timestamp() if status.expiration_timestamp else None
    return Credential(authorization=authorization, certificate=pair), ends_at


def _document(printed: bytes, program: Program) -> ExecCredential:
    try:
        return msgspec.json.decode(printed, type=ExecCredential)
    except msgspec.MsgspecError as error:
        # It names places and types, never values.
        raise ApiConfigError(f"{program.origin} printed no {KIND} in JSON: {error}") from None
    except (UnicodeError, RecursionError) as error:
        raise ApiConfigError(f"{program.origin} printed no {KIND} in JSON: {type(error).__name__}") from None


def _pair(status: ExecStatus, program: Program) -> ClientCertificate | None:
    certificate, key = status.client_certificate_data.encode(), status.client_key_data.encode()
    if not certificate and not key:
        return None
    origin = f"{program.origin}: clientCertificateData and clientKeyData"
    if not certificate or not key:
        raise ApiConfigError(f"{origin}: one of them is missing")
    return check_pair(certificate, key, origin=origin)
