"""Subtitles that a new file cannot hold as they are, written in the format that it can.

Each text is decoded to a line of ASS and encoded again, so italics and bold stay where both formats know them. MP4
has one text on the screen at a time: where two overlap, a text of both is written for as long as both are there.
Subtitles that are pictures (DVD, Blu-ray, broadcasts) are not read, and drawings of ASS are left out.
"""

import html
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from reelwright.loading import lazy

if TYPE_CHECKING:
    import av
    import av.subtitles.subtitle as av_subtitle
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.subtitles.stream import SubtitleStream
else:
    av = lazy("av")
    av_subtitle = lazy("av.subtitles.subtitle")

READ = frozenset({"subrip", "ass", "webvtt", "mov_text", "text"})
"""Codecs whose texts can be written in another."""
WRITTEN = {".webm": "webvtt", ".mkv": "subrip", ".mka": "subrip"}
USUAL = "mov_text"  # of MP4 and QuickTime
MILLISECOND = Fraction(1, 1000)
DRAWING = re.compile(r"\{[^}]*\\p[1-9]")
# What the encoders ask for before any text: one style, which players replace by their own.
HEADER = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
BEFORE = "0,0,Default,,0,0,0,,"  # what stands before the text in a decoded line of ASS


def written_in(suffix: str) -> str:
    """The codec of texts in files with this suffix."""
    return WRITTEN.get(suffix, USUAL)


def text_of(source: "Stream", packet: "Packet[Stream]") -> str:
    """What a packet of `source` shows, in the words of ASS; "" where it shows nothing or cannot be read."""
    try:
        shown = cast("SubtitleStream", source).codec_context.decode2(packet)
    except av.error.FFmpegError:
        return ""
    lines = [one.dialogue.decode("utf-8", "replace") for one in shown or () if hasattr(one, "dialogue")]
    return r"\N".join(line for line in lines if line and not DRAWING.search(line))


class TextTrack:
    """A track of texts in `out`. They come in order of their beginnings, in seconds of the new file."""

    def __init__(self, out: "OutputContainer", codec: str, metadata: Mapping[str, str]) -> None:
        self._out, self._codec = out, codec
        self._stream = cast("SubtitleStream", out.add_stream(codec))
        self._stream.codec_context.subtitle_header = HEADER
        self._stream.codec_context.time_base = self._stream.time_base = MILLISECOND
        self._stream.metadata.update(metadata)
        self._shown: list[tuple[Fraction, str]] = []
        """End and text of those on the screen at `_at`, in order of their beginnings."""
        self._at = Fraction(0)

    def show(self, text: str, start: Fraction, end: Fraction) -> None:
        """Put the text on the screen in [start, end); what lies before 0 is cut off."""
        start = max(Fraction(0), start)
        if not text or end <= start:
            return
        if self._codec != USUAL:
            self._write(text, start, end)
            return
        self._write_until(start)
        self._shown.append((end, text))

    def finish(self) -> None:
        """Write what is still on the screen."""
        self._write_until(max((end for end, _ in self._shown), default=self._at))

    def _write_until(self, moment: Fraction) -> None:
        while self._shown and self._at < moment:
            turn = min(moment, *(end for end, _ in self._shown))
            self._write(r"\N".join(text for _, text in self._shown), self._at, turn)
            self._shown = [one for one in self._shown if one[0] > turn]
            self._at = turn
        self._at = max(self._at, moment)

    def _write(self, text: str, start: Fraction, end: Fraction) -> None:
        first, last = round(start / MILLISECOND), round(end / MILLISECOND)
        if first == last:
            return
        escaped = html.escape(text, quote=False) if self._codec == "webvtt" else text
        line = av_subtitle.SubtitleSet.create((BEFORE + escaped).encode(), 0, last - first)
        packet = self._stream.codec_context.encode_subtitle(line)
        packet.stream, packet.time_base = self._stream, MILLISECOND
        packet.pts = packet.dts = first
        packet.duration = last - first
        self._out.mux(packet)
