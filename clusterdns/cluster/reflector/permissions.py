"""The least that an API server must allow to be followed."""

from collections.abc import Iterator
from typing import Final

from clusterdns.cluster.kinds import SPECS
from clusterdns.cluster.kinds.namespace import NAMESPACES
from clusterdns.cluster.permissions import Rule, merged
from clusterdns.cluster.reflector.resources import resources_of
from clusterdns.cluster.selection import Selection

FOLLOWING: Final = ("list", "watch")
"""Single objects are asked for by lists of one, so that `get` is not needed."""


def rules_of(selection: Selection) -> tuple[Rule, ...]:
    """The least rules to follow `selection`.

    Where Namespaces are named, each is asked for by its name, which a Role in it can allow.
    """
    return merged(_rules(selection))


def _rules(selection: Selection) -> Iterator[Rule]:
    for resource in resources_of(selection):
        yield Rule(
            namespace=resource.namespace,
            group=SPECS[resource.kind].group_name,
            resource=resource.name,
            verbs=FOLLOWING,
        )
    for namespace in selection.namespaces:
        yield Rule(namespace=namespace, resource=NAMESPACES.plural, verbs=("get",))
