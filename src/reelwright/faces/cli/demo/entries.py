"""What the demo runs, one entry each, and how each result is checked against the truth of its sample."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelwright.faces.cli.demo import looking
from reelwright.faces.cli.demo.samples import Samples


class CheckFailed(Exception):
    """The result is not what it should be; the message says how."""


Check = Callable[[Samples, Sequence[Path], Any], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One job: the vendor's function, its input, where its output goes, and what must be true of it."""

    function: str
    title: str
    input: Callable[[Samples], Path]
    output: str
    check: Check
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """How an entry went. `seen` is what was measured; `fault` is empty if all was right."""

    entry: Entry
    seconds: float
    files: Sequence[Path] = ()
    seen: str = ""
    fault: str = ""


LEAST_LUMA, LEAST_CONTRAST = 25.0, 8.0  # of 255; a black picture has 0 and 0
LEAST_FIGURE = 0.7  # of the walking figure must be in the upright picture
LEAST_GAIN_DB = 3.0
MOST_SECONDS_OFF = 0.1  # a duration may differ by less than three frames


def _must(holds: bool, fault: str) -> None:
    if not holds:
        raise CheckFailed(fault)


def covers(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Pictures of the video's size, lit, and from good moments only."""
    _must(bool(files) and len(files) == len(result), f"{len(files)} files for {len(result)} covers")
    for path, cover in zip(files, result, strict=True):
        luma, contrast, size = looking.at_picture(path)
        seconds = float(cover["Time"]) / 1000
        _must(size == made.picture.size, f"{path.name} is {size}, the video is {made.picture.size}")
        _must(luma > LEAST_LUMA and contrast > LEAST_CONTRAST, f"{path.name} shows next to nothing (luma {luma:.0f})")
        _must(
            not made.picture.is_bad(seconds), f"{path.name} is from {seconds:.2f} s, a black, blurred or mixed moment"
        )
    times = ", ".join(f"{float(one['Time']) / 1000:.2f} s" for one in result)
    return f"{len(files)} covers, at {times}; none black, blurred or in a dissolve"


def upright(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Taller than wide, as long as the source, and with the figure in the picture."""
    _must(len(files) == 1, f"{len(files)} files, not 1")
    seen = looking.at_video(files[0])
    width, height = seen.size
    _must(height > width, f"{width}x{height} is not upright")
    off = abs(seen.seconds - made.picture.seconds)
    _must(off <= MOST_SECONDS_OFF, f"{seen.seconds:.2f} s long, the source {made.picture.seconds:.2f} s")
    _must(seen.has_sound, "the sound is gone")
    kept = looking.figure_kept(files[0], made.picture)
    _must(kept >= LEAST_FIGURE, f"only {kept:.0%} of the walking figure is in the picture")
    return f"{width}x{height}, {seen.seconds:.2f} s with sound; {kept:.0%} of the walking figure is in the picture"


def denoised(made: Samples, files: Sequence[Path], result: Any) -> str:
    """The same rate and length, and nearer to the clean voice."""
    _must(len(files) == 1, f"{len(files)} files, not 1")
    samples, rate = looking.at_sound(files[0])
    _must(rate == made.speech.rate, f"{rate} Hz, the source has {made.speech.rate} Hz")
    off = abs(len(samples) / rate - made.speech.seconds)
    _must(off <= MOST_SECONDS_OFF, f"{len(samples) / rate:.2f} s long, the source {made.speech.seconds:.2f} s")
    before = looking.snr_db(made.speech.noisy, made.speech.clean, rate)
    after = looking.snr_db(samples, made.speech.clean, rate)
    _must(after - before >= LEAST_GAIN_DB, f"the signal-to-noise ratio went from {before:.1f} to {after:.1f} dB")
    return f"{rate} Hz, {len(samples) / rate:.2f} s; signal-to-noise ratio {before:.1f} -> {after:.1f} dB"


ENTRIES = (
    Entry("Cover", "covers of a video", lambda made: made.picture.path, "out/cover-{sequenceId}.png", covers),
    Entry("VideoH2V", "a landscape video made upright", lambda made: made.picture.path, "out/upright.mp4", upright),
    Entry("SpeechDenoise", "a voice without its noise", lambda made: made.speech_path, "out/voice.wav", denoised),
)
