"""The demo's checks pass what is right and catch what is wrong; the demo itself runs."""

from pathlib import Path

import numpy as np
import pytest

from reelwright.faces.cli.demo import entries, looking, samples
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


@pytest.mark.slow
def test_the_demo_runs_and_every_check_holds(cli, tmp_path):
    shown = cli("demo", "--out", tmp_path / "out")

    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("✓") == len(entries.ENTRIES)
    for entry in entries.ENTRIES:
        assert list((tmp_path / "out" / entry.function).iterdir())
