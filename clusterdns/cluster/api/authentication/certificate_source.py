"""A client certificate whose files may be replaced while we run."""

from clusterdns.cluster.api.authentication.client_certificate import ClientCertificate, check_pair
from clusterdns.cluster.api.authentication.refusals import Refusals
from clusterdns.cluster.api.authentication.watched_file import ContentSource, FixedContent, WatchedFile
from clusterdns.cluster.api.blocking import BlockingCalls
from clusterdns.cluster.api.errors import ApiConfigError

CHECK_SECONDS = 5.0
"""Seconds that reading a pair may take."""


class CertificateSource:
    """A certificate and its key, which may be replaced while we run, one after the other.

    A pair that cannot be read or does not belong together is not used: the last good one counts, and
    `refusals` says so. Making one checks the pair, so not on the event loop.
    """

    def __init__(
        self,
        certificate: FixedContent | WatchedFile,
        key: FixedContent | WatchedFile,
        *,
        origin: str,
        refusals: Refusals,
    ) -> None:
        """Check the pair of now. Raises ApiConfigError."""
        self._certificate: ContentSource = certificate
        self._key: ContentSource = key
        self._origin = origin
        self._refusals = refusals
        self._good = check_pair(certificate.content, key.content, origin=origin)
        self._bad: tuple[bytes, bytes] | None = None
        self._calls = BlockingCalls("client certificate")

    async def read(self, *, anew: bool = False) -> ClientCertificate:
        """The last good pair; with `anew` looked for now."""
        found = await self._certificate.read(anew=anew), await self._key.read(anew=anew)
        if found == (self._good.certificate, self._good.key):
            self._refusals.accepted(self._origin)
        elif found != self._bad:
            await self._check(*found)
        return self._good

    async def _check(self, certificate: bytes, key: bytes) -> None:
        try:
            self._good = await self._calls.run(
                lambda: check_pair(certificate, key, origin=self._origin), seconds=CHECK_SECONDS
            )
        except ApiConfigError as error:
            self._bad = certificate, key
            self._refusals.refused(self._origin, str(error))
        except TimeoutError:
            late = f"{self._origin} were not checked within {CHECK_SECONDS:g} s"
            self._refusals.refused(self._origin, late)
        except OSError as error:
            self._refusals.refused(self._origin, f"{self._origin} cannot be checked: {error}")
        else:
            self._refusals.accepted(self._origin)
