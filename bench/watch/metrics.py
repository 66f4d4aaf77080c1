"""The metrics of a server under measure, by the plugin `prometheus`."""

import re
import urllib.request
from typing import Final

from bench.watch.process import free_port

TIMEOUT_SECONDS: Final = 10.0


class Metrics:
    """The page of metrics of one server. `plugin` is its line in the Corefile."""

    def __init__(self) -> None:
        place = f"127.0.0.1:{free_port()}"
        self.plugin = f"prometheus {place}"
        self._url = f"http://{place}/metrics"

    def value(self, *names: str) -> float:
        """The first series of the first of these names that is there, 0 if none is."""
        with urllib.request.urlopen(self._url, timeout=TIMEOUT_SECONDS) as page:
            text = page.read().decode()
        found = (re.search(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE) for name in names)
        return next((float(one[1]) for one in found if one), 0.0)
