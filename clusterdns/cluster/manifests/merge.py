"""One object a key: of several manifests that declare it, the last in the order of their paths counts."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from clusterdns.cluster.kube.declared import Declared, DeclaredKey, Replaced
from clusterdns.cluster.manifests.memory import give_back
from clusterdns.cluster.manifests.yielding import YieldToLoop, no_yield


class Merge:
    """The objects of all files. `yield_to_loop` is called between pieces of work."""

    def __init__(self, yield_to_loop: YieldToLoop = no_yield) -> None:
        self._yield_to_loop = yield_to_loop
        self._files: dict[Path, dict[DeclaredKey, Declared]] = {}
        self._holders: dict[DeclaredKey, tuple[Path, ...]] = {}

    def update(self, declared: dict[Path, list[Declared] | None]) -> tuple[list[Replaced], list[str]]:
        """Take the objects of some files (None: the file is gone).

        Returns the objects that count now with those they replace, and a warning for each new doublet.
        """
        warnings: list[str] = []
        before: dict[DeclaredKey, Declared | None] = {}
        for path, items in declared.items():
            old = self._files.pop(path, {})
            new = self._by_key(path, items or [], warnings)
            for key in [*old, *new]:
                before.setdefault(key, self._winner(key) if key not in old else self._last(key, path, old))
                self._yield_to_loop()
            self._hold(path, list(self._only_in(old, new)), new)
            warnings += self._doublets(path, self._only_in(new, old))
            give_back(old, self._yield_to_loop)
        replaced = list(self._replaced(before))
        give_back(before, self._yield_to_loop)
        return replaced, warnings

    def _replaced(self, before: dict[DeclaredKey, Declared | None]) -> Iterator[Replaced]:
        for key, was in before.items():
            now = self._winner(key)
            if _is_other(was, now):
                yield Replaced(key=key, old=was, new=now)
            self._yield_to_loop()

    def _hold(self, path: Path, lost: Iterable[DeclaredKey], new: dict[DeclaredKey, Declared]) -> None:
        for key in lost:
            left = tuple(holder for holder in self._holders[key] if holder != path)
            if left:
                self._holders[key] = left
            else:
                del self._holders[key]
        if new:
            self._files[path] = new
        alone = (path,)  # one value for all, which the garbage collector looks at once
        for key in new:
            holders = self._holders.get(key, ())
            if path not in holders:
                self._holders[key] = tuple(sorted((*holders, path))) if holders else alone
            self._yield_to_loop()

    def _winner(self, key: DeclaredKey) -> Declared | None:
        holders = self._holders.get(key)
        return self._files[holders[-1]][key] if holders else None

    def _last(self, key: DeclaredKey, path: Path, old: dict[DeclaredKey, Declared]) -> Declared:
        """The winner before `path`, whose objects were `old`, was taken out."""
        last = self._holders[key][-1]
        return old[key] if last == path else self._files[last][key]

    def _doublets(self, path: Path, keys: Iterable[DeclaredKey]) -> list[str]:
        warnings: list[str] = []
        for key in keys:
            holders = self._holders[key]
            if len(holders) > 1:
                other = next(holder for holder in reversed(holders) if holder != path)
                one, last = sorted((other, path))
                warnings.append(
                    f"{key} is declared in {one}:{self._files[one][key].line} and in "
                    f"{last}:{self._files[last][key].line}; the latter counts"
                )
        return warnings

    def _only_in(
        self, one: dict[DeclaredKey, Declared], other: dict[DeclaredKey, Declared]
    ) -> Iterator[DeclaredKey]:
        for key in one:
            if key not in other:
                yield key
            self._yield_to_loop()

    def _by_key(self, path: Path, items: list[Declared], warnings: list[str]) -> dict[DeclaredKey, Declared]:
        found: dict[DeclaredKey, Declared] = {}
        for item in items:
            first = found.get(item.key)
            if first is not None:
                warnings.append(
                    f"{item.key} is declared twice in {path}, on lines {first.line} and {item.line}; "
                    "the latter counts"
                )
            found[item.key] = item
            self._yield_to_loop()
        return found


def _is_other(one: Declared | None, other: Declared | None) -> bool:
    if one is None or other is None:
        return one is not other
    return one.shape is not other.shape  # an object that only moved to another line is the same
