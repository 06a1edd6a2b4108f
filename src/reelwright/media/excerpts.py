"""The sound and subtitles of a few spans of a file, one after the other, as a file of their own.

Sound is decoded a little before each span, cut at the sample, faded in and out over a few milliseconds against
clicks, and encoded again in its own format. A single long span is not: its packets are copied, and the edit list of
the new MP4 says at which sample it begins. Where nothing was recorded there is silence, so that picture and sound stay
in step. Every sound and subtitle stream that the container can hold comes along; `notes` tell of the others.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media import beside, containers, frames, probe, text_tracks
from reelwright.media.samples import BLOCK, Evened, Samples
from reelwright.media.splices import Span

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream
else:
    av = lazy("av")

FADE = Fraction(1, 125)  # s of a fade
LEAD = Fraction(1, 4)  # s decoded before a span: coders need some packets to find their feet (MP3 up to nine)
COPIED_FROM = 60  # s; a single span that lasts longer is copied
LEADING_PACKETS = 2  # copied before it
GAP = Fraction(1, 20)  # s by which stamps may stray from the count of samples before they are believed
TURN = Fraction(5)  # s that a stream writes before the next one has its turn
ENCODERS = {"aac": "aac", "mp3": "libmp3lame", "opus": "libopus", "flac": "flac", "alac": "alac", "ac3": "ac3"}
UNHELD = {".mov": ("opus", "flac")}  # what a container cannot hold of these
LOSSLESS = frozenset({"flac", "alac"})
QUICK = {"aac_coder": "fast"}
MOST_RATE = 320_000  # bit/s of any lossy encoder here
WITH_EDIT_LIST = frozenset({".mp4", ".m4v", ".mov"})
Text = TypeVar("Text")
COPYABLE = frozenset({"aac", "mp3", "ac3", "eac3", "flac", "alac"})  # each packet of these stands for itself, nearly


@dataclass(slots=True)
class Excerpt:
    """What was written. `path` is None where there was nothing to write."""

    path: Path | None = None
    notes: list[str] = field(default_factory=list)
    sounds: int = 0
    copied: bool = False


def write(
    source: Path,
    spans: Sequence[Span],
    path: Path,
    *,
    turn: Callable[[], None] = lambda: None,
    options: Mapping[str, str] | None = None,
    quick: bool = False,
) -> Excerpt:
    """Write the spans' sound and subtitles to `path`; its suffix says what it can hold.

    `turn` is called every few seconds of the sound; it may raise to stop. `options` are the muxer's.
    `quick` takes the fastest of AAC's coders, five times as fast, for sound that is only to be listened in on.
    """
    made = Excerpt()
    with containers.opened(source) as container, av.open(str(path), "w", options=dict(options or {})) as out:
        tracks = [_track(one, source, spans, out, path.suffix, made, quick) for one in container.streams]
        turns = [track for track in tracks if track is not None]
        for _ in itertools.zip_longest(*turns):
            turn()  # every stream writes a few seconds in its turn: the muxer need not hold more
        if turns:
            made.path = path
    if not turns:
        path.unlink(missing_ok=True)
    return made


def sound(source: Path, span: Span, rate: int) -> Iterator[Samples]:
    """The first sound stream in a span, with short fades at both ends: float32 [channels, n] at `rate` Hz.

    As long as the span, to the sample; nothing where the file has no sound.
    """
    with containers.opened(source) as container:
        streams = [one.index for one in container.streams.audio[:1]]
    for index in streams:
        yield from _joined(source, index, [span], rate)


def _track(
    stream: "Stream",
    source: Path,
    spans: Sequence[Span],
    out: "OutputContainer",
    suffix: str,
    made: Excerpt,
    quick: bool,
) -> Iterator[None] | None:
    """The work on one stream, in turns; None for one that is left out."""
    name = stream.codec_context.codec.canonical_name if stream.codec_context else ""
    if stream.type == "audio":
        made.sounds += 1
        sound = cast("AudioStream", stream)
        length = sum((end - start for start, end in spans), Fraction(0))
        exact = stream.time_base == Fraction(1, sound.sample_rate)  # so that the edit list can name any sample
        if len(spans) == 1 and length > COPIED_FROM and exact and suffix in WITH_EDIT_LIST and name in COPYABLE:
            made.copied = True
            return _copied(source, sound, spans[0], out)
        encoder = None if name in UNHELD.get(suffix, ()) else ENCODERS.get(name)
        if encoder is None:
            made.notes.append(f"sound stream {stream.index} ({name}) was encoded as AAC: it cannot be kept in {suffix}")
        return _cut(source, sound, spans, out, encoder or "aac", quick)
    if stream.type == "subtitle" and name:
        if beside.can_hold(suffix, stream.type, name):
            return _texts(source, stream, spans, out)
        if name in text_tracks.READ:
            made.notes.append(beside.text_note(stream, name, suffix))
            return _rewritten(source, stream, spans, out, suffix)
        made.notes.append(f"subtitle stream {stream.index} ({name}) was left out: {suffix} cannot hold it")
    return None


# ---- Sound, decoded


def _cut(
    source: Path, stream: "AudioStream", spans: Sequence[Span], out: "OutputContainer", encoder: str, quick: bool
) -> Iterator[None]:
    target = _encoding(stream, out, encoder, QUICK if quick and encoder == "aac" else {})
    target.metadata.update(stream.metadata)
    return _encoded(source, stream.index, spans, out, target)


def _encoding(stream: "AudioStream", out: "OutputContainer", encoder: str, options: Mapping[str, str]) -> "AudioStream":
    source = stream.codec_context
    rate = 48000 if encoder == "libopus" else source.sample_rate
    made = out.add_stream(encoder, rate=rate, layout=beside.named(source), options=dict(options))
    target = cast("AudioStream", made)
    if encoder not in LOSSLESS:
        least = beside.SOUND_RATE * ((source.channels + 1) // 2)
        target.codec_context.bit_rate = max(least, min(source.bit_rate or 0, MOST_RATE))
    return target


def _encoded(
    source: Path, index: int, spans: Sequence[Span], out: "OutputContainer", target: "AudioStream"
) -> Iterator[None]:
    coder, rate, written, told = target.codec_context, target.codec_context.sample_rate, 0, 0
    out.start_encoding()  # opens the encoders: only then the frame size is known
    chunks = av.AudioResampler(coder.format.name, coder.layout.name, rate, coder.frame_size)
    last: Packet[AudioStream] | None = None
    parts: Iterator[Samples | None] = itertools.chain(_joined(source, index, spans, rate), (None,))
    for samples in parts:
        for chunk in chunks.resample(None if samples is None else _frame(samples, written, coder)):
            last = _sent(out, last, target.encode(chunk))
        written += 0 if samples is None else samples.shape[1]
        if written - told > TURN * rate:
            told = written
            yield
    last = _sent(out, last, target.encode(None))
    if last is not None and last.pts is not None:
        # What the coder adds to fill its last packet is no part of the sound.
        last.duration = max(1, min(last.duration or 1, round(written / (rate * last.time_base)) - last.pts))
        out.mux(last)


def _frame(samples: Samples, at: int, coder: "av.AudioCodecContext") -> "av.AudioFrame":
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=coder.layout.name)
    frame.sample_rate, frame.pts, frame.time_base = coder.sample_rate, at, Fraction(1, coder.sample_rate)
    return frame


def _sent(
    out: "OutputContainer", held: "Packet[AudioStream] | None", packets: "list[Packet[AudioStream]]"
) -> "Packet[AudioStream] | None":
    """Hands all packets but the last to the muxer, which is held until it is known as the very last or not."""
    ready = [*([held] if held else []), *packets]
    for packet in ready[:-1]:
        out.mux(packet)
    return ready[-1] if ready else None


def _joined(source: Path, index: int, spans: Sequence[Span], rate: int) -> Iterator[Samples]:
    """float32 [channels, n] of all spans. Where each ends is counted from the first, so that no rounding adds up."""
    elapsed = Fraction(0)
    for start, end in spans:
        count = round((elapsed + end - start) * rate) - round(elapsed * rate)
        elapsed += end - start
        at, fade = 0, round(FADE * rate)
        with containers.opened(source) as container:
            stream = cast("AudioStream", container.streams[index])
            parts = _decoded(container, stream, start, rate, source)
            for samples in _exact(parts, round(start * rate), count, stream.channels):
                amid = fade <= at and at + samples.shape[1] <= count - fade
                yield samples if amid else samples * _gain(at, samples.shape[1], count, fade)
                at += samples.shape[1]


def _decoded(
    container: "InputContainer", stream: "AudioStream", start: Fraction, rate: int, source: Path
) -> Iterator[tuple[int, Samples]]:
    """Samples from a little before `start`, with the number of the first, counted from the start of the file."""
    zero, base = probe.start_of(container), stream.time_base or Fraction(1, av.time_base)
    planar = Evened(beside.named(stream.codec_context), rate)
    at: int | None = None
    for packet in _packets(container, stream, start - LEAD, source):
        try:
            decoded = cast("list[av.AudioFrame]", packet.decode())
        except av.error.FFmpegError:
            continue  # its place stays silent: the next packet's stamp tells where it belongs
        for frame in decoded:
            if frame.pts is not None:
                told = round((frame.pts * base - zero) * rate)
                at = told if at is None or abs(told - at) > GAP * rate else at
            for whole in planar.push(frame):
                yield at or 0, whole.to_ndarray().astype(np.float32, copy=False)
                at = (at or 0) + whole.samples


def _packets(
    container: "InputContainer", stream: "Stream", start: Fraction, source: Path
) -> "Iterator[Packet[Stream]]":
    # What holds for a video's packets holds for all, and every packet of sound is a key.
    return cast("Iterator[Packet[Stream]]", frames.packets_from(container, cast("VideoStream", stream), start, source))


def _exact(parts: Iterator[tuple[int, Samples]], first: int, count: int, channels: int) -> Iterator[Samples]:
    """The samples [first, first + count), silence where there are none."""
    at, end = first, first + count
    for begin, samples in itertools.chain(parts, ((end, np.zeros((channels, 0), np.float32)),)):
        while at < min(begin, end):
            hole = min(begin, end, at + BLOCK) - at
            yield np.zeros((channels, hole), np.float32)
            at += hole
        wanted = samples[:, max(0, at - begin) : max(0, end - begin)]
        if wanted.shape[1]:
            yield wanted
            at += wanted.shape[1]
        if at >= end:
            return


def _gain(at: int, length: int, whole: int, fade: int) -> NDArray[np.float32]:
    """The gain of samples [at, at + length) of `whole`: a raised cosine of `fade` samples at both ends."""
    place = np.arange(at, at + length) + 0.5
    inward = np.minimum(place, whole - place) / min(fade, whole / 2)
    gain: NDArray[np.float32] = (0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, inward))).astype(np.float32)
    return gain


# ---- Packets as they are


def _copied(source: Path, stream: "AudioStream", span: Span, out: "OutputContainer") -> Iterator[None]:
    target = out.add_stream_from_template(stream)
    target.metadata.update(stream.metadata)
    return _kept(source, stream.index, span, out, target)


def _kept(source: Path, index: int, span: Span, out: "OutputContainer", target: "AudioStream") -> Iterator[None]:
    """What lies before the span's start has stamps before zero: the muxer writes an edit list that hides it."""
    with containers.opened(source) as container:
        stream = container.streams[index]
        base = stream.time_base or Fraction(1, av.time_base)
        first, last = (round((moment + probe.start_of(container)) / base) for moment in span)
        told = first
        for packet in _packets(container, stream, span[0] - LEAD, source):
            if packet.pts is None or not packet.size or packet.pts + LEADING_PACKETS * (packet.duration or 0) < first:
                continue
            if packet.pts >= last:
                break
            late = packet.pts - told > TURN / base
            told = packet.pts if late else told
            packet.duration = min(packet.duration or 0, last - packet.pts)
            packet.pts -= first
            packet.dts, packet.stream = packet.pts, target
            out.mux(packet)
            if late:
                yield


def _texts(source: Path, stream: "Stream", spans: Sequence[Span], out: "OutputContainer") -> Iterator[None]:
    target = out.add_stream_from_template(stream)
    target.metadata.update(stream.metadata)
    return _moved(source, stream.index, spans, out, target)


def _moved(source: Path, index: int, spans: Sequence[Span], out: "OutputContainer", target: "Stream") -> Iterator[None]:
    with containers.opened(source) as container:
        stream = container.streams[index]
        base = stream.time_base or Fraction(1, av.time_base)
        shown = [(begin, stop, bytes(packet)) for begin, stop, packet in _shown(container, stream)]
    for start, stop, text in _of_spans(shown, spans):
        packet = av.Packet(text)
        packet.time_base, packet.stream = base, target
        packet.pts = packet.dts = round(start / base)
        packet.duration = round((stop - start) / base)
        out.mux(packet)
    yield


def _rewritten(
    source: Path, stream: "Stream", spans: Sequence[Span], out: "OutputContainer", suffix: str
) -> Iterator[None]:
    track = text_tracks.TextTrack(out, text_tracks.written_in(suffix), stream.metadata)
    return _told(source, stream.index, spans, track)


def _told(source: Path, index: int, spans: Sequence[Span], track: text_tracks.TextTrack) -> Iterator[None]:
    with containers.opened(source) as container:
        stream = container.streams[index]
        shown = [
            (begin, stop, text_tracks.text_of(stream, packet)) for begin, stop, packet in _shown(container, stream)
        ]
    for start, stop, text in _of_spans(shown, spans):
        track.show(text, start, stop)
    track.finish()
    yield


def _shown(container: "InputContainer", stream: "Stream") -> "Iterator[tuple[Fraction, Fraction, Packet[Stream]]]":
    """When each text begins and ends, in seconds from the file's start."""
    base, zero = stream.time_base or Fraction(1, av.time_base), probe.start_of(container)
    for other in container.streams:
        other.discard = av.stream.Discard.default if other.index == stream.index else av.stream.Discard.all
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            yield packet.pts * base - zero, (packet.pts + (packet.duration or 0)) * base - zero, packet


def _of_spans(
    shown: Sequence[tuple[Fraction, Fraction, Text]], spans: Sequence[Span]
) -> Iterator[tuple[Fraction, Fraction, Text]]:
    """Every text that is on the screen in a span, for as long as it is there, in seconds of the new file."""
    elapsed = Fraction(0)
    for start, end in spans:
        for begin, stop, text in shown:
            low, high = max(begin, start), min(stop, end)
            if low < high:
                yield elapsed + low - start, elapsed + high - start, text
        elapsed += end - start
