"""Sound as arrays: decoded in a stream, resampled and remixed on the way. Writing is in `media.wav`.

Memory stays flat for any length. What a coder adds is taken off again: the delay at the
front and the padding at the end, as far as the container tells of them (MP3 with a LAME
header, MP4, Matroska, Ogg; raw ADTS and MPEG-TS do not tell). Packets that cannot be
decoded are left out. Gaps between time stamps are not filled.

Resampling is soxr's HQ: from 44.1 to 16 kHz a tone of 8.6 kHz folds back at -148 dB, at -31 dB
with swresample's defaults, which also take three times as long.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, NoAudio, TruncatedMedia
from reelwright.kernels.resampling import Resampler
from reelwright.loading import lazy
from reelwright.media import containers, probe

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
else:
    av = lazy("av")

Samples = NDArray[np.float32]
"""float32 [channels, n], full scale is ±1."""

BLOCK = 1 << 16  # samples in a block: 1.4 s at 48 kHz
HALF = 0.5**0.5  # -3 dB, the share of a centre or surround channel on each side (ITU-R BS.775)
# Where a channel goes in a stereo downmix: (left, right). The low-frequency channel is left out, as players do.
SIDES = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "FC": (HALF, HALF),
    "LFE": (0.0, 0.0),
    "BL": (HALF, 0.0),
    "BR": (0.0, HALF),
    "SL": (HALF, 0.0),
    "SR": (0.0, HALF),
    "BC": (HALF * HALF, HALF * HALF),
    "FLC": (1.0, 0.0),
    "FRC": (0.0, 1.0),
    "DL": (1.0, 0.0),
    "DR": (0.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """A whole decoded sound."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> Fraction:
        return Fraction(self.samples.shape[1], self.rate)


def stream(
    path: str | Path, *, sample_rate: int | None = None, channels: int | None = None, block: int = BLOCK, track: int = 0
) -> Iterator[Samples]:
    """The sound in blocks: float32 [channels, n], n = `block` but in the last one.

    `sample_rate` and `channels` (1 or 2) default to the file's own. `track` counts the audio streams.
    Raises EmptyFile, NotMedia, NoAudio, or TruncatedMedia where nothing can be decoded.
    """
    about = probe.with_audio(path).audio
    if not 0 <= track < len(about):
        raise NoAudio(f"{Path(path).name} has {len(about)} audio streams; there is no number {track}")
    source = _remixed(_decoded(Path(path), track), about[track], channels)
    if sample_rate and sample_rate != about[track].sample_rate:
        source = resampled(source, about[track].sample_rate, sample_rate)
    return _blocks(source, block)


def read(path: str | Path, *, sample_rate: int | None = None, channels: int | None = None, track: int = 0) -> Sound:
    """The whole sound at once; for files known to be short (1 h of stereo at 48 kHz is 1.4 GB)."""
    rate = sample_rate or probe.with_audio(path).audio[track].sample_rate
    parts = list(stream(path, sample_rate=sample_rate, channels=channels, track=track))
    return Sound(np.concatenate(parts, axis=1), rate)


class Evened:
    """Decoded sound as planar floats in one layout and rate. Broadcasts and calls change both on the way."""

    def __init__(self, layout: str, rate: int) -> None:
        self._layout, self._rate = layout, rate
        self._resampler: av.AudioResampler | None = None
        self._given: tuple[str, str, int] | None = None

    def push(self, frame: "av.AudioFrame | None") -> "list[av.AudioFrame]":
        """What is ready of it; None for the end."""
        given = (frame.format.name, frame.layout.name, frame.sample_rate) if frame else None
        ready: list[av.AudioFrame] = []
        if self._resampler is not None and given != self._given:
            ready = self._resampler.resample(None)
            self._resampler = None
        if frame is None:
            return ready
        if self._resampler is None:
            self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
            self._given = given
        return [*ready, *self._resampler.resample(frame)]


def resampled(source: Iterator[Samples], rate: int, to: int) -> Iterator[Samples]:
    """The blocks at another rate, aligned with the first sample; n becomes about n * to / rate."""
    inner = None
    for part in source:
        if inner is None:
            inner = Resampler(rate, to, part.shape[0])
        yield inner.push(part)
    if inner is not None:
        yield inner.flush()


def _decoded(path: Path, track: int) -> Iterator[Samples]:
    """Planar float at the stream's own rate and channels, cut to what the container says is sound."""
    with containers.opened(path) as container:
        stream = container.streams.audio[track]
        left = _announced(container, stream)
        codec = stream.codec_context
        # Rate and layout as the header has them: some coders (HE-AAC, a broadcast that changes) decode to others.
        planar = Evened(codec.layout.name, codec.sample_rate)
        got = 0
        for frame in itertools.chain(_frames(container, stream), (None,)):
            for whole in planar.push(frame):
                decoded = whole.to_ndarray().astype(np.float32, copy=False)
                samples = decoded if left is None else decoded[:, : max(0, left - got)]
                if samples.shape[1]:
                    got += samples.shape[1]
                    yield samples
        if not got:
            raise TruncatedMedia(f"the sound of {path.name} cannot be decoded: no sample came out; send the file again")


def _frames(container: "InputContainer", stream: "AudioStream") -> "Iterator[av.AudioFrame]":
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            return  # the file ends here; what came so far is good
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:  # coders have more words than one for a broken packet
            continue


def _announced(container: "InputContainer", stream: "AudioStream") -> int | None:
    """Samples by the edit list of an MP4: the last packet of AAC is padded beyond it. None if not told."""
    if "mp4" not in container.format.name or not stream.duration or stream.time_base is None:
        return None
    return round(stream.duration * stream.time_base * stream.codec_context.sample_rate)


def _remixed(source: Iterator[Samples], about: probe.AudioStream, channels: int | None) -> Iterator[Samples]:
    if channels is None or channels == about.channels:
        yield from source
        return
    matrix = downmix(about, channels)
    for part in source:
        mixed: Samples = matrix @ part
        yield mixed


def downmix(about: probe.AudioStream, channels: int) -> Samples:
    """The matrix [channels, the stream's channels] of a downmix that cannot clip: each row adds up to 1 at most."""
    if channels not in (1, 2):
        raise InvalidParameter(f"sound can be mixed to 1 or 2 channels, not {channels}", field="channels")
    if about.channels == 1:
        return np.ones((channels, 1), np.float32)
    names = [one.name for one in av.AudioLayout(about.layout).channels]
    stereo = np.array([SIDES.get(name, (HALF, HALF)) for name in names], np.float32).T
    stereo /= max(1.0, float(stereo.sum(axis=1).max()))
    return stereo if channels == 2 else stereo.mean(axis=0, keepdims=True, dtype=np.float32)


def _blocks(source: Iterator[Samples], block: int) -> Iterator[Samples]:
    held: list[Samples] = []
    count = 0
    for part in source:
        held.append(part)
        count += part.shape[1]
        if count < block:
            continue
        joined = np.concatenate(held, axis=1)
        whole = count - count % block
        for start in range(0, whole, block):
            yield joined[:, start : start + block]
        held, count = [joined[:, whole:]], count - whole
    if count:
        yield np.concatenate(held, axis=1)
