"""A scripted Kubernetes API server on loopback, for tests of whatever lists and watches.

    async with ApiServer() as server:
        server.put({"kind": "Service", "metadata": {"namespace": "shop", "name": "web"}, "spec": {...}})
        ...                                      # a client is pointed at server.url
        await server.until(server.watching)
        server.expire()                          # one line a fault
        await server.until(lambda: server.count("list", "services") == 2)

It serves Services, EndpointSlices, Namespaces, Pods and ServiceImports as a kube-apiserver does, as far as
a reflector can see: one increasing resourceVersion, lists (pages, versions, selectors, metadata only, gzip),
watches (selector transitions, bookmarks, streaming lists, `timeoutSeconds`), Status bodies, credentials,
RBAC.

Faults. Those of requests meet the next matching one: `verb` and `resource` choose ("" is any), `after` lets
so many matching ones pass first (`after=1` is the relist), `times` repeats it (None: until `heal`).

    fail_next(verb, resource, status=410)   a Status with this code; in_stream=True: 200 and an ERROR event
    status(500)                             the same for any request
    too_large_version()                     504 "Too large resource version", of a watch an ERROR event
    throttle(retry_after=1)                 429 with Retry-After and a plain-text body
    empty_200()                             200 without a byte
    no_headers()                            the request is read and never answered
    reset()                                 the connection is reset instead of an answer
    cut_mid_json(verb)                      the body ends in the middle; clean=True: as if it were whole
    slow_chunks(size=1)                     the body comes in chunks of one byte
    rapid_closes(1000)                      so many watches end as soon as they have begun
    refuse_streaming_list()                 422, as an API server does that does not know it
    ignore_streaming_list()                 its parameters are ignored: a plain watch
    no_final_bookmark()                     the bookmark that ends the initial events is not sent

Faults of the watches that are open:

    expire()                                ERROR 410, and older versions are forgotten
    error_watches(code)                     ERROR with any Status
    close_watches()                         a clean end; reset=True: a reset connection
    cut_mid_json()                          half an event, then the connection is closed
    go_silent()                             no event and no bookmark any more; the connection stays
    replay_events(count)                    the last changes are sent again
    delete_unknown(kind, namespace, name)   DELETED for an object that never was

Faults of events, from now on until `heal`:

    drop_events(share=0.01, seed=1)         a share of the events is silently lost; `dropped` counts them
    duplicate_events()                      each event is sent twice
    reorder()                               events change places in pairs

Faults of the whole server:

    hold() / release()                      requests wait
    etcd_down() / etcd_up()                 lists hang, watches are open and silent
    restore_backup(version)                 as it was at that version; those seen since are the future
    empty_etcd()                            nothing there, versions begin anew
    compact(), forget_history(), expire_tokens()   old versions and continue tokens give 410
    stale_cache()                           lists at version 0 say what was true now
    stop() / start()                        connections are refused; the port stays
    forbid(verb, resource) / allow(...)     403 as RBAC says it
    tokens = {...}                          bearer tokens that are accepted; others get 401
    uninstall(resource) / install(resource) 404, as without the custom resource definition
    pass_versions(count)                    versions go by for objects that nobody sees
    put_huge(kind, namespace, name)         an object of 1.5 MiB

`requests` are all that came, with their times by an injected clock; `bookmark()` sends bookmarks at once.
`RawClient` shows what the server says, byte for byte.

`Tap` is a TCP proxy that can freeze: bytes are acknowledged and go nowhere. `python -m
testbed.apiserver` runs the server as a process of its own, scripted over a second port.
"""

from testbed.apiserver.client import RawClient
from testbed.apiserver.records import Request
from testbed.apiserver.server import ApiServer
from testbed.apiserver.tap import Tap

__all__ = ["ApiServer", "RawClient", "Request", "Tap"]
