"""Writing WAV in a stream: PCM of 16, 24 or 32 bits or float, any length, whole or absent.

The header is RIFF, and RF64 (EBU Tech 3306) once 4 GiB are passed: room for its size chunk
is kept from the start. A file appears under its name only when it is finished. 24-bit
PCM and more than two channels use the extensible form (Microsoft, "Multiple channel audio
data and WAVE files").
"""

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, StorageFull

SampleFormat = Literal["pcm16", "pcm24", "pcm32", "float32"]
WIDTHS: dict[str, int] = {"pcm16": 2, "pcm24": 3, "pcm32": 4, "float32": 4}  # bytes of a sample
RIFF_LIMIT = 0xFFFFFFFF
SIZES_LATER = 28  # bytes of the body of a ds64 chunk without a table
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")  # of KSDATAFORMAT_SUBTYPE_*
# Speaker masks by number of channels, as WAVE readers assume them: mono, stereo, 3.0, quad, 5.0, 5.1, 6.1, 7.1.
SPEAKERS = {1: 0x4, 2: 0x3, 3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F}


def kept_format(sample_format: str, codec: str) -> SampleFormat:
    """The WAV format that loses nothing of a stream: its sample format and codec as `media.probe` names them."""
    if "s24" in codec:
        return "pcm24"
    if not codec.startswith(("pcm_", "flac", "alac", "wavpack")):
        return "pcm16"  # lossy coders decode to float, but have no more than 16 bits to say
    kind = sample_format.removesuffix("p")
    if kind in ("flt", "dbl"):
        return "float32"
    return {"u8": "pcm16", "s16": "pcm16", "s32": "pcm24" if codec in ("flac", "alac") else "pcm32"}.get(kind, "pcm16")


class WavWriter:
    """Use as a context: the file is there after a clean end, and not at all after an error."""

    def __init__(
        self,
        path: str | Path,
        rate: int,
        channels: int,
        *,
        sample_format: SampleFormat = "pcm16",
        limit: int = RIFF_LIMIT,
    ) -> None:
        """`limit` is the size in bytes above which the file becomes RF64."""
        if sample_format not in WIDTHS:
            raise InvalidParameter(f"a WAV holds {', '.join(WIDTHS)}, not {sample_format!r}", field="sample_format")
        self.path = Path(path)
        self.samples = 0
        self._rate, self._channels, self._format, self._limit = rate, channels, sample_format, limit
        self._part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._file = self._part.open("wb")
        self._file.write(self._header())

    def __enter__(self) -> "WavWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        else:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def write(self, samples: NDArray[np.float32]) -> None:
        """float32 [channels, n], full scale ±1; what lies beyond is held at full scale in PCM."""
        if samples.shape[0] != self._channels:
            raise InvalidParameter(f"{self.path.name} has {self._channels} channels, not {samples.shape[0]}")
        try:
            self._file.write(encoded(samples, self._format))
        except OSError as error:
            raise StorageFull(f"{self.path} cannot be written ({error.strerror}); free some space and retry") from error
        self.samples += samples.shape[1]

    def _finish(self) -> None:
        if self._data_bytes % 2:
            self._file.write(b"\0")  # chunks are padded to even sizes
        self._file.seek(0)
        self._file.write(self._header())
        self._file.close()
        self._part.replace(self.path)

    @property
    def _data_bytes(self) -> int:
        return self.samples * self._channels * WIDTHS[self._format]

    def _header(self) -> bytes:
        shape = self._shape()
        length = 4 + (8 + SIZES_LATER) + (8 + len(shape)) + 8 + self._data_bytes + self._data_bytes % 2
        large = length + 8 > self._limit
        sizes = struct.pack("<QQQI", length, self._data_bytes, self.samples, 0)
        return b"".join(
            (
                struct.pack("<4sI4s", b"RF64" if large else b"RIFF", RIFF_LIMIT if large else length, b"WAVE"),
                struct.pack("<4sI", b"ds64" if large else b"JUNK", SIZES_LATER),
                sizes if large else bytes(SIZES_LATER),
                struct.pack("<4sI", b"fmt ", len(shape)),
                shape,
                struct.pack("<4sI", b"data", RIFF_LIMIT if large else self._data_bytes),
            )
        )

    def _shape(self) -> bytes:
        width = WIDTHS[self._format]
        tag = FLOAT if self._format == "float32" else PCM
        extended = self._channels > 2 or self._format in ("pcm24", "pcm32")
        frame = width * self._channels
        plain = struct.pack(
            "<HHIIHH", EXTENSIBLE if extended else tag, self._channels, self._rate, self._rate * frame, frame, 8 * width
        )
        if not extended:
            return plain
        mask = SPEAKERS.get(self._channels, 0)
        return plain + struct.pack("<HHIH", 22, 8 * width, mask, tag) + SUBFORMAT_TAIL


def encoded(samples: NDArray[np.float32], sample_format: SampleFormat) -> bytes:
    """float32 [channels, n] as interleaved little-endian samples; rounded, without dither: silence stays silence."""
    frames = samples.T
    if sample_format == "float32":
        return frames.astype("<f4").tobytes()
    scale = 1 << (8 * WIDTHS[sample_format] - 1)
    whole = np.clip(np.rint(frames.astype(np.float64) * scale), -scale, scale - 1)
    if sample_format == "pcm16":
        return whole.astype("<i2").tobytes()
    wide = np.ascontiguousarray(whole.astype("<i4"))
    if sample_format == "pcm32":
        return wide.tobytes()
    return wide.view(np.uint8).reshape(*wide.shape, 4)[..., :3].tobytes()
