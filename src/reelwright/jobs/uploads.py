"""Uploads that assets of the library wait for: who may put them, and what happens when they come.

The object face says when an object was put. One that came another way, or in the instant before a crash, is found
when the server starts, and when somebody asks for its asset: a promise stands until its object is seen.
"""

from collections.abc import Callable, Mapping

from reelwright import timing
from reelwright.errors import Forbidden
from reelwright.jobs import library, passes
from reelwright.jobs.job import Key
from reelwright.jobs.ledger.port import Ledger
from reelwright.jobs.passes import Pass
from reelwright.storage.port import ObjectStore

NOBODY = Key("none", "none", "none")
"""A server without keys asks for none, so what is made under this one opens nothing elsewhere."""


class Uploads:
    def __init__(self, ledger: Ledger, objects: ObjectStore, keys: Callable[[], Mapping[str, Key]]) -> None:
        """`keys`: those of the server as they are now, by AccessKeyId."""
        self._ledger, self._objects, self._keys = ledger, objects, keys

    # ---- who may

    def allow(self, tenant: str, bucket: str, key: str) -> Pass:
        """Credentials with which anybody may put this one object."""
        issuer = next((one for one in self._keys().values() if one.tenant == tenant), NOBODY)
        return passes.issue(issuer, bucket, key, now=timing.now())

    def secret(self, token: str, access_key_id: str, bucket: str, key: str) -> str:
        """The secret of a pass that is used for this object; `Forbidden` if it may not be."""
        issuer = self._keys().get(passes.issuer_of(token))  # never NOBODY
        if issuer is None:
            raise Forbidden("the upload credentials were made under a key that is gone; ask for fresh ones")
        return passes.opened(token, issuer, access_key_id, bucket, key, now=timing.now())

    # ---- what came

    async def arrived(self, bucket: str, key: str) -> None:
        """An object was put: if an asset waits for it, its life goes on."""
        if library.awaited(self._ledger, bucket, key) is not None:
            size = self._objects.size(bucket, key) or 0
            await self._ledger.commit(lambda tx: library.arrived(tx, bucket, key, size, timing.now()))

    async def look_for(self, bucket: str, key: str) -> None:
        """The same for one that may have come unnoticed."""
        waits = library.awaited(self._ledger, bucket, key)
        if waits is None or not self._objects.exists(bucket, key):
            return
        if self._objects.head(bucket, key).etag != waits.etag:
            await self.arrived(bucket, key)

    async def look_for_all(self) -> None:
        for bucket, key in library.promised(self._ledger, timing.now()):
            await self.look_for(bucket, key)
