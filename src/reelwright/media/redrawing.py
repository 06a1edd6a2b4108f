"""Frames of a film written again with something changed in them: patches, words, whatever can be put on its planes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from numpy.typing import NDArray

from reelwright.media import encode, planes
from reelwright.media.frames import Frame

if TYPE_CHECKING:
    import av


class Change(Protocol):
    """Something that changes a picture, given as the planes of a 4:2:0 frame, in place."""

    def put_on(self, picture: Sequence[NDArray[Any]]) -> None: ...


def redrawn(frame: Frame, picture: encode.Picture, changes: Sequence[Change]) -> "av.VideoFrame":
    """The frame upright, in the format that is written, with the changes made one after the other.

    The decoder's own picture where nothing changes in it.
    """
    raw = planes.to_planar(frame.raw, picture.pixels)
    if not changes and not frame.rotation and (raw.width, raw.height) == (picture.width, picture.height):
        return raw
    out = picture.blank(frame.raw)
    # A copy: the decoder still needs its picture to decode those that follow.
    planes.put(planes.crop(planes.upright(raw, frame.rotation), 0, 0, picture.width, picture.height), planes.of(out))
    for one in changes:
        one.put_on(planes.of(out))
    return out
