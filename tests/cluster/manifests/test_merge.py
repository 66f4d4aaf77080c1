"""Of several declarations of one object the last counts."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterdns.cluster.kinds.namespace import NamespaceShape
from clusterdns.cluster.kube.declared import Declared, DeclaredKey
from clusterdns.cluster.kube.shapes import Metadata
from clusterdns.cluster.manifests.merge import Merge

A, B = Path("a.yaml"), Path("b.yaml")


def declared(name: str, line: int = 1, mark: str = "") -> Declared:
    shape = NamespaceShape(metadata=Metadata(name=name, labels={"mark": mark}))
    return Declared(key=DeclaredKey("Namespace", "", name), shape=shape, slim=None, line=line)


def marks(
    merge: Merge, update: dict[Path, list[Declared] | None]
) -> dict[str, tuple[str | None, str | None]]:
    replaced, _ = merge.update(update)
    return {
        change.key.name: (
            change.old.labels["mark"] if change.old else None,
            change.new.labels["mark"] if change.new else None,
        )
        for change in replaced
    }


def test_the_last_file_in_the_order_of_paths_counts() -> None:
    merge = Merge()
    assert marks(merge, {B: [declared("x", mark="b")]}) == {"x": (None, "b")}
    assert marks(merge, {A: [declared("x", mark="a")]}) == {}
    assert marks(merge, {B: None}) == {"x": ("b", "a")}
    assert marks(merge, {A: []}) == {"x": ("a", None)}


def test_both_places_of_a_doublet_are_named_once() -> None:
    merge = Merge()
    merge.update({A: [declared("x", 3)]})
    _, warnings = merge.update({B: [declared("x", 7)]})
    assert warnings == ["Namespace x is declared in a.yaml:3 and in b.yaml:7; the latter counts"]
    _, warnings = merge.update({B: [declared("x", 8, mark="new")]})
    assert warnings == []


def test_a_doublet_in_one_file_is_named() -> None:
    replaced, warnings = Merge().update({A: [declared("x", 1, "one"), declared("x", 5, "two")]})
    assert [change.new.labels["mark"] for change in replaced if change.new] == ["two"]
    assert warnings == ["Namespace x is declared twice in a.yaml, on lines 1 and 5; the latter counts"]


def test_an_object_that_only_moved_is_not_replaced() -> None:
    merge = Merge()
    item = declared("x", 1)
    merge.update({A: [item]})
    assert marks(merge, {A: [item.moved_to(9)]}) == {}


@pytest.mark.parametrize("order", [[A, B], [B, A]])
def test_an_object_that_moves_between_files_never_goes(order: list[Path]) -> None:
    merge = Merge()
    merge.update({A: [declared("x", mark="a")]})
    news: dict[Path, list[Declared] | None] = {A: [], B: [declared("x", mark="b")]}
    assert marks(merge, {path: news[path] for path in order}) == {"x": ("a", "b")}


contents = st.none() | st.lists(
    st.builds(declared, st.sampled_from("xyz"), st.integers(1, 9), st.sampled_from("mn")), max_size=3
)


@given(st.lists(st.dictionaries(st.sampled_from((A, B, Path("c.yaml"))), contents), max_size=5))
def test_what_counts_after_many_edits_is_what_the_files_say(
    edits: list[dict[Path, list[Declared] | None]],
) -> None:
    merge = Merge()
    files: dict[Path, list[Declared]] = {}
    counts: dict[DeclaredKey, Declared] = {}
    for edit in edits:
        for change in merge.update(edit)[0]:
            assert counts.get(change.key) is change.old
            if change.new is None:
                del counts[change.key]
            else:
                counts[change.key] = change.new
        files.update({path: items or [] for path, items in edit.items()})
        wanted = {item.key: item.shape for path in sorted(files) for item in files[path]}
        assert {key: item.shape for key, item in counts.items()} == wanted
