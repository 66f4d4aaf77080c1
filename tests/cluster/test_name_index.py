"""Names by a key that many may share: in order, and cheap to change however many there are."""

from random import Random

import pytest

from clusterdns.cluster.name_index import MOST_IN_TUPLE, NameIndex
from clusterdns.cluster.objects import Names

MANY = MOST_IN_TUPLE * 2


def names(number: int) -> Names:
    return "shop", f"web-{number:05}"


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(1, id="one"),
        pytest.param(2, id="two"),
        pytest.param(MOST_IN_TUPLE, id="as many as a tuple holds"),
        pytest.param(MOST_IN_TUPLE + 1, id="one more"),
        pytest.param(MANY, id="many"),
    ],
)
def test_names_come_in_order_and_go_one_by_one(count: int) -> None:
    groups: NameIndex[bytes] = NameIndex()
    order = list(range(count))
    Random(1).shuffle(order)
    for number in order:
        groups.put(b"key", names(number))
        groups.put(b"key", names(number))
    assert list(groups.get(b"key")) == [names(number) for number in range(count)]
    left = set(order)
    for number in order:
        groups.discard(b"key", names(number))
        groups.discard(b"key", names(number))
        left.discard(number)
        assert list(groups.get(b"key")) == [names(number) for number in sorted(left)]
    assert len(groups) == 0


def test_discarding_what_is_not_there_changes_nothing() -> None:
    groups: NameIndex[bytes] = NameIndex()
    groups.discard(b"key", names(1))
    groups.put(b"key", names(2))
    groups.discard(b"key", names(1))
    groups.discard(b"key", names(3))
    assert list(groups.get(b"key")) == [names(2)]


def test_names_are_found_as_they_are_held() -> None:
    groups: NameIndex[bytes] = NameIndex()
    held, equal = names(1), names(1)
    groups.put(b"key", held)
    assert groups.find(b"key", equal) is held
    assert groups.find(b"other", equal) is equal


class Name(str):
    """A name that counts how often it is compared."""

    __slots__ = ("log",)
    log: list[int]

    def __lt__(self, other: str) -> bool:
        self.log.append(1)
        return str.__lt__(self, other)

    def __eq__(self, other: object) -> bool:
        self.log.append(1)
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_changing_a_group_does_not_look_at_all_of_it() -> None:
    groups: NameIndex[bytes] = NameIndex()
    log: list[int] = []
    for number in range(4096):
        name = Name(f"web-{number:05}")
        name.log = log
        groups.put(b"key", ("shop", name))
    assert len(log) < 4096 * 50
    log.clear()
    groups.discard(b"key", names(77))
    assert len(log) < 50
