"""Which plugins are installed and in which order they stand in a chain.

Plugins are entry points of the group `clusterdns.plugins`. A plugin's module is imported when a Corefile
names it, not before, so a server pays only for what it uses. The registry is a value that is passed on: two
may live in one process.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from types import MappingProxyType

from clusterdns.plugin import API_VERSION, AnyPlugin, Plugin

__all__ = ["GROUP", "ClaimedTwice", "PluginError", "Registry", "WrongVersion", "discover", "shipped_order"]

GROUP = "clusterdns.plugins"


class PluginError(Exception):
    """An installed plugin that cannot be used, and why. The Corefile is not to blame."""


class ClaimedTwice(PluginError):
    """Several distributions bring a plugin of one name."""


class WrongVersion(PluginError):
    """A plugin is made for another version of the contract."""


class Registry:
    """The installed plugins by name. `rivals` are entry points of a name that `points` has already."""

    def __init__(
        self,
        points: Mapping[str, EntryPoint],
        order: tuple[str, ...],
        rivals: Mapping[str, tuple[EntryPoint, ...]] = MappingProxyType({}),
    ) -> None:
        self._points = points
        self._order = order
        self._rivals = rivals

    @property
    def rivals(self) -> Mapping[str, tuple[EntryPoint, ...]]:
        """The further entry points of each name that several distributions claim, so that none is usable."""
        return self._rivals

    @property
    def points(self) -> Mapping[str, EntryPoint]:
        """The entry points by the name of their plugin."""
        return self._points

    @property
    def names(self) -> tuple[str, ...]:
        """The installed plugins, sorted by name."""
        return tuple(sorted(self._points))

    @property
    def planned(self) -> frozenset[str]:
        """Names that have a place in the order but no plugin installed."""
        return frozenset(self._order) - self._points.keys()

    def load(self, name: str) -> AnyPlugin:
        """Import the plugin called `name`.

        Raises:
            KeyError: no installed plugin has this name.
            PluginError: several have it; or it cannot be imported, is no `Plugin`, or is made for another
                contract.
        """
        point = self._points[name]
        if name in self._rivals:
            origins = " and ".join(map(_origin, (point, *self._rivals[name])))
            raise ClaimedTwice(f'plugin "{name}" is claimed by {origins}; uninstall all but one of them')
        try:
            plugin = point.load()
        except Exception as error:  # importing runs whatever the plugin's author wrote
            reason = f"{type(error).__name__}: {error}"
            raise PluginError(f'plugin "{name}" of {_origin(point)} cannot be imported: {reason}') from error
        if not isinstance(plugin, Plugin):
            raise PluginError(f'"{name}" of {_origin(point)} is not a Plugin but a {type(plugin).__name__}')
        if plugin.api_version != API_VERSION:
            raise WrongVersion(
                f'plugin "{name}" of {_origin(point)} is made for version {plugin.api_version} of the plugin '
                f"contract, this server speaks version {API_VERSION}"
            )
        if plugin.name != name:
            raise PluginError(f'{_origin(point)} calls a plugin "{name}" that calls itself "{plugin.name}"')
        return plugin

    def placed(self, plugins: Iterable[AnyPlugin]) -> tuple[tuple[AnyPlugin, ...], dict[str, PluginError]]:
        """The plugins that have a place in a chain, in their order; and an error for each other, by name.

        A plugin has none if it is neither listed nor has `before` or `after`, or names one without a place.
        """
        wanted = {plugin.name: plugin for plugin in plugins}
        order, homeless = self._order_with(wanted)
        placed = tuple(wanted[name] for name in order if name in wanted)
        return placed, {plugin.name: _misplaced(plugin) for plugin in homeless}

    def _order_with(self, plugins: Mapping[str, AnyPlugin]) -> tuple[list[str], list[AnyPlugin]]:
        """The listed order with every plugin that is not listed put where it asks to stand, and those for
        which there is no such place."""
        order = list(self._order)
        waiting = [plugin for _, plugin in sorted(plugins.items()) if plugin.name not in self._order]
        while placeable := [plugin for plugin in waiting if _neighbour(plugin) in order]:
            for plugin in placeable:
                order.insert(order.index(_neighbour(plugin)) + (plugin.before is None), plugin.name)
                waiting.remove(plugin)
        return order, waiting


def discover(points: Iterable[EntryPoint] | None = None) -> Registry:
    """Find the installed plugins, without importing any."""
    found: dict[str, dict[str, EntryPoint]] = {}
    for point in entry_points(group=GROUP) if points is None else points:
        found.setdefault(point.name, {}).setdefault(point.value, point)
    claims = {name: tuple(by_value.values()) for name, by_value in found.items()}
    rivals = {name: others for name, (_, *others) in claims.items() if others}
    return Registry(
        {name: first for name, (first, *_) in claims.items()},
        shipped_order(),
        {name: tuple(others) for name, others in rivals.items()},
    )


def shipped_order() -> tuple[str, ...]:
    """The names in `order.txt`, first to last."""
    lines = files("clusterdns.configuration").joinpath("order.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _neighbour(plugin: AnyPlugin) -> str:
    return plugin.before or plugin.after or ""


def _misplaced(plugin: AnyPlugin) -> PluginError:
    asked = _neighbour(plugin)
    if not asked:
        return PluginError(f'plugin "{plugin.name}" must say before or after which plugin it stands')
    return PluginError(f'plugin "{plugin.name}" wants to stand next to "{asked}", which has no place')


def _origin(point: EntryPoint) -> str:
    return point.value if point.dist is None else f"distribution {point.dist.name} {point.dist.version}"
