"""Random changes of a real cluster."""

from collections.abc import Callable
from random import Random

from testbed.kube_client import Document, KubeClient, RefusedError

__all__ = ["Life"]


class Life:
    """Changes as a cluster makes them. Names are few, so that they come and go often.

    made: how many changes there were; what the API server refused or did not answer is none.
    """

    def __init__(self, client: KubeClient, random: Random) -> None:
        self._client = client
        self._random = random
        self.made = 0

    def change(self) -> bool:
        """Change something at random, if the API server lets it be done. Whether it answered at all."""
        random = self._random
        namespace, name = f"n{random.randrange(4)}", f"s{random.randrange(20)}"
        choices: tuple[Callable[[], None], ...] = (
            *[lambda: self._client.delete("Service", namespace, name)] * 3,
            lambda: self._client.delete("EndpointSlice", namespace, f"{name}-{random.randrange(2)}"),
            lambda: self._client.delete("Pod", namespace, name),
            lambda: self._client.delete("Namespace", "", namespace),
            *[lambda: self._client.apply({"kind": "Namespace", "metadata": {"name": namespace}})] * 2,
            *[lambda: self._client.apply(self._service(namespace, name))] * 5,
            *[lambda: self._client.apply(self._slice(namespace, name))] * 6,
            *[lambda: self._client.apply(self._pod(namespace, name))] * 3,
        )
        try:
            random.choice(choices)()
        except RefusedError:
            return True
        except OSError:
            return False
        self.made += 1
        return True

    def changes(self, number: int) -> None:
        """That many, unless the API server does not answer."""
        for _ in range(number):
            if not self.change():
                return

    def _service(self, namespace: str, name: str) -> Document:
        random = self._random
        names = random.sample(["http", "dns", "metrics"], random.randint(1, 3))
        spec: Document = {
            "type": "ClusterIP",
            "ports": [{"name": one, "port": random.randint(1, 999), "protocol": "TCP"} for one in names],
        }
        match random.randrange(5):
            case 0:
                spec = {"type": "ExternalName", "externalName": f"s{random.randrange(20)}.example.org"}
            case 1 | 2:
                spec["clusterIP"] = "None"
            case 3:
                spec["ipFamilyPolicy"] = "PreferDualStack"
            case _:
                pass
        return {"kind": "Service", "metadata": {"namespace": namespace, "name": name}, "spec": spec}

    def _slice(self, namespace: str, name: str) -> Document:
        random = self._random
        ips = {f"10.244.{random.randrange(3)}.{random.randrange(1, 99)}" for _ in range(random.randrange(6))}
        return {
            "kind": "EndpointSlice",
            "metadata": {
                "namespace": namespace,
                "name": f"{name}-{random.randrange(2)}",
                "labels": {"kubernetes.io/service-name": name},
            },
            "addressType": "IPv4",
            "endpoints": [
                {"addresses": [ip], "conditions": {"ready": random.random() < 0.8}, "hostname": _hostname(ip)}
                for ip in sorted(ips)
            ],
            "ports": [{"name": "http", "port": random.randint(1, 999)}],
        }

    def _pod(self, namespace: str, name: str) -> Document:
        ip = f"10.244.{self._random.randrange(3)}.{self._random.randrange(1, 99)}"
        return {
            "kind": "Pod",
            "metadata": {"namespace": namespace, "name": name},
            "spec": {"containers": [{"name": "main", "image": "none"}]},
            "status": {"phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}]},
        }


def _hostname(ip: str) -> str:
    return f"h{ip.rpartition('.')[2]}"
