"""What follows from each error, by how a reflector stood."""

import pytest

from clusterdns.cluster.api.errors import ApiError, ApiStatusError, ApiUnreachable, Unreachable
from clusterdns.cluster.api.target import Target
from clusterdns.cluster.reflector.health.troubles import (
    BrokenListError,
    DoubtedWatchError,
    EndlessListError,
    ShortWatchError,
    SilentWatchError,
)
from clusterdns.cluster.reflector.recovery import (
    Knowledge,
    Log,
    NextList,
    Others,
    Recovery,
    Situation,
    Wait,
    recovery_from,
)

WATCHING = Situation(lists=False, streams=True, reads_anew=False, has_expired=False)
STREAMING = WATCHING._replace(lists=True)
PAGING = STREAMING._replace(streams=False)
FAILED = Recovery(Log.FAILURE, wait=Wait.BACKOFF)
SWAPPED = FAILED._replace(next_list=NextList.OTHERWISE)


def status(code: int, *, message: str = "") -> ApiStatusError:
    return ApiStatusError(
        code=code,
        reason="",
        message=message,
        retry_after=None,
        causes=frozenset(),
        target=Target(verb="list", resource="services"),
        endpoint="http://api",
    )


TOO_LARGE = status(504, message="Too large resource version")


@pytest.mark.parametrize(
    ("error", "situation", "recovery"),
    [
        pytest.param(
            SilentWatchError(120),
            WATCHING,
            Recovery(Log.FAILURE, Knowledge.DOUBTED, Others.SUSPECTED),
            id="silence",
        ),
        pytest.param(
            DoubtedWatchError(),
            WATCHING,
            Recovery(Log.LIST_AGAIN, Knowledge.DOUBTED),
            id="doubted",
        ),
        pytest.param(
            TOO_LARGE,
            WATCHING,
            Recovery(Log.NOTHING, Knowledge.DOUBTED, Others.DOUBTED),
            id="ahead of the server",
        ),
        pytest.param(TOO_LARGE, PAGING._replace(reads_anew=True), SWAPPED, id="ahead without a version"),
        pytest.param(
            status(410),
            WATCHING,
            Recovery(Log.LIST_AGAIN, Knowledge.FORGOTTEN, wait=Wait.BRIEFLY),
            id="watch expired",
        ),
        pytest.param(
            status(410), STREAMING, Recovery(Log.LIST_AGAIN, Knowledge.FORGOTTEN), id="list expired"
        ),
        pytest.param(
            status(410),
            STREAMING._replace(has_expired=True),
            Recovery(Log.FAILURE, Knowledge.FORGOTTEN, wait=Wait.BACKOFF),
            id="expired again",
        ),
        pytest.param(
            status(422), STREAMING, Recovery(Log.LIST_AGAIN, next_list=NextList.PAGES), id="stream refused"
        ),
        pytest.param(status(422), PAGING, FAILED, id="pages refused"),
        pytest.param(status(422), WATCHING, FAILED, id="watch refused"),
        pytest.param(
            EndlessListError(is_empty=True),
            STREAMING,
            Recovery(Log.LIST_AGAIN, next_list=NextList.PAGES_ONCE),
            id="stream of nothing",
        ),
        pytest.param(
            EndlessListError(is_empty=False),
            STREAMING,
            Recovery(Log.LIST_AGAIN, next_list=NextList.PAGES),
            id="stream without end",
        ),
        pytest.param(BrokenListError(), STREAMING, SWAPPED, id="stream broken"),
        pytest.param(status(500), PAGING, SWAPPED, id="list failed"),
        pytest.param(status(429), PAGING, FAILED, id="list throttled"),
        pytest.param(status(500), WATCHING, FAILED, id="watch failed"),
        pytest.param(ShortWatchError(), WATCHING, FAILED, id="watch ended at once"),
        pytest.param(
            ApiUnreachable("no route", reason=Unreachable.REFUSED, endpoint="http://api"),
            STREAMING,
            FAILED,
            id="unreachable",
        ),
    ],
)
def test_what_follows(error: ApiError, situation: Situation, recovery: Recovery) -> None:
    assert recovery_from(error, situation) == recovery
