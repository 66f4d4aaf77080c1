"""Reading a kubeconfig file and picking a context out of it."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from clusterdns.cluster.api.authentication.kubeconfig_shapes import (
    Kubeconfig,
    KubeconfigCluster,
    KubeconfigContext,
    KubeconfigUser,
)
from clusterdns.cluster.api.authentication.watched_file import read_file
from clusterdns.cluster.api.errors import ApiConfigError
from clusterdns.cluster.api.settings import KubeconfigFile

DEEPEST: Final = 100
"""How many lists and objects may stand in one another."""

UNREADABLE: Final = (
    yaml.YAMLError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""The exceptions of PyYAML: its own, and those for a date of month 13, `!!timestamp x`, or a list in a list
in a list. Their texts repeat the file's content."""

QUOTED: Final = re.compile(r"['\"]\w.*['\"]|['\"]!.*['\"]")
"""From the first quote of a word to the last quote; signs such as '}' may be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The cluster and the user of a context. path: the kubeconfig, whose folder relative paths start from."""

    path: str
    cluster_name: str
    cluster: KubeconfigCluster
    user_name: str
    user: KubeconfigUser

    def beside(self, path: str) -> str:
        """The absolute path of a path in the file."""
        return str(Path(self.path).absolute().parent / path)

    def decoded(self, field: str, data: str) -> bytes:
        """The octets of a field in base64. Raises ApiConfigError."""
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ApiConfigError(f"kubeconfig {self.path}: {field} is no base64: {error}") from error

    def encoded_file(self, path: str) -> str:
        """A file beside this one, in base64. Raises ApiConfigError."""
        return base64.b64encode(read_file(self.beside(path), "the certificate authority file")).decode()


def choose(file: KubeconfigFile) -> Chosen:
    """Read the file and follow the context.

    Raises:
        ApiConfigError: it cannot be read, is no kubeconfig, or a name in it leads nowhere.
    """
    config = _read(file.path)
    context_name, context = _context(config, file)
    clusters = {one.name: one.cluster or KubeconfigCluster() for one in config.clusters or ()}
    users = {one.name: one.user or KubeconfigUser() for one in config.users or ()}
    where = f'kubeconfig {file.path}: context "{context_name}" names'
    if context.cluster not in clusters:
        raise ApiConfigError(f'{where} the cluster "{context.cluster}", {_there_are(clusters)}')
    if context.user and context.user not in users:
        raise ApiConfigError(f'{where} the user "{context.user}", {_there_are(users)}')
    return Chosen(
        path=file.path,
        cluster_name=context.cluster,
        cluster=clusters[context.cluster],
        user_name=context.user,
        user=users.get(context.user, KubeconfigUser()),
    )


def _context(config: Kubeconfig, file: KubeconfigFile) -> tuple[str, KubeconfigContext]:
    contexts = {one.name: one.context or KubeconfigContext() for one in config.contexts or ()}
    name = file.context or config.current_context or ""
    if not name:
        raise ApiConfigError(
            f"kubeconfig {file.path}: it has no current-context and none is named, {_there_are(contexts)}"
        )
    if name not in contexts:
        said = "" if file.context else " that current-context names"
        raise ApiConfigError(
            f'kubeconfig {file.path}: it has no context "{name}"{said}, {_there_are(contexts)}'
        )
    return name, contexts[name]


def _there_are(names: Iterable[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in sorted(names))
    return f"there are: {listed}" if listed else "there is none at all"


def _read(path: str) -> Kubeconfig:
    octets = read_file(path, "kubeconfig")
    try:
        return msgspec.convert(_document(octets), Kubeconfig, strict=False)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ApiConfigError(f"kubeconfig {path}{place}: this is no YAML: {_problem(error)}") from None
    except msgspec.ValidationError as error:
        # It names places and types, never values.
        raise ApiConfigError(f"kubeconfig {path}: this is no kubeconfig: {error}") from None
    except yaml.reader.ReaderError as error:
        raise ApiConfigError(f"kubeconfig {path}: this is no YAML: {error.reason}") from None
    except UNREADABLE as error:
        raise ApiConfigError(f"kubeconfig {path}: this is no YAML: {type(error).__name__}") from None


def _document(octets: bytes) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    # libyaml makes nodes of nested ones by calling itself: too many end the process.
    for event in yaml.parse(octets, Loader=loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError
    return yaml.load(octets, Loader=loader)  # noqa: S506 (safe)


def _problem(error: yaml.MarkedYAMLError) -> str:
    """The parser's message without the quoted content: an alias or a tag may be a token that lacks quotes."""
    return QUOTED.sub("...", error.problem or "")
