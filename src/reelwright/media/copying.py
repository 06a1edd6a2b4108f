"""Coded pictures handed to a muxer as they are, with new stamps: the picture's stream of a file that is put together.

Packets come in order of decoding, stamped with when they are shown; each gets its decoding stamp here. What they are
copied from, and whether they fit together, is the business of those who send them (`media.joining`, `media.chaining`).
"""

import heapq
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.media.beside import Beside

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream as AvVideo

TURN = Fraction(1, 4)  # s of the picture after which sound has its turn in the file


class Track:
    """The picture's stream in the new file: gives packets their decoding stamps and hands them to the muxer.

    Packets run ahead of what is shown by `depth` at most. All are stamped as if they did: the n-th decoding stamp is
    the (n - depth)-th of the stamps of showing. `base`: the unit of stamps, s; `step`: a frame, `end`: the whole film,
    both in that unit. `extradata` is what the decoder must know, where that is more than the template says.
    """

    def __init__(
        self,
        box: "OutputContainer",
        template: "AvVideo",
        *,
        base: Fraction,
        step: int,
        depth: int,
        end: int,
        extradata: bytes | None = None,
    ) -> None:
        """Raises ValueError where the file's format cannot hold the template's codec."""
        self._stream = box.add_stream_from_template(template, opaque=True)
        if extradata is not None:
            self._stream.codec_context.extradata = extradata
        if template.codec_context.codec_tag == "hvc1":
            self._stream.codec_context.codec_tag = "hvc1"  # the tag Apple players want
        self._box, self._base, self._step, self._depth, self._end = box, base, step, depth, end
        self._waiting: list[int] = []
        self._taken = 0
        self._first = self._latest = 0
        self._held: Packet[AvVideo] | None = None
        self._due = self._first

    def take(self, packet: "Packet[AvVideo]", along: Beside | None) -> None:
        assert packet.pts is not None  # all are stamped by those who send them
        if not self._taken:
            self._first = packet.pts - self._depth * self._step
        self._latest = max(self._latest, packet.pts)
        heapq.heappush(self._waiting, packet.pts)
        early = self._taken < self._depth
        packet.dts = self._first + self._taken * self._step if early else heapq.heappop(self._waiting)
        packet.stream = self._stream
        self._taken += 1
        self._hand_over(packet, along)

    def finish(self, along: Beside | None) -> None:
        if self._held is not None and self._held.dts is not None:
            # MP4 takes a track to end with its last packet in order of decoding, which may not be the last one shown.
            left = self._end - (self._held.pts or 0) if self._held.pts == self._latest else 0
            self._held.duration = max(1, left, self._end - self._depth * self._step - self._held.dts)
        self._hand_over(None, along)
        if along:
            along.finish()

    def _hand_over(self, packet: "Packet[AvVideo] | None", along: Beside | None) -> None:
        """One packet late, so that the last one is known as such."""
        held, self._held = self._held, packet
        if held is None or held.dts is None:
            return
        if along and held.dts >= self._due:
            self._due = held.dts + round(TURN / self._base)
            along.advance(self._due * self._base)
        self._box.mux(held)
