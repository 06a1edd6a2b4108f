"""Rows that tell of published files: download links and object keys. They are only written."""

from dataclasses import dataclass

from reelwright.faces.codecs import Codec, find
from reelwright.jobs.document import LINK


class Link:
    """A download link that is not minted yet. `until`: when it dies, Unix seconds; by the settings if None."""

    __slots__ = ("bucket", "key", "until")

    def __init__(self, bucket: str, key: str, until: float | None = None) -> None:
        self.bucket, self.key, self.until = bucket, key, until


@dataclass(frozen=True, slots=True)
class LinkTo(Codec):
    """An output's download link. It is minted for each reply, so `faces.calls` fills it in. Only written."""

    def give(self, value: object) -> Link:
        return Link(str(find(value, "bucket")), str(find(value, "key")))


@dataclass(frozen=True, slots=True)
class ObjectKey(Codec):
    """The key, without its bucket, of a file in a published result. Only written."""

    def give(self, value: object) -> str:
        return str(value).removeprefix(LINK).partition("/")[2]
