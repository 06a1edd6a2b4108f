"""The demo's checks pass what is right and catch what is wrong; the demo itself runs."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.faces.cli.demo import asked, checks, entries, looking, samples, story
from reelwright.faces.ice.functions import FUNCTIONS
from reelwright.media import making

SHORT = 'A fox once saw a crow with a piece of cheese beneath a tree.\n\n"That is for me," said the fox to the crow.\n'


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
    assert "1.60 s" in checks.covers(made, *still(made, tmp_path, 1.6))


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
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.covers(made, *still(made, tmp_path, seconds, size=size))


def test_no_cover_at_all_is_caught(made):
    with pytest.raises(checks.CheckFailed):
        checks.covers(made, [], [])


def test_a_window_that_follows_the_figure_passes(made, tmp_path):
    assert "202x360" in checks.upright(made, [cropped(made, tmp_path / "a.mp4", follow=True)], {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"follow": False}, "of the walking figure", id="looks-away"),
        pytest.param({"follow": True, "frames": 100}, "4.00 s long", id="too-short"),
        pytest.param({"follow": True, "sound": False}, "the sound is gone", id="silent"),
    ],
)
def test_a_wrong_upright_video_is_caught(made, tmp_path, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.upright(made, [cropped(made, tmp_path / "a.mp4", **given)], {})


def test_a_landscape_video_is_caught(made):
    with pytest.raises(checks.CheckFailed, match="is not upright"):
        checks.upright(made, [made.picture.path], {})


@pytest.mark.parametrize("shift", [0, 480, -480], ids=["aligned", "late", "early"])
def test_a_voice_with_less_noise_passes_though_it_is_shifted_and_louder(made, tmp_path, shift):
    voice = np.roll(0.7 * (made.speech.clean + 0.4 * made.speech.noise), shift)
    path = making.write_wav(tmp_path / "a.wav", voice, made.speech.rate)

    assert "-> 1" in checks.denoised(made, [path], {})  # 5 dB and 8 more


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

    with pytest.raises(checks.CheckFailed, match=fault):
        checks.denoised(made, [path], {})


def laid_behind(made: samples.Samples, gain: float) -> np.ndarray:
    """The voice with the song behind it, by the truth."""
    song = looking.at_rate(made.song.mix.mean(axis=0), made.song.rate, made.speech.rate)[: len(made.speech.noisy)]
    return made.speech.noisy + gain * np.pad(song, (0, len(made.speech.noisy) - len(song)))


def test_a_song_behind_a_voice_passes(made, tmp_path):
    path = making.write_wav(tmp_path / "a.wav", 0.5 * laid_behind(made, 0.3), made.speech.rate)

    assert "above the song" in checks.mixed(made, [path], {})


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

    with pytest.raises(checks.CheckFailed, match=fault):
        checks.mixed(made, [path], {})


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
    assert "MOS 1.50 (Poor)" in checks.assessed(made, [], [SCORES])


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
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.assessed(made, [], result)


def stems(made: samples.Samples, folder: Path, *, change=None, names=("vocals", "accompaniment")) -> list[Path]:
    """The song's two parts as the server would give them: a little of each is in the other."""
    mix, rate = making.read_wav(made.song_path)
    vocals = made.song.stems["vocals"] + 0.1 * made.song.accompaniment
    parts = [vocals, mix - vocals]
    if change:
        parts = change(*parts)
    return [making.write_wav(folder / f"{name}.wav", part, rate) for name, part in zip(names, parts, strict=True)]


def test_parts_near_their_stems_pass(made, tmp_path):
    assert "the parts add up" in checks.demixed(made, stems(made, tmp_path), {})


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
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.demixed(made, stems(made, tmp_path, **given), {})


def beats_told(made: samples.Samples, folder: Path, *, late=0.0, keep=1, bar=4, shift=0) -> list[Path]:
    """The song's beats as the server would give them."""
    rows = [
        {"time": time + late, "beat": (index + shift) % bar + 1} for index, time in enumerate(made.song.beats[::keep])
    ]
    path = folder / "beats.json"
    path.write_text(json.dumps(rows))
    return [path]


def test_right_beats_pass(made, tmp_path):
    assert "F 1.00" in checks.beats(made, beats_told(made, tmp_path, late=0.02), {})


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
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.beats(made, beats_told(made, tmp_path, **given), {})


def choruses_told(made: samples.Samples, folder: Path, *, late=0.0, count=None) -> tuple[list[Path], list[dict]]:
    rows = [{"start": one.start + late, "end": one.end + late, "title": "副歌"} for one in made.whole.choruses[:count]]
    path = folder / "choruses.json"
    path.write_text(json.dumps(rows))
    return [path], rows


def test_right_choruses_pass(made, tmp_path):
    assert "2 choruses" in checks.choruses(made, *choruses_told(made, tmp_path, late=0.2))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"late": 2.0}, "2.0 s off", id="late"),
        pytest.param({"count": 1}, "1 choruses, not 2", id="one-is-missing"),
        pytest.param({"count": 0}, "0 choruses, not 2", id="none"),
    ],
)
def test_wrong_choruses_are_caught(made, tmp_path, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.choruses(made, *choruses_told(made, tmp_path, **given))


def test_a_file_that_differs_from_the_result_is_caught(made, tmp_path):
    files, rows = choruses_told(made, tmp_path)
    with pytest.raises(checks.CheckFailed, match="not the same"):
        checks.choruses(made, files, rows[:1])


def faces_done(
    made: samples.Samples, folder: Path, *, light=8, spots=0.4, wall=0, frames=None, sound=True
) -> list[Path]:
    """The drawn heads retouched by the truth: `spots` of their contrast left, skin and wall so much lighter."""
    faces, pictures = made.faces, []
    for number, rgb in enumerate(looking._decoded(faces.path)[:frames]):
        picture = rgb.astype(float) + wall
        for head in range(len(faces.heads)):
            skin, spot = faces.skin(number, head), faces.spots(number, head)
            around = picture[skin & ~spot].mean(axis=0)
            picture[spot] = around + spots * (picture[spot] - around)
            picture[skin | spot] += light - wall
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    path = folder / "faces.mp4"
    voice = made.speech.clean[:48000] if sound else None
    return [making.write_video(path, pictures, size=faces.size, fps=faces.fps, crf=12, sound=voice)]


def test_faces_with_fewer_spots_pass(made, tmp_path):
    assert "2 faces" in checks.retouched(made, faces_done(made, tmp_path), {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"spots": 1.0}, "spots are left", id="spots"),
        pytest.param({"light": 0}, "grey levels lighter", id="dim"),
        pytest.param({"wall": 6}, "beside the faces", id="wall"),
        pytest.param({"frames": 20}, "20 frames", id="short"),
        pytest.param({"sound": False}, "sound is gone", id="silent"),
    ],
)
def test_wrong_faces_are_caught(made, tmp_path, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.retouched(made, faces_done(made, tmp_path, **given), {})


def keyed(made: samples.Samples, path: Path, *, change=lambda alpha: alpha, frames=None, sound=True) -> list[Path]:
    """The sample without its screen, by the truth, as the server would give it."""
    size = made.screen.size
    with av.open(str(path), "w") as box:
        video = box.add_stream("libvpx-vp9", rate=made.screen.fps, options={"crf": "20", "b": "0", "cpu-used": "8"})
        video.width, video.height, video.pix_fmt = *size, "yuva420p"
        video.metadata["alpha_mode"] = "1"
        track = box.add_stream("libopus", rate=48000, layout="mono") if sound else None
        for number in range(made.screen.frames)[:frames]:
            alpha = np.clip(change(made.screen.alpha_of(number)) * 255, 0, 255).astype(np.uint8)
            rgba = np.dstack([np.full((size[1], size[0], 3), 90, np.uint8), alpha])
            picture = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="yuva420p")
            picture.pts, picture.time_base = number, 1 / made.screen.fps
            box.mux(video.encode(picture))
        box.mux(video.encode(None))
        if track is not None:
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), format="flt", layout="mono")
            silence.sample_rate, silence.pts = 48000, 0
            box.mux(track.encode(silence))
            box.mux(track.encode(None))
    return [path]


def test_somebody_without_the_screen_passes(made, tmp_path):
    assert "50 frames with sound" in checks.cut_out(made, keyed(made, tmp_path / "a.webm"), {})


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"change": np.ones_like}, "the transparency is", id="opaque"),
        pytest.param({"change": lambda alpha: 1 - alpha}, "the transparency is", id="the-wrong-way-round"),
        pytest.param({"change": lambda alpha: np.roll(alpha, 12, axis=1)}, "the transparency is", id="beside"),
        pytest.param({"frames": 40}, "40 frames, the source has 50", id="too-short"),
        pytest.param({"sound": False}, "the sound is gone", id="silent"),
    ],
)
def test_a_wrong_cut_out_is_caught(made, tmp_path, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.cut_out(made, keyed(made, tmp_path / "a.webm", **given), {})


def test_a_film_without_its_words_passes(made):
    assert "80 frames" in checks.without_words(made, [made.wordless.path], {})


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param(lambda made: made.worded.path, "frame .* dB like the film without words", id="words-left"),
        pytest.param(lambda made: made.picture.path, "frames, the source has 80", id="another-film"),
    ],
)
def test_words_that_are_left_are_caught(made, path, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.without_words(made, [path(made)], {})


def test_a_film_without_its_sign_passes(made, tmp_path):
    pictures = looking._decoded(made.marked.clean)
    path = making.write_video(
        tmp_path / "bare.mp4", pictures, size=made.marked.size, fps=25, sound=made.speech.clean, rate=made.speech.rate
    )

    assert "80 frames" in checks.without_sign(made, [path], {})


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        pytest.param(lambda made: made.marked.path, r"only \d\.\d dB like the one without it", id="sign-left"),
        pytest.param(lambda made: made.marked.clean, "the sound is gone", id="silent"),
        pytest.param(lambda made: made.picture.path, "frames, the source has 80", id="another-film"),
    ],
)
def test_a_sign_that_is_left_is_caught(made, path, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.without_sign(made, [path(made)], {})


def as_srt(cues, folder: Path) -> list[Path]:
    """(start, end, text) as an SRT file."""
    stamps = [[f"00:00:{one:06.3f}".replace(".", ",") for one in cue[:2]] for cue in cues]
    blocks = [
        f"{number}\n{' --> '.join(stamp)}\n{cue[2]}\n"
        for number, (stamp, cue) in enumerate(zip(stamps, cues, strict=True), 1)
    ]
    path = folder / "a.srt"
    path.write_text("\n".join(blocks))
    return [path]


def test_captions_to_the_letter_pass(made, tmp_path):
    cues = [(one.start, one.end, one.text) for one in made.worded.cues]
    assert "2 captions" in checks.captions_read(made, as_srt(cues, tmp_path), {})


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(lambda cue: (*cue[:2], cue[2][:-1]), "it reads", id="a-letter-lost"),
        pytest.param(lambda cue: (cue[0] + 0.2, *cue[1:]), "a caption is 0.20 s off", id="late"),
    ],
)
def test_captions_that_are_wrong_are_caught(made, tmp_path, change, fault):
    cues = [change((one.start, one.end, one.text)) for one in made.worded.cues]
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.captions_read(made, as_srt(cues, tmp_path), {})


def as_speech(folder: Path, *, late: float = 0.0) -> tuple[list[Path], list[dict]]:
    """A tone for every sentence of the demo, and where it is told to be."""
    rate, sound, told = 16000, np.zeros(16000 * 5, np.float32), []
    for number, text in enumerate(asked.SAID):
        start = 0.2 + 1.5 * number
        sound[round(start * rate) : round((start + 1) * rate)] = 0.5 * np.sin(np.arange(rate) / 10)
        told.append({"content": text, "from": start + late, "to": start + 1 + late})
    return [making.write_wav(folder / "speech.wav", sound, rate)], told


def test_a_text_read_aloud_passes(made, tmp_path):
    assert "3 sentences" in checks.spoken(made, *as_speech(tmp_path))


@pytest.mark.parametrize(
    ("late", "left_out", "fault"), [(0.1, 0, "a sentence is 100 ms off"), (0.0, 1, "it says it spoke")]
)
def test_sentences_told_wrong_are_caught(made, tmp_path, late, left_out, fault):
    files, told = as_speech(tmp_path, late=late)
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.spoken(made, files, told[left_out:])


@pytest.mark.slow
def test_the_demo_runs_and_every_check_holds(cli, tmp_path, monkeypatch):
    # The whole fable is a minute of film, which is for people to see.
    monkeypatch.setattr(story, "fable", lambda: SHORT)
    monkeypatch.setattr(story, "LEAST_SECONDS", 5.0)
    shown = cli("demo", "--out", tmp_path / "out")

    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("✓") == len(entries.ENTRIES) + 1
    for entry in entries.ENTRIES:
        expected = True if entry.how == "task" else entry.output if entry.action else FUNCTIONS[entry.function].formats
        assert any((tmp_path / "out" / entry.function).iterdir()) == bool(expected)


def summarised(made: samples.Samples, folder: Path, clips, *, sound: bool = True) -> tuple[list[Path], dict]:
    """These spans of the sample film, as the server would give them."""
    source = looking._decoded(made.film.path)
    pictures = [source[number] for start, end in clips for number in range(round(start * 25), round(end * 25))]
    voice = np.zeros(len(pictures) * 1920, np.float32) if sound else None
    size = source[0].shape[1::-1]
    path = making.write_video(folder / "summary.mp4", pictures, size=size, fps=25, sound=voice)
    told = [{"StartTime": str(start), "EndTime": str(end)} for start, end in clips]
    return [path], {"VideoSummaryList": told}


def test_a_good_summary_passes(made, tmp_path):
    clips = [(0.2, 2.0), (3.5, 6.0), (8.5, 10.5), (17.0, 18.6)]
    assert "4 clips" in checks.summarised(made, *summarised(made, tmp_path, clips))


@pytest.mark.parametrize(
    ("clips", "sound", "fault"),
    [
        pytest.param([(0.2, 2.0), (3.5, 6.0)], True, "places are missing", id="missing"),
        pytest.param([(0.2, 2.0), (3.5, 6.0), (8.5, 12.5), (17.0, 18.6)], True, "seen twice", id="twice"),
        pytest.param([(0.0, 18.6)], True, "no summary", id="all"),
        pytest.param([(0.2, 2.0), (3.5, 6.0), (8.5, 10.5), (17.0, 18.6)], False, "sound is gone", id="silent"),
    ],
)
def test_a_bad_summary_is_caught(made, tmp_path, clips, sound, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.summarised(made, *summarised(made, tmp_path, clips, sound=sound))


def raced(path: Path, lengths, *, size=(800, 450), seconds=4) -> list[Path]:
    """Blue bars of these shares of the width on light grey, as a chart would end."""
    picture = np.full((size[1], size[0], 3), 245, np.uint8)
    for place, share in enumerate(lengths):
        top = 60 + 80 * place
        picture[top : top + 50, 100 : 100 + round(share * 600)] = (47, 111, 237)
    return [making.write_video(path, [picture] * (10 * seconds), size=size, fps=10)]


def test_a_good_race_passes(made, tmp_path):
    assert "4 bars in order" in checks.charted(made, raced(tmp_path / "a.mp4", [1, 0.8, 0.625, 0.4375]), {})


@pytest.mark.parametrize(
    ("lengths", "given", "fault"),
    [
        pytest.param([1, 0.8, 0.7, 0.4375], {}, "off its length", id="wrong-length"),
        pytest.param([1, 0.8, 0.625], {}, "3 bars, not 4", id="one-missing"),
        pytest.param([1, 0.8, 0.625, 0.4375], {"size": (640, 450)}, "640x450", id="size"),
        pytest.param([1, 0.8, 0.625, 0.4375], {"seconds": 3}, "3.00 s long", id="length"),
    ],
)
def test_a_bad_race_is_caught(made, tmp_path, lengths, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.charted(made, raced(tmp_path / "a.mp4", lengths, **given), {})


GOOD_TEXTS = [f"咖啡{number}。" for number in range(5)]


def test_good_texts_pass(made):
    assert "5 texts" in checks.written(made, [], GOOD_TEXTS)


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        pytest.param(GOOD_TEXTS[:4], "4 different texts", id="too-few"),
        pytest.param([*GOOD_TEXTS[:4], GOOD_TEXTS[0]], "4 different texts", id="twice"),
        pytest.param([*GOOD_TEXTS[:4], "咖啡" * 31], "has 62 letters", id="too-long"),
        pytest.param([*GOOD_TEXTS[:4], "茶。"], "no keyword", id="no-keyword"),
    ],
)
def test_bad_texts_are_caught(made, texts, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.written(made, [], texts)


READ = ("We will go to the, market", "again on monday morning.")


def heard(made: samples.Samples, *, texts=READ, shift=0.0) -> list[dict]:
    """The sentences as the server would tell them."""
    start, end = made.read.spans[0]
    middle = (start + end) / 2
    times = ((start + shift, middle), (middle, end + shift))
    return [{"content": text, "from": a, "to": b} for text, (a, b) in zip(texts, times, strict=True)]


def test_what_is_read_passes(made):
    assert "10 of 10 words" in checks.written_down(made, [], heard(made, shift=0.05))


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        pytest.param({"texts": (READ[0], "a gun.")}, "it hears", id="words"),
        pytest.param({"texts": (f"{READ[0]} again on monday", "morning.")}, "too long", id="length"),
        pytest.param({"shift": 0.3}, "300 ms off", id="late"),
    ],
)
def test_what_is_misheard_is_caught(made, given, fault):
    with pytest.raises(checks.CheckFailed, match=fault):
        checks.written_down(made, [], heard(made, **given))
