"""Finished sound as a file people play: WAV, raw PCM, or MP3.

Mono or more, 16 bits. An MP3 tells of its coder's delay and padding (LAME's header), so that players which
read it, and `media.samples`, give every sample back at its place. The file appears under its name
only when it is whole.
"""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.loading import lazy
from reelwright.media import wav
from reelwright.media.encode import told

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

Samples = NDArray[np.float32]
Format = Literal["wav", "pcm", "mp3"]
MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
MP3_BITS = {1: 64_000, 2: 128_000}  # a second, by channels; speech and music are clean at these
FLAC_BLOCK = 4096  # samples
LAYOUTS = {1: "mono", 2: "stereo"}


class Writer(Protocol):
    def write(self, samples: Samples) -> None:
        """float32 [channels, n], ±1."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def writer(path: Path, kind: Format, rate: int, channels: int = 1) -> Writer:
    """`InvalidParameter` if the format has no such rate."""
    if kind == "wav":
        return wav.WavWriter(path, rate, channels)
    if kind == "pcm":
        return _Pcm(path)
    check_rate(kind, rate)
    return _Mp3(path, rate, channels)


def check_rate(kind: Format, rate: int) -> None:
    if kind == "mp3" and rate not in MP3_RATES:
        known = ", ".join(map(str, MP3_RATES))
        raise InvalidParameter(f"sample_rate is {rate}; an MP3 has one of {known}, WAV has any", field="sample_rate")


class _Pcm:
    """Samples and nothing else: 16 bits, little-endian."""

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, path.with_name(f".{path.name}.part")
        self._file = self._part.open("wb")

    def write(self, samples: Samples) -> None:
        self._file.write(wav.encoded(samples, "pcm16"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)


class Flac:
    """Samples of 16 bits without loss, in half the bytes: for sounds that others go on to work with."""

    def __init__(self, path: Path, rate: int, channels: int) -> None:
        self._path, self._part = path, path.with_name(f".{path.stem}.part.flac")
        self._rate, self._layout, self._count = rate, LAYOUTS[channels], 0
        self._out = av.open(str(self._part), "w", format="flac")
        self._stream = self._out.add_stream("flac", rate=rate, layout=self._layout)
        self._stream.codec_context.format = "s16"
        self._chunks = av.AudioResampler("s16", self._layout, rate, FLAC_BLOCK)

    def write(self, samples: Samples) -> None:
        if not samples.shape[1]:
            return
        whole = np.frombuffer(wav.encoded(samples, "pcm16"), "<i2").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=self._layout)
        frame.sample_rate, frame.time_base, frame.pts = self._rate, Fraction(1, self._rate), self._count
        self._count += samples.shape[1]
        self._encoded(frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._encoded(None)
        self._out.close()
        if kind is None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)

    def _encoded(self, frame: "av.AudioFrame | None") -> None:
        try:
            for chunk in self._chunks.resample(frame):
                self._out.mux(self._stream.encode(chunk))
            if frame is None:
                self._out.mux(self._stream.encode(None))
        except av.error.FFmpegError as error:
            raise told(error, self._path) from error


class _Mp3:
    def __init__(self, path: Path, rate: int, channels: int) -> None:
        self._path, self._part = path, path.with_name(f".{path.stem}.part.mp3")
        self._rate, self._layout, self._count = rate, LAYOUTS[channels], 0
        self._out = av.open(str(self._part), "w", format="mp3")
        self._stream = self._out.add_stream("libmp3lame", rate=rate, layout=self._layout)
        self._stream.bit_rate = MP3_BITS[channels]

    def write(self, samples: Samples) -> None:
        if not samples.shape[1]:
            return
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(np.clip(samples, -1, 1), np.float32), format="fltp", layout=self._layout
        )
        frame.sample_rate, frame.time_base = self._rate, Fraction(1, self._rate)
        frame.pts = self._count
        self._count += samples.shape[1]
        self._encoded(frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._encoded(None)
            self._out.close()
            self._part.replace(self._path)
        else:
            self._out.close()
            self._part.unlink(missing_ok=True)

    def _encoded(self, frame: "av.AudioFrame | None") -> None:
        try:
            self._out.mux(self._stream.encode(frame))
        except av.error.FFmpegError as error:
            raise told(error, self._path) from error
