"""The streams that travel beside a re-encoded picture: sound and subtitles, packet for packet.

Packets are copied untouched, with their own time stamps, in step with the picture, so that the muxer never
holds more than a moment of them. Sound that the container cannot hold (PCM, Vorbis, WMA in MP4) is encoded
as AAC instead, and texts are written in its own format; subtitles that are pictures are left out. All that is told in
`notes`.
"""

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reelwright.loading import lazy
from reelwright.media import containers, text_tracks
from reelwright.media.samples import Evened

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream
else:
    av = lazy("av")

MP4_SOUND = frozenset({"aac", "mp3", "mp2", "ac3", "eac3", "alac", "opus", "flac", "dts", "dca"})
MOV_SOUND = (MP4_SOUND - {"opus", "flac"}) | {
    f"pcm_{sample}{order}" for sample in ("s16", "s24", "s32", "f32") for order in ("le", "be")
}
MP4_TEXT = frozenset({"mov_text"})
WEBM_TEXT = frozenset({"webvtt"})
WEBM_SOUND = frozenset({"opus", "vorbis"})
HELD = {".webm": (WEBM_SOUND, WEBM_TEXT), ".mov": (MOV_SOUND, MP4_TEXT)}
"""Sounds and texts that files hold which are neither MP4 nor Matroska."""
OPUS_RATES = (8000, 12000, 16000, 24000, 48000)  # Hz
# MOV knows languages by Apple's numbers, and FFmpeg finds these by the older of two codes of ISO 639-2 only.
MOV_LANGUAGES = {"bod": "tib", "cym": "wel", "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per"}
MOV_LANGUAGES |= {"hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac", "msa": "may", "mya": "bur"}
MOV_LANGUAGES |= {"nld": "dut", "sqi": "alb", "swe": "sve", "zho": "chi"}
ANYTHING = frozenset({".mkv", ".mka"})
SOUND_RATE = 160_000  # bit/s for each pair of channels that had to be encoded


class _Track(Protocol):
    @property
    def note(self) -> str: ...

    def take(self, packet: "Packet[Stream]") -> None: ...

    def finish(self) -> None: ...


class _Copied:
    def __init__(self, source: "Stream", out: "OutputContainer", offset: Fraction, suffix: str) -> None:
        self._out = out
        self._stream = out.add_stream_from_template(source)
        self._stream.metadata.update({**source.metadata, **_language(source, suffix)})
        self._shift = round(offset / _time_base(source))
        self._index, self._is_text = source.index, source.type == "subtitle"
        self._last: int | None = None
        self._left_out = 0

    @property
    def note(self) -> str:
        """What could not be copied; "" where all was."""
        if not self._left_out:
            return ""
        return f"{self._left_out} packets of stream {self._index} were left out: their time stamps run back"

    def take(self, packet: "Packet[Stream]") -> None:
        if packet.dts is not None:
            if self._last is not None and packet.dts < self._last + (not self._is_text):
                self._left_out += 1  # no file can hold them; recordings that were joined bytewise are so
                return
            self._last = packet.dts
        packet.pts = None if packet.pts is None else packet.pts - self._shift
        packet.dts = None if packet.dts is None else packet.dts - self._shift
        packet.stream = self._stream
        self._out.mux(packet)

    def finish(self) -> None:
        pass


class _Recoded:
    """Sound the container cannot hold, as AAC or Opus with the same channels and time stamps.

    The rate stays the same too, if Opus knows it; else it is 48 kHz.
    """

    note = ""

    def __init__(self, source: "AudioStream", out: "OutputContainer", offset: Fraction, codec: str) -> None:
        self._out = out
        self._shift = round(offset / _time_base(source))
        pairs = (source.codec_context.channels + 1) // 2
        context = source.codec_context
        rate = context.sample_rate if codec == "aac" or context.sample_rate in OPUS_RATES else OPUS_RATES[-1]
        self._stream = out.add_stream("aac" if codec == "aac" else "libopus", rate=rate, layout=named(context))
        self._stream.codec_context.bit_rate = SOUND_RATE * pairs
        self._stream.metadata.update(source.metadata)
        self._resampler: av.AudioResampler | None = None
        self._evened = Evened(named(context), context.sample_rate)

    def take(self, packet: "Packet[Stream]") -> None:
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return  # broken: what is around it stays in its place, by its stamps
        for frame in frames:
            assert isinstance(frame, av.AudioFrame)  # the packets of an audio stream
            frame.pts = None if frame.pts is None else frame.pts - self._shift
            for whole in self._evened.push(frame):
                self._encode(whole)

    def _encode(self, frame: "av.AudioFrame | None") -> None:
        if self._resampler is None:
            context = self._stream.codec_context
            self._resampler = av.AudioResampler(
                context.format.name, context.layout.name, context.sample_rate, context.frame_size
            )
        for part in self._resampler.resample(frame):
            self._out.mux(self._stream.encode(part))

    def finish(self) -> None:
        for whole in self._evened.push(None):
            self._encode(whole)
        if self._resampler is not None:
            self._encode(None)
        self._out.mux(self._stream.encode(None))


class _Rewritten:
    """Texts in the container's own format."""

    note = ""

    def __init__(self, source: "Stream", out: "OutputContainer", offset: Fraction, suffix: str) -> None:
        self._source, self._offset = source, offset
        metadata = {**source.metadata, **_language(source, suffix)}
        self._track = text_tracks.TextTrack(out, text_tracks.written_in(suffix), metadata)

    def take(self, packet: "Packet[Stream]") -> None:
        base = _time_base(self._source)
        if packet.pts is not None:
            start, end = ((packet.pts + after) * base - self._offset for after in (0, packet.duration or 0))
            self._track.show(text_tracks.text_of(self._source, packet), start, end)

    def finish(self) -> None:
        self._track.finish()


class Beside:
    """Sound and subtitles of `source` for the container `out`, which is being written.

    `offset` is taken from every time stamp (seconds): the moment of the source at which the new file begins.
    """

    def __init__(self, source: Path, out: "OutputContainer", suffix: str, offset: Fraction) -> None:
        self.notes: list[str] = []
        self._open = contextlib.ExitStack()
        self._container: InputContainer = self._open.enter_context(containers.opened(source))
        self._offset = offset
        self._tracks: dict[int, _Track] = {}
        for stream in self._container.streams:
            track = self._track(stream, out, suffix)
            if track is None:
                stream.discard = av.stream.Discard.all  # the demuxer skips its packets
            else:
                self._tracks[stream.index] = track
        self._packets = self._demuxed()
        self._held: Packet[Stream] | None = None
        self._begins = Fraction(0)
        self._next()

    def advance(self, until: Fraction) -> None:
        """Hand over everything that begins before `until` (seconds of the new file)."""
        while self._held is not None and self._begins <= until:
            self._tracks[self._held.stream.index].take(self._held)
            self._next()

    def finish(self) -> None:
        """Hand over what is left."""
        while self._held is not None:
            self._tracks[self._held.stream.index].take(self._held)
            self._next()
        for track in self._tracks.values():
            track.finish()
            if track.note:
                self.notes.append(track.note)

    def close(self) -> None:
        self._open.close()

    def _next(self) -> None:
        self._held = next(self._packets, None)
        if self._held is not None:
            self._begins = self._begin(self._held)

    def _demuxed(self) -> "Iterator[Packet[Stream]]":
        if not self._tracks:
            return
        chosen = [stream for stream in self._container.streams if stream.index in self._tracks]
        for packet in self._container.demux(chosen):
            if packet.size:
                yield packet

    def _begin(self, packet: "Packet[Stream]") -> Fraction:
        at = packet.dts if packet.dts is not None else packet.pts
        return Fraction(-1) if at is None else at * _time_base(packet.stream) - self._offset

    def _track(self, stream: "Stream", out: "OutputContainer", suffix: str) -> "_Track | None":
        if stream.type not in ("audio", "subtitle") or stream.codec_context is None:
            return None
        name = stream.codec_context.codec.canonical_name
        webm = suffix == ".webm"
        if can_hold(suffix, stream.type, name):
            return _Copied(stream, out, self._offset, suffix)
        if isinstance(stream, av.audio.stream.AudioStream):
            codec = "Opus" if webm else "AAC"
            self.notes.append(f"sound stream {stream.index} ({name}) was encoded as {codec}: {suffix} cannot hold it")
            return _Recoded(stream, out, self._offset, codec.lower())
        if name in text_tracks.READ:
            self.notes.append(text_note(stream, name, suffix))
            return _Rewritten(stream, out, self._offset, suffix)
        self.notes.append(f"subtitle stream {stream.index} ({name}) was left out: {suffix} cannot hold it")
        return None


def can_hold(suffix: str, kind: str, name: str) -> bool:
    """Whether a file with this suffix holds streams of that kind ("audio" or "subtitle") and codec."""
    if suffix in ANYTHING:
        return name not in MP4_TEXT
    sound, text = HELD.get(suffix, (MP4_SOUND, MP4_TEXT))
    return name in (sound if kind == "audio" else text)


def text_note(stream: "Stream", name: str, suffix: str) -> str:
    """What is said of texts that come along in another format."""
    written = text_tracks.written_in(suffix)
    return f"subtitle stream {stream.index} ({name}) was written as {written}: {suffix} cannot hold it"


def _language(source: "Stream", suffix: str) -> dict[str, str]:
    """The language as a MOV tells it; nothing for other files, and for languages that it knows as they are."""
    language = source.metadata.get("language", "")
    return {"language": MOV_LANGUAGES[language]} if suffix == ".mov" and language in MOV_LANGUAGES else {}


def named(context: "av.AudioCodecContext") -> str:
    """The layout, or the usual one for so many channels where the file only counts them (PCM)."""
    usual = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}
    name = context.layout.name
    return name if name in usual.values() else usual.get(context.channels, "stereo")


def _time_base(stream: "Stream") -> Fraction:
    return stream.time_base or Fraction(1, av.time_base)
