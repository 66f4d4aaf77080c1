"""A kubeconfig file as it is written. Keys that mean nothing here are passed over.

Lists and objects may be null: kubectl writes `env: null`.
"""

from typing import Any

import msgspec


class Extension(msgspec.Struct, frozen=True):
    """An entry that another program added."""

    name: str = ""
    extension: Any = None


class KubeconfigCluster(msgspec.Struct, frozen=True, rename="kebab"):
    """The URL of an API server and the TLS settings for it. authority_data: base64 of PEM."""

    server: str = ""
    tls_server_name: str = ""
    insecure: bool = msgspec.field(default=False, name="insecure-skip-tls-verify")
    authority: str = msgspec.field(default="", name="certificate-authority")
    authority_data: str = msgspec.field(default="", name="certificate-authority-data")
    proxy_url: str = ""
    disable_compression: bool = False
    extensions: list[Extension] | None = None


class Variable(msgspec.Struct, frozen=True):
    """An environment variable."""

    name: str
    value: str = ""


class Exec(msgspec.Struct, frozen=True, rename="camel"):
    """A program that prints credentials."""

    command: str = ""
    args: list[str] | None = None
    env: list[Variable] | None = None
    api_version: str = ""
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = ""


class KubeconfigUser(msgspec.Struct, frozen=True, rename="kebab"):
    """The credentials of a user. `..._data`: base64 of PEM."""

    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(default="", name="tokenFile")
    as_user: str = msgspec.field(default="", name="as")
    as_uid: str = ""
    as_groups: list[str] | None = None
    as_user_extra: dict[str, list[str]] | None = None
    username: str = ""
    password: str = ""
    auth_provider: dict[str, Any] | None = None
    exec: Exec | None = None


class KubeconfigContext(msgspec.Struct, frozen=True):
    """The names of a cluster and of a user."""

    cluster: str = ""
    user: str = ""


class NamedCluster(msgspec.Struct, frozen=True):
    """An entry of `clusters`."""

    name: str
    cluster: KubeconfigCluster | None = None


class NamedUser(msgspec.Struct, frozen=True):
    """An entry of `users`."""

    name: str
    user: KubeconfigUser | None = None


class NamedContext(msgspec.Struct, frozen=True):
    """An entry of `contexts`."""

    name: str
    context: KubeconfigContext | None = None


class Kubeconfig(msgspec.Struct, frozen=True, rename="kebab"):
    """The whole file."""

    current_context: str | None = None
    clusters: list[NamedCluster] | None = None
    users: list[NamedUser] | None = None
    contexts: list[NamedContext] | None = None
