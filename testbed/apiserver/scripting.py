"""The faults of an API server, one call each."""

from random import Random
from typing import Final

from testbed.apiserver.changes import Change
from testbed.apiserver.engine import Engine, StaleCache
from testbed.apiserver.faults import Cut, Failure, Fault, PlainText, Plan, Silence, Slow, Streaming
from testbed.apiserver.resources import RESOURCES, resource_of
from testbed.apiserver.statuses import Status, expired
from testbed.apiserver.stored import stored
from testbed.apiserver.watcher import End

THROTTLED: Final = "Too many requests, please try again later.\n"


class Scripting:
    """Everything that a test does to the server's behaviour.

    Where a method has them, `verb` (`get`, `list`, `watch`) and `resource` (the plural) choose requests; ""
    is any. The first `after` of those are spared, then `times` of them meet the fault (None: until `heal`).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # Requests to come.

    def plan(
        self,
        fault: Fault,
        verb: str = "",
        *,
        resource: str = "",
        namespace: str | None = None,
        after: int = 0,
        times: int | None = 1,
    ) -> None:
        """Plan any fault."""
        self._engine.plans.add(
            Plan(
                fault=fault,
                verb=verb,
                resource=resource,
                namespace=namespace,
                after=after,
                times=times,
            )
        )

    def fail_next(
        self,
        verb: str = "",
        resource: str = "",
        *,
        status: int,
        message: str = "",
        reason: str = "",
        in_stream: bool = False,
        namespace: str | None = None,
        after: int = 0,
        times: int | None = 1,
    ) -> None:
        """Answer with a Status of this code; `in_stream`: a watch begins and has an ERROR event."""
        failure = Status(code=status, message=message or f"scripted failure {status}", reason=reason)
        if status == 410 and not message:
            failure = expired(1, self._engine.store.version)
        fault = Failure(status=failure, in_stream=in_stream)
        self.plan(fault, verb, resource=resource, namespace=namespace, after=after, times=times)

    def status(
        self, code: int, verb: str = "", *, resource: str = "", after: int = 0, times: int | None = 1
    ) -> None:
        """Answer with a Status of this code."""
        self.fail_next(verb, resource, status=code, after=after, times=times)

    def too_large_version(
        self, verb: str = "", resource: str = "", *, after: int = 0, times: int | None = 1
    ) -> None:
        """Claim not to have seen the version yet: 504, for a watch as an ERROR event after a 200."""
        fault = Failure(status=None, in_stream=True)
        self.plan(fault, verb, resource=resource, after=after, times=times)

    def throttle(
        self,
        retry_after: int = 1,
        verb: str = "",
        *,
        resource: str = "",
        after: int = 0,
        times: int | None = 1,
    ) -> None:
        """429 with Retry-After (seconds) and a plain-text body."""
        fault = PlainText(code=429, text=THROTTLED, headers={"Retry-After": str(retry_after)})
        self.plan(fault, verb, resource=resource, after=after, times=times)

    def empty_200(self, verb: str = "", resource: str = "", *, after: int = 0, times: int | None = 1) -> None:
        """200 with no body."""
        self.plan(Silence.EMPTY, verb, resource=resource, after=after, times=times)

    def rapid_closes(self, times: int = 1000, resource: str = "") -> None:
        """So many watches end as soon as they have begun."""
        self.plan(Silence.EMPTY, "watch", resource=resource, times=times)

    def no_headers(
        self, verb: str = "", resource: str = "", *, after: int = 0, times: int | None = 1
    ) -> None:
        """Never answer, with the connection open."""
        self.plan(Silence.UNANSWERED, verb, resource=resource, after=after, times=times)

    def reset(self, verb: str = "", resource: str = "", *, after: int = 0, times: int | None = 1) -> None:
        """Reset the connection instead of answering."""
        self.plan(Silence.RESET, verb, resource=resource, after=after, times=times)

    def cut_mid_json(
        self,
        verb: str = "",
        resource: str = "",
        *,
        clean: bool = False,
        after: int = 0,
        times: int | None = 1,
    ) -> None:
        """End a body in the middle of its JSON: of the next list, or of a watch to come in its first event.

        Without a verb, those watches are cut now that are open. `clean`: the body's end is marked as if it
        were whole, as some proxies do.
        """
        if verb:
            self.plan(Cut(clean=clean), verb, resource=resource, after=after, times=times)
            return
        for watcher in self._engine.watchers.select(resource):
            watcher.send(
                b'{"type":"MODIFIED","object":{"kind":"' + watcher.selection.resource.kind[:3].encode()
            )
            watcher.finish(End.CLEAN if clean else End.CUT)

    def slow_chunks(
        self,
        size: int = 1,
        delay: float = 0.0,
        *,
        verb: str = "",
        resource: str = "",
        times: int | None = None,
    ) -> None:
        """Send bodies in chunks of so many octets, so many seconds apart."""
        self.plan(Slow(size=size, delay=delay), verb, resource=resource, times=times)

    def refuse_streaming_list(self, resource: str = "", *, times: int | None = None) -> None:
        """422, as an API server does that has the feature switched off."""
        self.plan(Streaming.REFUSED, "watch", resource=resource, times=times)

    def ignore_streaming_list(self, resource: str = "", *, times: int | None = None) -> None:
        """Take no notice of its parameters, as a server does that is older: a plain watch."""
        self.plan(Streaming.IGNORED, "watch", resource=resource, times=times)

    def no_final_bookmark(self, resource: str = "", *, times: int | None = None) -> None:
        """Send the initial events, and never the bookmark that ends them."""
        self.plan(Streaming.UNFINISHED, "watch", resource=resource, times=times)

    # Watches that are open.

    def bookmark(self, resource: str = "") -> None:
        """Send a bookmark on every watch that asked for them."""
        for watcher in self._engine.watchers.select(resource):
            watcher.bookmark(self._engine.store.version)

    def error_watches(self, code: int, *, resource: str = "", message: str = "", reason: str = "") -> None:
        """Send an ERROR event with a Status and end the watches."""
        status = Status(code=code, message=message or f"scripted failure {code}", reason=reason)
        for watcher in self._engine.watchers.select(resource):
            watcher.fail(status)

    def expire(self, resource: str = "") -> None:
        """Send ERROR 410 and end the watches; what is older than now cannot be watched from any more."""
        self.forget_history()
        for watcher in self._engine.watchers.select(resource):
            watcher.fail(expired(watcher.start, self._engine.store.version))

    def close_watches(self, resource: str = "", *, reset: bool = False) -> None:
        """End the watches cleanly, or with a reset."""
        for watcher in self._engine.watchers.select(resource):
            watcher.finish(End.RESET if reset else End.CLEAN)

    def go_silent(self, resource: str = "") -> None:
        """Send nothing any more on the watches that are open now, and do not end them either."""
        for watcher in self._engine.watchers.select(resource):
            watcher.muted = True

    def replay_events(self, count: int = 10, *, resource: str = "") -> None:
        """Send the last changes again, under their old versions."""
        for change in list(self._engine.store.changes)[-count:]:
            for watcher in self._engine.watchers.select(resource or change.resource.plural):
                watcher.tell(change)

    def delete_unknown(self, kind: str, namespace: str, *, name: str) -> None:
        """Send DELETED on the watches for an object that never was."""
        store, resource = self._engine.store, resource_of(kind)
        document = {"metadata": {"namespace": namespace, "name": name}}
        version = store.skip()
        never = stored(resource, document, version=version)
        self._engine.watchers.notice(Change(version=version, resource=resource, before=never, after=None))

    # Events to come.

    @property
    def dropped(self) -> dict[str, int]:
        """Events that were lost, a resource (plural)."""
        return dict(self._engine.watchers.distortion.dropped)

    def drop_events(self, share: float = 1.0, *, seed: int = 1) -> None:
        """Lose a share of the events without a word."""
        distortion = self._engine.watchers.distortion
        distortion.share, distortion.random = share, Random(seed)

    def duplicate_events(self) -> None:
        """Send each event twice."""
        self._engine.watchers.distortion.duplicate = True

    def reorder(self) -> None:
        """Let each event on a watch wait until the next has gone first."""
        self._engine.watchers.distortion.swap = True

    # The whole server.

    def hold(self) -> None:
        """Let requests wait, whatever they are, until `release`."""
        self._engine.admitted.clear()

    def release(self) -> None:
        """Let requests go on."""
        self._engine.admitted.set()

    def etcd_down(self) -> None:
        """Let lists and gets hang, watches stay open and silent, until `etcd_up`. Lists of what is remembered
        (with a version, 0 included) are answered."""
        self._engine.etcd.clear()

    def etcd_up(self) -> None:
        """Let them go on."""
        self._engine.etcd.set()
        for watcher in self._engine.watchers:
            watcher.wake.set()

    def restore_backup(self, version: int, *, close: bool = True) -> None:
        """Be what the server was at a version; `close` ends the watches, as a restart of it does.

        Raises:
            ValueError: the version is not among those kept.
        """
        self._engine.store.restore(version)
        if close:
            self.close_watches()

    def empty_etcd(self, *, close: bool = True) -> None:
        """Forget all objects and begin with version 1; `close` ends the watches."""
        self._engine.store.empty()
        if close:
            self.close_watches()

    def pass_versions(self, count: int = 1) -> None:
        """Let versions go by for objects that nobody here sees."""
        for _ in range(count):
            self._engine.store.skip()

    def forget_history(self) -> None:
        """Answer watches from any version before this one with 410, as after a restart."""
        self._engine.store.watchable = self._engine.store.version

    def expire_tokens(self) -> None:
        """Answer the continue tokens given so far, and lists of versions so far, with 410."""
        self._engine.store.readable = self._engine.store.skip()

    def compact(self) -> None:
        """Forget all older versions, for watches, lists and tokens."""
        self.expire_tokens()
        self.forget_history()

    def stale_cache(self) -> None:
        """Let lists at version 0 say what is true now, until `heal`."""
        store = self._engine.store
        objects = {resource.plural: list(store.now(resource)) for resource in RESOURCES}
        self._engine.stale = StaleCache(version=store.version, objects=objects)

    def forbid(self, verb: str = "", resource: str = "", *, namespace: str | None = None) -> None:
        """403 from now on. `namespace`: only there; "" is only across all namespaces."""
        self._engine.access.rules.append((verb, resource, namespace))

    def allow(self, verb: str = "", resource: str = "", *, namespace: str | None = None) -> None:
        """Take back what was forbidden with the same words; without words, all of it."""
        rules, rule = self._engine.access.rules, (verb, resource, namespace)
        rules[:] = [one for one in rules if rule not in {one, ("", "", None)}]

    @property
    def tokens(self) -> set[str] | None:
        """The bearer tokens that are accepted; None: nobody is asked for one."""
        return self._engine.access.tokens

    @tokens.setter
    def tokens(self, tokens: set[str] | None) -> None:
        self._engine.access.tokens = tokens

    def uninstall(self, resource: str) -> None:
        """404 for a resource, as if nobody had defined it."""
        self._engine.absent.add(resource)

    def install(self, resource: str) -> None:
        """Serve it again."""
        self._engine.absent.discard(resource)

    def heal(self) -> None:
        """Be a good server again: no planned faults, no distortion, nothing held. Rights and tokens stay."""
        self._engine.plans.clear()
        self._engine.watchers.distortion.reset()
        self._engine.stale = None
        self.release()
        self.etcd_up()
