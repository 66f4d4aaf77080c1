"""The program that a kubeconfig's user names to print credentials (client.authentication.k8s.io)."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from clusterdns.cluster.api.authentication.access import ProcessEnvironment
from clusterdns.cluster.api.authentication.kubeconfig_file import Chosen
from clusterdns.cluster.api.authentication.kubeconfig_shapes import Exec
from clusterdns.cluster.api.errors import ApiConfigError

VERSIONS: Final = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
EXTENSION: Final = "client.authentication.k8s.io/exec"
"""The name of the cluster's extension that is handed to the program as its configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program with its arguments. origin: where it is named, for the log. environment: the whole of it."""

    command: str
    arguments: tuple[str, ...] = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    api_version: str
    install_hint: str
    origin: str

    def located(self) -> str:
        """Its path. Raises ApiConfigError if there is none, with the hint of who wrote the kubeconfig."""
        found = shutil.which(self.command, path=self.environment.get("PATH"))
        if found is None:
            hint = f"; {' '.join(self.install_hint.split())}" if self.install_hint else ""
            raise ApiConfigError(f'{self.origin}: there is no program "{self.command}"{hint}')
        return found


def program(chosen: Chosen, written: Exec, process: ProcessEnvironment, *, where: str) -> Program:
    """The program as written, looked for once.

    Raises:
        ApiConfigError: it is missing, asks somebody at a terminal, or speaks another version.
    """
    origin = f"{where}: exec plugin"
    if not written.command:
        raise ApiConfigError(f"{origin} has no command")
    if written.api_version not in VERSIONS:
        raise ApiConfigError(
            f'{origin} has apiVersion "{written.api_version}": expected {" or ".join(VERSIONS)}'
        )
    if written.interactive_mode == "Always":
        raise ApiConfigError(f"{origin} has interactiveMode Always, but a server has no terminal")
    added = {one.name: one.value for one in written.env or ()}
    info = {"KUBERNETES_EXEC_INFO": _encoded(_info(chosen, written), origin)}
    found = Program(
        # With a slash it is a path, from the folder of the kubeconfig file; without, one to look for.
        command=chosen.beside(written.command) if os.sep in written.command else written.command,
        arguments=tuple(written.args or ()),
        environment={**process.environment, **added, **info},
        api_version=written.api_version,
        install_hint=written.install_hint,
        origin=origin,
    )
    texts = (found.command, *found.arguments, *added, *added.values())
    if any("\0" in text for text in texts) or any("=" in name or not name for name in added):
        raise ApiConfigError(f"{origin} has an argument or a variable that no program can be given")
    found.located()
    return found


def _encoded(info: dict[str, Any], origin: str) -> str:
    try:
        return msgspec.json.encode(info).decode()
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        # YAML has keys that are lists, and lists that hold themselves.
        raise ApiConfigError(f"{origin}: the cluster's extension {EXTENSION} is no JSON") from error


def _info(chosen: Chosen, written: Exec) -> dict[str, Any]:
    spec: dict[str, Any] = {"interactive": False}
    if written.provide_cluster_info:
        spec["cluster"] = _cluster(chosen)
    return {"kind": "ExecCredential", "apiVersion": written.api_version, "spec": spec}


def _cluster(chosen: Chosen) -> dict[str, Any]:
    cluster = chosen.cluster
    data = cluster.authority_data
    if not data and cluster.authority:
        data = chosen.encoded_file(cluster.authority)
    found: dict[str, Any] = {
        "server": cluster.server,
        "tls-server-name": cluster.tls_server_name,
        "insecure-skip-tls-verify": cluster.insecure,
        "certificate-authority-data": data,
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression,
        "config": next((one.extension for one in cluster.extensions or () if one.name == EXTENSION), None),
    }
    return {name: value for name, value in found.items() if value}
