"""What the demo measures on the results, with nothing of the operators that made them."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import av

    from reelwright.media.making import Picture
    from reelwright.media.making.writing import Rgb, Samples
else:
    av = lazy("av")

REC709 = (0.2126, 0.7152, 0.0722)
LOOKS = 12  # moments at which the figure is looked for
LEAST_SATURATION, LEAST_BAR = 70, 12  # grey levels between the strongest and weakest part; px of a bar's height
NEARER = 0.03  # of a picture's sides, which a film that begins with it may leave out
MOST_DELAY = 0.06  # seconds that a filter may shift the sound


@dataclass(frozen=True, slots=True)
class Video:
    size: tuple[int, int]
    seconds: float
    has_sound: bool


def at_picture(path: Path) -> tuple[float, float, tuple[int, int]]:
    """Mean luma and its standard deviation (0…255), and (width, height)."""
    rgb = _decoded(path)[0]
    luma = rgb @ np.array(REC709)
    return float(luma.mean()), float(luma.std()), (rgb.shape[1], rgb.shape[0])


def at_video(path: Path) -> Video:
    """Size, seconds of picture (every frame is decoded), and if there is sound."""
    with av.open(str(path)) as box:
        stream = box.streams.video[0]
        count = sum(1 for _ in box.decode(stream))
        rate = stream.average_rate or stream.guessed_rate
        return Video((stream.width, stream.height), float(count / (rate or 1)), bool(box.streams.audio))


def at_sound(path: Path) -> tuple["Samples", int]:
    """float32 [n], the channels' mean, and the rate in Hz."""
    with av.open(str(path)) as box:
        rate = box.streams.audio[0].rate
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        blocks = [
            block.to_ndarray()[0] for frame in (*box.decode(audio=0), None) for block in resampler.resample(frame)
        ]
    return np.concatenate(blocks).astype(np.float32), rate


def at_subtitles(path: Path) -> list[tuple[float, float, str]]:
    """(start, end, text) of every block of an SRT file, in seconds."""
    blocks = (block.split("\n", 2) for block in path.read_text(encoding="utf-8").strip().split("\n\n"))
    return [(*map(_seconds, times.split(" --> ")), text) for _, times, text in blocks]  # type: ignore[misc]


def _seconds(stamp: str) -> float:
    """Of `00:01:02,345`."""
    hours, minutes, rest = stamp.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest.replace(",", "."))


def snr_db(heard: "Samples", clean: "Samples", rate: int) -> float:
    """Scale-invariant signal-to-noise ratio (Le Roux et al. 2019), after the best shift of up to 60 ms."""
    length = min(len(heard), len(clean))
    a, b = heard[:length].astype(np.float64), clean[:length].astype(np.float64)
    a, b = _aligned(a, b, round(MOST_DELAY * rate))
    target = b * (a @ b) / max(1e-12, float(b @ b))
    rest = a - target
    return float(10 * np.log10(max(1e-12, float(target @ target)) / max(1e-12, float(rest @ rest))))


def spoken_spans(heard: "Samples", rate: int, *, pause: float) -> list[tuple[float, float]]:
    """(start, end) in seconds of what is less than 46 dB below the peak; shorter silences than `pause` belong to it."""
    loud = np.flatnonzero(np.abs(heard) > 0.005 * np.abs(heard).max(initial=0.0))
    breaks = np.flatnonzero(np.diff(loud) > pause * rate)
    starts, ends = np.append(loud[:1], loud[breaks + 1]), np.append(loud[breaks], loud[-1:])
    return [(float(start) / rate, float(end) / rate) for start, end in zip(starts, ends, strict=True)]


def likeness_beside(heard: "Samples", known: "Samples", wanted: "Samples") -> float:
    """Correlation, 0 to 1, of `wanted` with what is left of `heard` without its share of `known`; all of one rate."""
    length = min(len(heard), len(known), len(wanted))
    a, b, c = (one[:length].astype(np.float64) for one in (heard, known, wanted))
    rest = a - b * (a @ b) / max(1e-12, float(b @ b))
    return abs(float(rest @ c)) / max(1e-12, float(np.sqrt((rest @ rest) * (c @ c))))


def at_rate(sound: "Samples", rate: int, to: int) -> "Samples":
    """By straight lines between the samples: enough to tell what is there."""
    at = np.arange(len(sound) * to // rate) * (rate / to)
    told: Samples = np.interp(at, np.arange(len(sound)), sound).astype(np.float32)
    return told


def _aligned(
    a: NDArray[np.float64], b: NDArray[np.float64], most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    whole = 1 << int(np.ceil(np.log2(2 * len(a))))
    cross = np.fft.irfft(np.fft.rfft(a, whole) * np.conj(np.fft.rfft(b, whole)), whole)
    shifts = np.concatenate([cross[: most + 1], cross[-most:]])
    best = int(np.argmax(shifts))
    shift = best if best <= most else best - len(shifts)
    return (a[shift:], b[: len(b) - shift]) if shift >= 0 else (a[:shift], b[-shift:])


def figure_kept(path: Path, source: "Picture") -> float:
    """Share of the walking figure of `source` that is in the picture at `path`, of the same moments: 0…1.

    The crop is taken to have the height of the source, whatever it was scaled to.
    """
    upright, original = _decoded(path), _decoded(source.path)
    step = max(1, len(original) // LOOKS)
    moments = [
        index
        for index in range(0, min(len(original), len(upright)), step)
        if source.boxes[index] is not None and not source.is_bad(float(index / source.fps))
    ]
    shares = [min(1.0, _figure(upright[index]) / _figure(original[index])) for index in moments]
    return float(np.mean(shares))


def _figure(rgb: "Rgb") -> float:
    """Area of the figure's colours, in squares of the picture's height. Its coat is the only bright yellow there is."""
    red, green, blue = (rgb[..., channel].astype(int) for channel in range(3))
    coat = (red > 180) & (green > 150) & (red - blue > 90)
    return float(coat.sum() / rgb.shape[0] ** 2 + 1e-9)


def _decoded(path: Path) -> list["Rgb"]:
    with av.open(str(path)) as box:
        return [frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False) for frame in box.decode(video=0)]


def bars(path: Path) -> list[int]:
    """Lengths in pixels, from the top down, of the coloured bars in the last picture; the ground is nearly grey."""
    rgb = _decoded(path)[-1].astype(int)
    colourful = rgb.max(axis=2) - rgb.min(axis=2) > LEAST_SATURATION
    lengths = colourful.sum(axis=1)
    edges = np.flatnonzero(np.diff((lengths > 0).astype(int), prepend=0, append=0))
    rows = [lengths[top:bottom] for top, bottom in edges.reshape(-1, 2) if bottom - top >= LEAST_BAR]
    return [int(np.median(one)) for one in rows]


def lumas(path: Path) -> list[NDArray[np.float32]]:
    """Every frame's luma, float32 [h, w], 0-255."""
    return [np.asarray(rgb @ np.array(REC709), np.float32) for rgb in _decoded(path)]


def psnr_db(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Peak signal-to-noise ratio of two lumas of 0-255, in the tenth of their rows that differs most."""
    apart = np.sort(np.square(one - other).mean(axis=1))[-max(1, len(one) // 10) :]
    return float(10 * np.log10(255**2 / max(1e-9, float(apart.mean()))))


def alphas(path: Path) -> list[NDArray[np.float32]]:
    """The transparency of every frame of a VP9 video, float32 [h, w], 0-1; only the library's own decoder gives it."""
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(path)) as box:
        decoded = [frame for packet in box.demux(video=0) for frame in decoder.decode(packet)]
    planes = [frame.reformat(format="yuva420p").planes[3] for frame in decoded]
    rows = [np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)[:, : plane.width] for plane in planes]
    return [np.asarray(one / np.float32(255), np.float32) for one in rows]


def motion(path: Path) -> list[float]:
    """Mean change of a pixel's luma from each frame to the next, grey levels."""
    shown = lumas(path)
    return [float(np.abs(after - before).mean()) for before, after in pairwise(shown)]


def colours_of_kite(path: Path) -> tuple[float, float]:
    """Of the middle frame: the share that is red, and the share of the upper half that is blue."""
    frames = _decoded(path)
    red, green, blue = (frames[len(frames) // 2][..., part].astype(int) for part in range(3))
    is_red = (red > 110) & (red > 1.8 * green) & (red > 1.8 * blue)
    is_blue = (blue > red + 12) & (blue > 120)
    return float(is_red.mean()), float(is_blue[: len(is_blue) // 2].mean())


def likeness_of_first(path: Path, picture: Path) -> float:
    """Correlation of the first frame's luma with a picture's, as 32 x 18 means; the film may be a little nearer."""
    first, still = (np.asarray(_decoded(one)[0] @ np.array(REC709)) for one in (path, picture))
    return float(np.corrcoef(_means(first, 0.0), _means(still, NEARER))[0, 1])


def _means(luma: NDArray[np.float64], cut: float) -> NDArray[np.float64]:
    """The means of 18 rows of 32 fields, without a part at each edge."""
    edges = [
        np.linspace(cut * side, (1 - cut) * side, count + 1) for side, count in zip(luma.shape, (18, 32), strict=True)
    ]
    rows, columns = (one.astype(int) for one in edges)
    return np.array([luma[a:b, c:d].mean() for a, b in pairwise(rows) for c, d in pairwise(columns)])
