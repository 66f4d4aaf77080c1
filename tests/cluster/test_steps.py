"""A big change set in steps: their order, their length, and what is seen between them."""

from collections.abc import Callable

from clusterdns.cluster.changes import ChangeSet
from clusterdns.cluster.endpoint import Endpoint, pack
from clusterdns.cluster.objects import ClusterObject, EndpointSlice, Namespace, ObjectKey, Service, key_of
from clusterdns.cluster.step_budget import STEP_SECONDS
from clusterdns.cluster.steps import SMALL, apply_in_steps
from clusterdns.cluster.table import Table
from clusterdns.rows import Noted

MANY = SMALL * 8


class Clock:
    """Time that passes a little with every look at it, so that turns end."""

    def __init__(self, tick: float = STEP_SECONDS / 20) -> None:
        self.now = 0.0
        self.tick = tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def service(number: int, *, version: str = "1") -> Service:
    return Service(namespace="shop", name=f"web-{number}", external_name=version)


def slice_of(number: int, *, name: str, version: str = "1") -> EndpointSlice:
    endpoint = Endpoint(addresses=(number.to_bytes(4, "big"),), hostname=f"v{version}")
    return EndpointSlice(
        namespace="shop", name=f"{name}-{number}", service=f"web-{number}", packed=pack([endpoint])
    )


async def apply(
    table: Table, changes: ChangeSet, *, between: Callable[[], None], clock: Callable[[], float]
) -> None:
    async def pause() -> None:
        between()

    await apply_in_steps(table, changes, clock=clock, pause=pause)


async def test_a_small_change_is_one_step() -> None:
    table, pauses = Table(), list[int]()
    changes = ChangeSet(put=tuple(service(number) for number in range(SMALL)))
    await apply(table, changes, between=lambda: pauses.append(1), clock=Clock())
    assert pauses == []
    assert len(table.objects(Service)) == SMALL


async def test_a_big_change_is_applied_whole_in_many_steps() -> None:
    table, seen = Table(), list[int]()
    changes = ChangeSet(put=tuple(service(number) for number in range(MANY)))
    await apply(table, changes, between=lambda: seen.append(len(table.objects(Service))), clock=Clock())
    assert len(table.objects(Service)) == MANY
    assert len(set(seen)) > 3


async def test_a_slow_machine_gets_smaller_steps() -> None:
    steps: dict[float, int] = {}
    for tick in (STEP_SECONDS / 20, STEP_SECONDS * 2):
        table = Table()
        generation = table.rows.generation
        changes = ChangeSet(put=tuple(service(number) for number in range(MANY)))
        await apply(table, changes, between=lambda: None, clock=Clock(tick))
        steps[tick] = table.rows.generation - generation
    assert steps[STEP_SECONDS * 2] > 2 * steps[STEP_SECONDS / 20]


async def test_a_service_is_never_seen_half_old() -> None:
    table = Table()
    old: list[ClusterObject] = [
        item for number in range(MANY) for item in (service(number), slice_of(number, name="old"))
    ]
    table.apply(ChangeSet(put=tuple(old)))
    put: list[ClusterObject] = [
        *(service(number, version="2") for number in range(MANY)),
        *(slice_of(number, name="new", version="2") for number in reversed(range(MANY))),
    ]
    changes = ChangeSet(
        put=tuple(put), removed=tuple(key_of(item) for item in old if isinstance(item, EndpointSlice))
    )
    torn: list[str] = []

    def look() -> None:
        for number in range(0, MANY, 7):
            found = table.service("shop", f"web-{number}", noted=Noted())
            slices = table.slices("shop", f"web-{number}", noted=Noted())
            versions = {endpoint.hostname for item in slices for endpoint in item.endpoints()}
            if found is None or versions != {f"v{found.external_name}"} or len(slices) != 1:
                torn.append(f"web-{number}")

    await apply(table, changes, between=look, clock=Clock())
    look()
    assert torn == []


async def test_never_fewer_objects_than_both_states_have() -> None:
    table = Table()
    stays = [service(number) for number in range(MANY)]
    goes = [service(number) for number in range(MANY, 2 * MANY)]
    comes = [service(number) for number in range(2 * MANY, 3 * MANY)]
    table.apply(ChangeSet(put=(*stays, *goes)))
    changes = ChangeSet(put=tuple(comes), removed=tuple(key_of(item) for item in goes))
    seen: list[int] = []
    await apply(table, changes, between=lambda: seen.append(len(table.objects(Service))), clock=Clock())
    assert min(seen) >= 2 * MANY
    assert len(table.objects(Service)) == 2 * MANY


async def test_a_namespace_comes_before_its_services_and_goes_after_them() -> None:
    table, wrong = Table(), list[str]()

    def look() -> None:
        if table.objects(Service) and not table.objects(Namespace):
            wrong.append("a Service without its Namespace")

    services = tuple(service(number) for number in range(MANY))
    await apply(table, ChangeSet(put=(*services, Namespace(name="shop"))), between=look, clock=Clock())
    gone = (ObjectKey(Namespace, "", "shop"), *(key_of(item) for item in services))
    await apply(table, ChangeSet(removed=gone), between=look, clock=Clock())
    assert wrong == []
    assert not table.objects(Service)
    assert not table.objects(Namespace)
