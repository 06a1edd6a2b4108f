"""The demo's checks pass what is right and catch what is wrong; the demo itself runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.faces.cli.demo import entries, looking, samples
from reelwright.faces.ice.functions import FUNCTIONS
from reelwright.media import making


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> samples.Samples:
    return samples.make(tmp_path_factory.mktemp("samples"))


def cropped(made: samples.Samples, path: Path, follow: bool, *, frames: int | None = None, sound: bool = True) -> Path:
    """The sample made upright by the truth: the window follows the figure, or stays away from it."""
    source = looking._decoded(made.picture.path)[:frames]
    width, height = made.picture.size
    wide = height * 9 // 16 // 2 * 2

    def pictures():
        for index, rgb in enumerate(source):
            box = made.picture.boxes[index]
            centre = box.centre[0] if box else width / 2
            if not follow:
                centre = 0 if centre > width / 2 else width
            left = int(np.clip(centre - wide / 2, 0, width - wide))
            yield np.ascontiguousarray(rgb[:, left : left + wide])

    voice = made.speech.clean if sound else None
    return making.write_video(
        path, pictures(), size=(wide, height), fps=made.picture.fps, sound=voice, rate=made.speech.rate
    )


def still(made: samples.Samples, folder: Path, seconds: float, *, size=None) -> tuple[list[Path], list[dict]]:
    """A cover of that moment, as the server would give it."""
    rgb = looking._decoded(made.picture.path)[int(seconds * made.picture.fps)]
    if size:
        rgb = rgb[: size[1], : size[0]]
    path = making.write_video(folder / "cover.mp4", [np.ascontiguousarray(rgb)], size=rgb.shape[1::-1], fps=1)
    return [path], [{"Time": f"{1000 * seconds:.1f}", "Score": 1.0, "Url": "cover.mp4"}]


def test_a_good_cover_passes(made, tmp_path):
    assert "1.60 s" in entries.covers(made, *still(made, tmp_path, 1.6))


@pytest.mark.parametrize(
    ("seconds", "size", "fault"),
    [
        pytest.param(0.2, None, "shows next to nothing", id="black"),
        pytest.param(5.6, None, "a black, blurred or mixed moment", id="blurred"),
        pytest.param(6.6, None, "a black, blurred or mixed moment", id="dissolve"),
        pytest.param(1.6, (320, 180), "the video is", id="size"),
    ],
)
def test_a_bad_cover_is_caught(made, tmp_path, seconds, size, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.covers(made, *still(made, tmp_path, seconds, size=size))


def test_no_cover_at_all_is_caught(made):
    with pytest.raises(entries.CheckFailed):
        entries.covers(made, [], [])


def test_a_window_that_follows_the_figure_passes(made, tmp_path):
    assert "202x360" in entries.upright(made, [cropped(made, tmp_path / "a.mp4", follow=True)], {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"follow": False}, "of the walking figure", id="looks-away"),
        pytest.param({"follow": True, "frames": 100}, "4.00 s long", id="too-short"),
        pytest.param({"follow": True, "sound": False}, "the sound is gone", id="silent"),
    ],
)
def test_a_wrong_upright_video_is_caught(made, tmp_path, given, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.upright(made, [cropped(made, tmp_path / "a.mp4", **given)], {})


def test_a_landscape_video_is_caught(made):
    with pytest.raises(entries.CheckFailed, match="is not upright"):
        entries.upright(made, [made.picture.path], {})


@pytest.mark.parametrize("shift", [0, 480, -480], ids=["aligned", "late", "early"])
def test_a_voice_with_less_noise_passes_though_it_is_shifted_and_louder(made, tmp_path, shift):
    voice = np.roll(0.7 * (made.speech.clean + 0.4 * made.speech.noise), shift)
    path = making.write_wav(tmp_path / "a.wav", voice, made.speech.rate)

    assert "-> 1" in entries.denoised(made, [path], {})  # 5 dB and 8 more


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(lambda one: (one.noisy, one.rate), "went from", id="untouched"),
        pytest.param(lambda one: (np.zeros_like(one.clean), one.rate), "went from", id="silence"),
        pytest.param(lambda one: (one.clean[: len(one.clean) // 2], one.rate), "s long", id="half"),
        pytest.param(lambda one: (one.clean[::3], one.rate // 3), "16000 Hz", id="rate"),
    ],
)
def test_a_wrong_voice_is_caught(made, tmp_path, change, fault):
    path = making.write_wav(tmp_path / "a.wav", *change(made.speech))

    with pytest.raises(entries.CheckFailed, match=fault):
        entries.denoised(made, [path], {})


def laid_behind(made: samples.Samples, gain: float) -> np.ndarray:
    """The voice with the song behind it, by the truth."""
    song = looking.at_rate(made.song.mix.mean(axis=0), made.song.rate, made.speech.rate)[: len(made.speech.noisy)]
    return made.speech.noisy + gain * np.pad(song, (0, len(made.speech.noisy) - len(song)))


def test_a_song_behind_a_voice_passes(made, tmp_path):
    path = making.write_wav(tmp_path / "a.wav", 0.5 * laid_behind(made, 0.3), made.speech.rate)

    assert "above the song" in entries.mixed(made, [path], {})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(lambda made: made.speech.noisy, "no song", id="no-song"),
        pytest.param(lambda made: made.speech.noisy + np.roll(made.speech.noise, 99), "no song", id="noise"),
        pytest.param(lambda made: laid_behind(made, 3.0), "above the rest", id="voice-drowned"),
        pytest.param(lambda made: laid_behind(made, 0.3)[:-9], "samples, the voice has", id="cut"),
    ],
)
def test_a_wrong_mix_is_caught(made, tmp_path, change, fault):
    path = making.write_wav(tmp_path / "a.wav", 0.3 * change(made), made.speech.rate)

    with pytest.raises(entries.CheckFailed, match=fault):
        entries.mixed(made, [path], {})


SCORES = {
    "Tag": "Valid",
    "Total Duration": "8.00",
    "Speech Ratio": "0.70",
    "MOS": "Poor",
    "MOS(0-5)": "1.50",
    "Noisiness(0-5)": "1.60",
    "Coloration(0-5)": "4.10",
    "Discontinuity(0-5)": "5.00",
}


def test_an_assessment_that_names_the_noise_passes(made):
    assert "MOS 1.50 (Poor)" in entries.assessed(made, [], [SCORES])


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        pytest.param([{**SCORES, "Tag": "Mute"}], "the tag is Mute", id="tag"),
        pytest.param([{**SCORES, "Noisiness(0-5)": "4.80"}], "noise is not what is worst", id="wrong-fault"),
        pytest.param([{**SCORES, "Total Duration": "4.00"}], "4.00 s long", id="half"),
        pytest.param([], "0 channels", id="nothing"),
    ],
)
def test_a_wrong_assessment_is_caught(made, result, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.assessed(made, [], result)


def stems(made: samples.Samples, folder: Path, *, change=None, names=("vocals", "accompaniment")) -> list[Path]:
    """The song's two parts as the server would give them: a little of each is in the other."""
    mix, rate = making.read_wav(made.song_path)
    vocals = made.song.stems["vocals"] + 0.1 * made.song.accompaniment
    parts = [vocals, mix - vocals]
    if change:
        parts = change(*parts)
    return [making.write_wav(folder / f"{name}.wav", part, rate) for name, part in zip(names, parts, strict=True)]


def test_parts_near_their_stems_pass(made, tmp_path):
    assert "the parts add up" in entries.demixed(made, stems(made, tmp_path), {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"names": ("accompaniment", "vocals")}, "not the two files", id="swapped"),
        pytest.param({"change": lambda voice, rest: (voice, 0.9 * rest)}, "miss their sum", id="sum"),
        pytest.param({"change": lambda voice, rest: (rest, voice)}, "dB nearer", id="the-other-way-round"),
        pytest.param({"change": lambda voice, rest: (voice + rest, 0 * rest)}, r"\+0\.0 dB nearer", id="nothing-done"),
        pytest.param({"change": lambda voice, rest: (voice[:, :-9], rest)}, "samples, the source has", id="short"),
    ],
)
def test_wrong_parts_are_caught(made, tmp_path, given, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.demixed(made, stems(made, tmp_path, **given), {})


def beats_told(made: samples.Samples, folder: Path, *, late=0.0, keep=1, bar=4, shift=0) -> list[Path]:
    """The song's beats as the server would give them."""
    rows = [
        {"time": time + late, "beat": (index + shift) % bar + 1} for index, time in enumerate(made.song.beats[::keep])
    ]
    path = folder / "beats.json"
    path.write_text(json.dumps(rows))
    return [path]


def test_right_beats_pass(made, tmp_path):
    assert "F 1.00" in entries.beats(made, beats_told(made, tmp_path, late=0.02), {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"late": 0.1}, "0 of 32 beats are right", id="late"),
        pytest.param({"keep": 2}, "16 were told", id="half-tempo"),
        pytest.param({"keep": 100}, "1 were told", id="one"),
        pytest.param({"shift": 1}, "only 0 of 8 bars", id="bars-shifted"),
    ],
)
def test_wrong_beats_are_caught(made, tmp_path, given, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.beats(made, beats_told(made, tmp_path, **given), {})


def choruses_told(made: samples.Samples, folder: Path, *, late=0.0, count=None) -> tuple[list[Path], list[dict]]:
    rows = [{"start": one.start + late, "end": one.end + late, "title": "副歌"} for one in made.whole.choruses[:count]]
    path = folder / "choruses.json"
    path.write_text(json.dumps(rows))
    return [path], rows


def test_right_choruses_pass(made, tmp_path):
    assert "2 choruses" in entries.choruses(made, *choruses_told(made, tmp_path, late=0.2))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"late": 2.0}, "2.0 s off", id="late"),
        pytest.param({"count": 1}, "1 choruses, not 2", id="one-is-missing"),
        pytest.param({"count": 0}, "0 choruses, not 2", id="none"),
    ],
)
def test_wrong_choruses_are_caught(made, tmp_path, given, fault):
    with pytest.raises(entries.CheckFailed, match=fault):
        entries.choruses(made, *choruses_told(made, tmp_path, **given))


def test_a_file_that_differs_from_the_result_is_caught(made, tmp_path):
    files, rows = choruses_told(made, tmp_path)
    with pytest.raises(entries.CheckFailed, match="not the same"):
        entries.choruses(made, files, rows[:1])


@pytest.mark.slow
def test_the_demo_runs_and_every_check_holds(cli, tmp_path):
    shown = cli("demo", "--out", tmp_path / "out")

    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("✓") == len(entries.ENTRIES)
    for entry in entries.ENTRIES:
        assert any((tmp_path / "out" / entry.function).iterdir()) == bool(FUNCTIONS[entry.function].formats)
