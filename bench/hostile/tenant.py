"""The hostile tenant: changes its objects at their rates. Prints as JSON how many changes it made."""

import argparse
import json
import os
from collections.abc import Container
from typing import Final

from bench.hostile.objects import NAMESPACE, Make
from bench.hostile.rates import CHANGES, PARTS, Job, run_jobs
from bench.watch.apiserver import RemoteServer

NICENESS: Final = 5
"""Below those whose lateness is measured."""


class Tenant:
    """`parts`: which of its objects it changes."""

    def __init__(self, api: RemoteServer, parts: Container[str]) -> None:
        self._api = api
        self._changes = [change for change in CHANGES if change.name in parts]
        self.changes = 0

    def put(self, make: Make, turn: int) -> None:
        """Put an object as it is at a turn."""
        raw = make(turn)
        self._api.call("put_raw", raw.kind, NAMESPACE, **raw.arguments())
        self.changes += 1

    def put_all(self) -> None:
        """Put each once, as it is at first."""
        for change in self._changes:
            self.put(change.make, 0)

    def jobs(self) -> list[Job]:
        return [(change.rate, self._job(change.make)) for change in self._changes]

    def _job(self, make: Make) -> "Changing":
        return Changing(self, make)


class Changing:
    """Changes one object."""

    def __init__(self, tenant: Tenant, make: Make) -> None:
        self._tenant = tenant
        self._make = make

    def __call__(self, turn: int) -> None:
        self._tenant.put(self._make, turn + 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.tenant", description=__doc__)
    parser.add_argument("--api", required=True, help="the line that the API server printed")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--parts", nargs="*", default=PARTS)
    options = parser.parse_args()
    os.nice(NICENESS)
    with RemoteServer(options.api) as api:
        tenant = Tenant(api, options.parts)
        run_jobs(tenant.jobs(), seconds=options.seconds)
    print(json.dumps({"changes": tenant.changes}))


if __name__ == "__main__":
    main()
