"""The objects that a request selects: namespace, label selector and field selector."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clusterdns.cluster.selector import LabelSelector, SelectorError
from testbed.apiserver.resources import Resource
from testbed.apiserver.statuses import bad_request
from testbed.apiserver.stored import Stored

_FIELD: Final = re.compile(r"([^=!]+?)(==|!=|=)(.*)")
_COMMON: Final = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRequirement:
    """One term of a field selector."""

    path: str
    value: str
    equal: bool

    def matches(self, one: Stored) -> bool:
        """Whether an object satisfies it."""
        common = {"metadata.name": one.name, "metadata.namespace": one.namespace}
        found = common[self.path] if self.path in common else one.fields.get(self.path, "")
        return (found == self.value) is self.equal


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The selection of a list or watch. Equal ones are interchangeable."""

    resource: Resource
    namespace: str
    labels: LabelSelector
    fields: tuple[FieldRequirement, ...]

    @property
    def is_narrow(self) -> bool:
        """Whether a selector leaves anything out."""
        return bool(self.labels.requirements or self.fields)

    def matches(self, one: Stored | None) -> bool:
        """Whether an object is selected."""
        return (
            one is not None
            and self.namespace in {"", one.namespace}
            and self.labels.matches(one.labels)
            and all(requirement.matches(one) for requirement in self.fields)
        )


def parse_selection(resource: Resource, namespace: str, *, params: Mapping[str, str]) -> Selection:
    """The selection that a request's parameters describe.

    Raises:
        Refusal: 400, a selector that cannot be read or a field that cannot be selected by.
    """
    try:
        labels = LabelSelector.parse(params.get("labelSelector", ""))
    except SelectorError as error:
        raise bad_request(f"unable to parse requirement: {error}") from None
    fields = tuple(_terms(resource, params.get("fieldSelector", "")))
    return Selection(resource=resource, namespace=namespace, labels=labels, fields=fields)


def _terms(resource: Resource, text: str) -> list[FieldRequirement]:
    terms: list[FieldRequirement] = []
    for term in re.split(r"(?<!\\),", text):
        if not term:
            continue
        match = _FIELD.fullmatch(term)
        if match is None:
            raise bad_request(f'invalid field selector "{text}": expected a field, an operator and a value')
        path, operator, value = match.groups()
        if path not in _COMMON and path not in resource.fields:
            raise bad_request(f'field label "{path}" not supported for {resource.kind}')
        plain = re.sub(r"\\(.)", r"\1", value)
        terms.append(FieldRequirement(path=path, value=plain, equal=operator != "!="))
    return terms
