"""CPU time of a query beside Knot DNS, an authoritative server in C: same names, same machine, one run.

    python -m bench beside_knot                      every kind of question at full load
    python -m bench.beside_knot --rates              the hits at 500, 2,000 and 10,000 queries a second
    python -m bench.beside_knot --sizes              the same names among 100 to 1,000,000 records

Server and client are pinned to a core each and alternate: ours, Knot, ours, … A figure is the median of the
rounds, with its quartiles; the ratio is that of the medians. Needs `knotd`, `dnsperf` and two cores.
"""
