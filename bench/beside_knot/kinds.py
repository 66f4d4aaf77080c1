"""The kinds of questions that are measured."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from bench.beside_knot.load import Kind
from bench.beside_knot.names import Cluster, fqdn, spelled

HOT: Final = 1_000
"""Names that are asked again and again."""

HITS: Final = 100
"""How often each of them is asked in a round."""

MISSES: Final = 20_000
"""Questions of a round that were never asked before."""

RATE_SECONDS: Final = 4
RATES: Final = (500, 2_000, 10_000)


def at_full_load(cluster: Cluster) -> Iterator[Kind]:
    """As many questions as the server answers."""
    one, many = _hot(cluster.cluster_ips()), _hot(cluster.headless())
    yield Kind(name="A of a ClusterIP Service, asked before", lines=_same(one, "A"), runs=HITS)
    yield Kind(name="A of 15 addresses, asked before", lines=_same(many, "A"), runs=HITS)
    yield Kind(name="SRV, asked before", lines=_same(_ports(one), "SRV"), runs=HITS)
    yield Kind(name="NXDOMAIN, never asked before", lines=_missing)
    yield Kind(name="A, never asked before", lines=_new(cluster.cluster_ips(), "A"))
    yield Kind(name="SRV, never asked before", lines=_new(cluster.cluster_ips(), "SRV", "_http._tcp."))
    pipelined = ("-m", "tcp", "-c", "1", "-q", "100")
    yield Kind(name="TCP, pipelined", lines=_same(one, "A"), runs=HITS, options=pipelined)
    many_clients = ("-m", "tcp", "-c", "200", "-q", "200")
    yield Kind(name="TCP, 200 connections", lines=_same(one, "A"), runs=HITS, options=many_clients)


def at_rates(cluster: Cluster) -> Iterator[Kind]:
    """The same hits at the rates of real replicas, where waking up is what costs."""
    one = _hot(cluster.cluster_ips())
    for rate in RATES:
        runs = max(1, rate * RATE_SECONDS // len(one))
        yield Kind(name=f"asked before, {rate:,} a second", lines=_same(one, "A"), runs=runs, rate=rate)


def of_sizes(cluster: Cluster) -> Iterator[Kind]:
    """A hit and a miss, for clusters of different sizes."""
    names = _hot(cluster.cluster_ips())

    def new(number: int) -> Sequence[str]:
        return _lines(spelled(names * (MISSES // len(names)), number), "A")

    yield Kind(name="asked before", lines=_same(names, "A"), runs=HITS * HOT // len(names))
    yield Kind(name="never asked before", lines=new)


def _hot(numbers: Iterable[int]) -> list[str]:
    return [fqdn(number) for number in islice(numbers, HOT)]


def _ports(names: Iterable[str]) -> list[str]:
    return [f"_http._tcp.{name}" for name in names]


def _lines(names: Iterable[str], rtype: str) -> list[str]:
    return [f"{name} {rtype}" for name in names]


def _same(names: Iterable[str], rtype: str) -> "_Lines":
    return _Lines(_lines(names, rtype))


def _missing(number: int) -> Sequence[str]:
    return _lines((fqdn(at, f"missing-{number}-{at}.") for at in range(MISSES)), "A")


def _new(numbers: Iterable[int], rtype: str, prefix: str = "") -> "_Spelled":
    return _Spelled([fqdn(number, prefix) for number in islice(numbers, MISSES)], rtype)


class _Lines:
    """The same questions in each round."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __call__(self, number: int) -> Sequence[str]:
        del number
        return self._lines


class _Spelled:
    """The same names, in each round in another spelling."""

    def __init__(self, names: Sequence[str], rtype: str) -> None:
        self._names = names
        self._rtype = rtype

    def __call__(self, number: int) -> Sequence[str]:
        return _lines(spelled(self._names, number), self._rtype)
