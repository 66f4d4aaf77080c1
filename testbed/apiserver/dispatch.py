"""From a request to its answer."""

import asyncio
from random import Random

from aiohttp import web

from testbed.apiserver.engine import Engine
from testbed.apiserver.faults import Failure, Fault, PlainText, Silence, Streaming
from testbed.apiserver.listing import Lister, fresh
from testbed.apiserver.negotiation import wants_metadata_only
from testbed.apiserver.options import parse_options
from testbed.apiserver.output import Output
from testbed.apiserver.records import Request
from testbed.apiserver.resources import Target, parse_path
from testbed.apiserver.selection import parse_selection
from testbed.apiserver.statuses import (
    Refusal,
    Status,
    invalid_options,
    not_found,
    too_large,
)
from testbed.apiserver.watching import Watch

HEALTH_PATHS = frozenset({"/healthz", "/livez", "/readyz"})
SERVER_VERSION = {"major": "1", "minor": "35", "gitVersion": "v1.35.0", "platform": "linux/amd64"}


class Dispatcher:
    """Answers requests: scripted faults first, then credentials and rights, then the resource."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lister = Lister(engine)
        self._random = Random(1)

    async def handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        target = parse_path(raw.path)
        request = self._record(raw, target)
        await self._engine.admitted.wait()
        fault = self._engine.plans.meet(request)
        try:
            if isinstance(fault, PlainText | Silence):
                return await _misanswer(raw, fault)
            if isinstance(fault, Failure) and not (fault.in_stream and request.verb == "watch"):
                raise Refusal(fault.status or self._too_large(request))
            user = self._engine.access.identify(raw)
            if target is None or target.resource.plural in self._engine.absent:
                return self._off_the_api(raw)
            if raw.method != "GET":
                raise Refusal(Status(code=405, message="this server is read-only"))
            self._engine.access.check(request, target, user=user)
            return await self._answer(raw, request, target=target, fault=fault)
        except Refusal as refusal:
            return _status(refusal.status)

    def _record(self, raw: web.BaseRequest, target: Target | None) -> Request:
        params = dict(raw.query)
        verb = raw.method.lower()
        if target is not None and verb == "get" and not target.name:
            verb = "watch" if params.get("watch", "").lower() not in {"", "0", "false"} else "list"
        request = Request(
            time=self._engine.records.clock(),
            verb=verb,
            resource=target.resource.plural if target else raw.path,
            namespace=target.namespace if target else "",
            name=target.name if target else "",
            params=params,
            user_agent=raw.headers.get("User-Agent", ""),
            authorization=raw.headers.get("Authorization", ""),
            accept=raw.headers.get("Accept", ""),
        )
        self._engine.records.add(request)
        self._engine.activity.set()
        return request

    async def _answer(
        self, raw: web.BaseRequest, request: Request, *, target: Target, fault: Fault | None
    ) -> web.StreamResponse:
        partial = wants_metadata_only(request.accept)
        if target.name:
            return await self._get(raw, target, partial=partial, fault=fault)
        selection = parse_selection(target.resource, target.namespace, params=request.params)
        options = parse_options(self._seen_params(request, fault))
        if options.watch:
            failure = (fault.status or self._too_large(request)) if isinstance(fault, Failure) else None
            watch = Watch(
                self._engine,
                request,
                selection=selection,
                options=options,
                partial=partial,
                fault=fault,
                random=self._random,
            )
            return await watch.serve(raw, failure=failure)
        if not options.takes_cached:
            await self._engine.etcd.wait()
        body = await self._lister.body(selection, options, partial=partial)
        return await Output(raw, fault).send_whole(body, compress=self._engine.compress)

    def _seen_params(self, request: Request, fault: Fault | None) -> dict[str, str]:
        params = dict(request.params)
        if fault is Streaming.REFUSED:
            message = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
            raise invalid_options("sendInitialEvents", message)
        if fault is Streaming.IGNORED:
            params.pop("sendInitialEvents", None)
            params.pop("resourceVersionMatch", None)
        return params

    async def _get(
        self, raw: web.BaseRequest, target: Target, *, partial: bool, fault: Fault | None
    ) -> web.StreamResponse:
        await self._engine.etcd.wait()
        options = parse_options({"resourceVersion": raw.query.get("resourceVersion", "")})
        await fresh(self._engine, options)
        found = self._engine.store.get(target.resource, target.namespace, name=target.name)
        if found is None:
            raise not_found(target.resource, target.name)
        body = (found.partial() if partial else found.full()) + b"\n"
        return await Output(raw, fault).send_whole(body, compress=self._engine.compress)

    def _off_the_api(self, raw: web.BaseRequest) -> web.StreamResponse:
        if raw.path in HEALTH_PATHS:
            healthy = self._engine.etcd.is_set()
            return web.Response(text="ok" if healthy else "etcd failed", status=200 if healthy else 500)
        if raw.path == "/version":
            return web.json_response(SERVER_VERSION)
        return web.Response(text="404 page not found\n", status=404)

    def _too_large(self, request: Request) -> Status:
        found = request.params.get("resourceVersion", "")
        current = self._engine.store.version
        return too_large(int(found) if found.isdecimal() else current + 1, current)


def _status(status: Status) -> web.Response:
    headers = {"Retry-After": str(seconds)} if (seconds := status.details.get("retryAfterSeconds")) else None
    return web.Response(
        body=status.encoded(), status=status.code, content_type="application/json", headers=headers
    )


async def _misanswer(raw: web.BaseRequest, fault: PlainText | Silence) -> web.StreamResponse:
    match fault:
        case PlainText():
            return web.Response(text=fault.text, status=fault.code, headers=fault.headers)
        case Silence.EMPTY:
            return web.Response(body=b"", content_type="application/json")
        case Silence.UNANSWERED:
            await asyncio.Event().wait()
        case Silence.RESET:
            pass
    if raw.transport is not None:
        raw.transport.abort()
    return web.Response()
