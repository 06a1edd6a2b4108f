"""What the demo runs, one entry each, and how each result is checked against the truth of its sample."""

import json
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
LEAST_LIKENESS = 0.4  # a song that is turned up and down by ducking is no more like itself; noise has 0.02
MOST_SUM_OFF = 1 / 32768  # a step of 16 bits; they were mixed to mono on the way here
MOST_BEAT_OFF, LEAST_F = 0.07, 0.95  # seconds, as the field counts beats; share of them
MOST_CHORUS_OFF = 1.0  # seconds
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


def demixed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """Voice and accompaniment that add up to the song, each nearer to its stem than the song is."""
    _must([path.stem for path in files] == ["vocals", "accompaniment"], f"not the two files: {[*map(str, files)]}")
    (song, rate), *parts = (looking.at_sound(path) for path in (made.song_path, *files))
    _must(all(one[1] == rate for one in parts), f"{[one[1] for one in parts]} Hz, the source has {rate} Hz")
    (vocals, _), (rest, _) = parts
    _must(len(vocals) == len(rest) == len(song), f"{len(vocals)} and {len(rest)} samples, the source has {len(song)}")
    off = float(abs(vocals + rest - song).max())
    _must(off < MOST_SUM_OFF, f"voice and accompaniment miss their sum by {off:.5f}")
    gains = []
    for found, stem in ((vocals, made.song.stems["vocals"]), (rest, made.song.accompaniment)):
        truth = stem.mean(axis=0)
        gains.append(looking.snr_db(found, truth, rate) - looking.snr_db(song, truth, rate))
    shown = f"the voice {gains[0]:+.1f} dB nearer to its stem, the accompaniment {gains[1]:+.1f} dB"
    _must(gains[0] >= LEAST_GAIN_DB and gains[1] > 0, shown)
    return f"{len(song) / rate:.2f} s, the parts add up; {shown}"


def mixed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """The voice's rate and length, the voice in front, and the song behind it."""
    _must(len(files) == 1, f"{len(files)} files, not 1")
    (mix, rate), (song, song_rate) = looking.at_sound(files[0]), looking.at_sound(made.song_path)
    _must(rate == made.speech.rate, f"{rate} Hz, the voice has {made.speech.rate} Hz")
    _must(len(mix) == len(made.speech.noisy), f"{len(mix)} samples, the voice has {len(made.speech.noisy)}")
    in_front = looking.snr_db(mix, made.speech.noisy, rate)
    _must(in_front >= LEAST_GAIN_DB, f"the voice is only {in_front:.1f} dB above the rest")
    alike = looking.likeness_beside(mix, made.speech.noisy, looking.at_rate(song, song_rate, rate))
    _must(alike >= LEAST_LIKENESS, f"what is behind the voice is no song (likeness {alike:.2f})")
    return f"{rate} Hz, {len(mix) / rate:.2f} s; the voice is {in_front:.1f} dB above the song (likeness {alike:.2f})"


def assessed(made: Samples, files: Sequence[Path], result: Any) -> str:
    """One channel, valid, and noise named as what is worst about it."""
    _must(not files and len(result) == 1, f"{len(files)} files and {len(result)} channels, not 0 and 1")
    told = result[0]
    _must(told["Tag"] == "Valid", f"the tag is {told['Tag']}")
    scores = {name: float(told[f"{name}(0-5)"]) for name in ("Noisiness", "Coloration", "Discontinuity")}
    shown = ", ".join(f"{name} {score}" for name, score in scores.items())
    _must(min(scores, key=lambda name: scores[name]) == "Noisiness", f"noise is not what is worst: {shown}")
    off = abs(float(told["Total Duration"]) - made.speech.seconds)
    _must(off <= MOST_SECONDS_OFF, f"{told['Total Duration']} s long, the source {made.speech.seconds:.2f} s")
    return f"MOS {told['MOS(0-5)']} ({told['MOS']}): {shown}; speech in {float(told['Speech Ratio']):.0%} of the time"


def beats(made: Samples, files: Sequence[Path], result: Any) -> str:
    """As many as were played, each within 70 ms, and first ones where bars begin."""
    _must(len(files) == 1 and result == {}, f"{len(files)} files and the result {result}, not 1 and {{}}")
    rows = json.loads(files[0].read_text())
    off = [min(abs(row["time"] - at) for row in rows) for at in made.song.beats] if rows else []
    right = sum(one <= MOST_BEAT_OFF for one in off)
    f_measure = 2 * right / (len(rows) + len(made.song.beats))
    _must(f_measure >= LEAST_F, f"{right} of {len(made.song.beats)} beats are right, {len(rows)} were told")
    first = [row["time"] for row in rows if row["beat"] == 1]
    told = sum(min(abs(time - at) for time in first) <= MOST_BEAT_OFF for at in made.song.downbeats) if first else 0
    _must(told >= LEAST_F * len(made.song.downbeats), f"only {told} of {len(made.song.downbeats)} bars begin right")
    return f"{len(rows)} beats, F {f_measure:.2f}; the worst is {1000 * max(off):.0f} ms off; {told} bars begin right"


def choruses(made: Samples, files: Sequence[Path], result: Any) -> str:
    """All of them, and nothing else, with both ends."""
    _must(len(files) == 1, f"{len(files)} files, not 1")
    _must(json.loads(files[0].read_text()) == result, "the file and the result are not the same")
    truth = made.whole.choruses
    _must(len(result) == len(truth), f"{len(result)} choruses, not {len(truth)}")
    pairs = list(zip(result, truth, strict=True))
    worst = max(max(abs(one["start"] - true.start), abs(one["end"] - true.end)) for one, true in pairs)
    _must(worst <= MOST_CHORUS_OFF, f"a chorus is {worst:.1f} s off its place")
    spans = ", ".join(f"{one['start']:.1f}-{one['end']:.1f} s" for one in result)
    return f"{len(result)} choruses, at {spans}; no edge is more than {worst:.2f} s off"


SONG = {"inputs": {"file": "oss://demo/in/song.wav"}}  # where the demo puts it

ENTRIES = (
    Entry("Cover", "covers of a video", lambda made: made.picture.path, "out/cover-{sequenceId}.png", covers),
    Entry("VideoH2V", "a landscape video made upright", lambda made: made.picture.path, "out/upright.mp4", upright),
    Entry("SpeechDenoise", "a voice without its noise", lambda made: made.speech_path, "out/voice.wav", denoised),
    Entry("MusicDemix", "voice and accompaniment apart", lambda made: made.song_path, "out/{resultType}.wav", demixed),
    Entry("AudioMixing", "a song behind a voice", lambda made: made.speech_path, "out/mix.wav", mixed, SONG),
    Entry("AudioBeatDetection", "the beats of a song", lambda made: made.song_path, "out/beats.json", beats),
    Entry("MusicSegmentDetect", "the choruses of a song", lambda made: made.whole_path, "out/choruses.json", choruses),
    Entry("AudioQualityAssessment", "how good a voice sounds", lambda made: made.speech_path, "out/scores", assessed),
)
