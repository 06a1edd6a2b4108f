"""The built-in apps: each runs on small planted media, and what comes out is what the app promises."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.jobs import apps as kept
from reelwright.kernels.transcripts import Heard, Word
from reelwright.media import frames, images, making, probe, samples, subtitles
from reelwright.media.making import portraits, screens
from reelwright.models import listening
from reelwright.models.port import Provider
from reelwright.pipelines import apps
from reelwright.pipelines.graph import checking, document, keys

SIZE = (160, 90)


@pytest.fixture
def app(run, tmp_path):
    """`app(id, values)`: the app's results with these values of its keys; and the steps that ran."""

    def app(app_id, values, **given):
        params = kept.submission(apps.find(app_id).graph, values)
        files = {one["key"]: one["file"] for one in params["files"]}
        ran = run(params["graph"], files=files, **given)
        return ran.finished["results"], ran

    return app


@pytest.fixture
def spoken(tmp_path) -> tuple[Path, making.Speech]:
    made = making.speech(2.0, rate=16000, snr_db=8.0)
    return making.write_wav(tmp_path / "talk.wav", made.noisy, 16000), made


class Ear:
    """An engine that hears the same words in every passage."""

    name, pull, takes_hotwords = "ear", "", False

    def speaks(self, language):
        return True

    def is_installed(self, models):
        return True

    def provider(self, models):
        return Provider(self.name, "model", {"weights": "0" * 64})

    def recogniser(self, models, language, hotwords):
        return self

    def hear(self, passage, language=""):
        words = []
        for span in passage.spans:
            half = (span.start + span.end) / 2
            words += [Word("hello", span.start, half, 0.9), Word("there", half, span.end, 0.9)]
        return Heard(tuple(words), "en")

    def ends(self, words, place):
        return -10.0


@pytest.fixture
def ear(monkeypatch):
    monkeypatch.setattr(listening, "best", lambda language, models, engine="auto": Ear())


@pytest.fixture
def deaf(monkeypatch):
    def none(language, models, engine="auto"):
        raise ModelNotInstalled("no installed recogniser knows this language")

    monkeypatch.setattr(listening, "best", none)


@pytest.fixture
def lines(tmp_path) -> Path:
    cues = [subtitles.Cue(0.2, 0.9, "red kite"), subtitles.Cue(1.1, 1.8, "blue sea")]
    return Path(subtitles.save(cues, tmp_path / "lines.srt", "srt"))


def files_of(result, kind):
    return {one["title"]: one["file"] for one in result[kind]}


def differs(before, after, span, part):
    """Mean difference of two films' pictures at a time, in a part of the picture (rows, columns)."""
    one, other = (
        np.asarray(frames.at(film, Fraction(span).limit_denominator(100)).rgb, float) for film in (before, after)
    )
    return float(np.abs(one[part] - other[part]).mean())


# ---- all of them


@pytest.mark.parametrize("app_id", apps.names())
def test_an_app_is_right_and_names_its_keys(app_id):
    found = apps.find(app_id)
    named = {name for key in keys.keys(document.read(found.graph)) for name in (key.name, *key.aliases)}

    checking.checked(found.graph, of_app=True)
    assert [one.key for one in found.inputs if one.key not in named] == []
    assert all((found.title.en, found.title.zh, found.summary.en, found.summary.zh))
    assert all(one.about.en and one.about.zh for one in found.inputs)


@pytest.mark.parametrize("app_id", apps.names())
def test_an_app_tells_what_it_cannot_run_without(app_id):
    found = apps.find(app_id)

    lacking = keys.precheck(found.graph, {}, lambda value: None)

    assert lacking == [(found.inputs[0].key, "MissingParameter")]
    kind = keys.find(document.read(found.graph), found.inputs[0].key).kind
    assert keys.precheck(found.graph, {found.inputs[0].key: "a"}, lambda value: kind) == []


def test_there_are_enough_and_an_unknown_one_is_none():
    assert len(apps.names()) >= 8
    assert apps.find("no-such-app") is None


# ---- each of them


HIGHLIGHT = {"video.highlights.2.count": 1, "video.highlights.2.clip": 2.0, "video.portrait.3.quality": "draft"}


def test_vertical_highlight(app, ear, make_video):
    film = make_video(((making.SCENE, 2.5),), sound=True, size=(320, 180)).path

    result, ran = app("vertical-highlight", {"LoadVideo.1.Film": str(film), **HIGHLIGHT})

    clip = files_of(result, "videos")["Clip"]
    found = probe.with_video(clip)
    assert found.video.width / found.video.height == pytest.approx(9 / 16, abs=0.02)
    assert found.audio
    said = ran.finished["n4.transcribe"]["sentences"][0]
    height, plain = found.video.height, ran.finished["n3.portrait"]["video"]
    words, above = np.s_[int(0.7 * height) : int(0.86 * height)], np.s_[: height // 2]
    middle = (said["start"] + said["end"]) / 2
    assert differs(plain, clip, middle, words) > 3 * differs(plain, clip, middle, above)
    assert "hello there" in Path(files_of(result, "texts")["Captions"]).read_text().lower()


def test_a_highlight_of_a_film_without_a_word_has_no_captions(app, tmp_path):
    hiss = 1e-3 * np.random.default_rng(0).normal(size=2 * 48000).astype(np.float32)
    film = making.picture(tmp_path / "film.mp4", (making.Shot(making.SCENE, 2.0),), size=SIZE, sound=hiss).path

    result, ran = app("vertical-highlight", {"LoadVideo.1.Film": str(film), **HIGHLIGHT})

    assert probe.with_video(files_of(result, "videos")["Clip"]).audio
    assert Path(files_of(result, "texts")["Captions"]).read_text().strip() == ""
    assert ran.finished["n5.subtitle"]["cues"] == 0


def test_a_highlight_that_nobody_here_can_write_down_has_no_captions(app, make_video, deaf):
    film = make_video(((making.SCENE, 2.0),), sound=True, size=SIZE).path

    result, _ = app("vertical-highlight", {"LoadVideo.1.Film": str(film), **HIGHLIGHT}, fails={"n4.transcribe"})

    assert list(files_of(result, "videos")) == ["Clip"]
    assert result["texts"] == []


def test_product_ad(app, tmp_path):
    picture = np.full((160, 160, 3), 245, np.uint8)
    picture[40:120, 50:110] = (20, 120, 40)
    product = images.save(picture, tmp_path / "product.png")
    values = {
        "LoadImage.1.Product": product,
        "PrimitiveString.3.Slogan": "Green",
        "video.generate.7.width": 180,
        "video.generate.7.height": 320,
        "video.generate.7.quality": "draft",
        "image.generate.13.width": 180,
        "image.generate.13.height": 320,
        "image.scale.14.width": 140,
        "image.scale.14.height": 160,
        "image.scale.15.width": 140,
        "image.scale.15.height": 160,
        "image.composite.16.x": 20,
        "image.composite.16.y": 55,
        "image.solid.8.width": 180,
        "image.solid.8.height": 80,
        "video.overlay.10.y": 225,
        "text.write.4.length": 40,
    }

    result, ran = app("product-ad", values)

    still = images.load(files_of(result, "images")["Still"]).astype(int)
    green = (still[..., 1] > still[..., 0] + 60) & (still[..., 1] > still[..., 2] + 50)
    assert green[70:200, 30:150].sum() > 4000
    film = files_of(result, "videos")["Ad"]
    found = probe.with_video(film)
    assert (found.video.width, found.video.height) == (180, 320)
    assert float(found.duration) == pytest.approx(max(1.0, ran.finished["n5.speak"]["seconds"]), abs=0.1)
    assert np.abs(samples.read(film).samples).max() > 0.05
    before = ran.finished["n7.generate"]["video"]
    assert differs(before, film, 0.8, np.s_[240:290]) > 2 * differs(before, film, 0.8, np.s_[40:180])


def test_talking_head(app, ear, tmp_path):
    voice = making.speech(1.6, rate=48000, snr_db=6.0)
    film = portraits.portrait(tmp_path / "head.mp4", seconds=1.6, size=(160, 120), sound=voice.noisy).path

    result, ran = app("talking-head", {"LoadVideo.1.Film": str(film), "video.beauty.3.quality": "draft"})

    made = files_of(result, "videos")["Clean film"]
    found = probe.with_video(made)
    assert (found.video.width, found.video.height) == (160, 120)
    assert ran.finished["n2.denoise"]["after"]["snr"] > ran.finished["n2.denoise"]["before"]["snr"] + 3
    assert "hello there" in Path(files_of(result, "texts")["Captions"]).read_text().lower()


def test_karaoke(app, tmp_path, lines):
    song = making.song(bpm=120, form=("chorus",), bars=1, rate=22050)
    path = making.write_wav(tmp_path / "song.wav", song.mix, song.rate)
    small = {"video.audiogram.8.width": 240, "video.audiogram.8.height": 160, "video.audiogram.8.fps": 10}

    result, ran = app("karaoke", {"LoadAudio.1.Song": str(path), "LoadText.2.Lyrics": str(lines), **small})

    film = files_of(result, "videos")["Karaoke"]
    found = probe.with_video(film)
    assert (found.video.width, found.video.height) == (240, 160)
    assert float(found.duration) == pytest.approx(song.seconds, abs=0.15)
    assert "n6.transcribe" not in ran.order  # the words are given
    assert ran.finished["n9.subtitle"]["cues"] == 2
    plain = ran.finished["n8.audiogram"]["video"]
    assert differs(plain, film, 0.5, np.s_[:30]) > 2 * differs(plain, film, 1.0, np.s_[:30])
    assert files_of(result, "audios")["Accompaniment"].endswith(".wav")


def test_silent_film_dub(app, tmp_path, make_video, lines):
    film = make_video(((making.SCENE, 2.0),), size=SIZE).path

    result, ran = app("silent-film-dub", {"LoadVideo.1.Film": str(film), "LoadText.2.Script": str(lines)})

    dubbed = files_of(result, "videos")["Dubbed film"]
    level = np.abs(samples.read(dubbed, sample_rate=16000, channels=1).samples[0])
    assert level[int(0.25 * 16000) : int(0.9 * 16000)].max() > 0.02
    assert level[: int(0.15 * 16000)].max() < 0.01
    assert "n4.captions" not in ran.order


def test_subtitle_languages(app, tmp_path, make_video, lines):
    film = make_video(((making.SCENE, 2.0),), sound=True, size=SIZE).path
    told = []
    for number, words in enumerate((("roter Drachen", "blaues Meer"), ("cerf-volant", "mer bleue"))):
        cues = [subtitles.Cue(0.2, 0.9, words[0]), subtitles.Cue(1.1, 1.8, words[1])]
        told.append(subtitles.save(cues, tmp_path / f"{number}.srt", "srt"))
    values = {
        "LoadVideo.1.Film": str(film),
        "LoadText.2.Subtitles": str(lines),
        "LoadText.3.First translation": told[0],
        "LoadText.4.Second translation": told[1],
        "video.translate.5.target_language": "de",
        "video.translate.6.target_language": "fr",
    }

    result, _ = app("subtitle-languages", values)

    texts = files_of(result, "texts")
    assert "roter Drachen" in Path(texts["First subtitles"]).read_text()
    assert "mer bleue" in Path(texts["Second subtitles"]).read_text()
    assert Path(texts["Original"]).read_bytes() == lines.read_bytes()
    for name in ("First language", "Second language"):
        made = files_of(result, "videos")[name]
        assert differs(film, made, 0.5, np.s_[60:90]) > 2 * differs(film, made, 1.0, np.s_[60:90])


def test_portrait_retouch(app, tmp_path):
    film = portraits.portrait(tmp_path / "head.mp4", seconds=0.1, size=(320, 240), grain=6.0)
    portrait = images.save(np.asarray(frames.at(film.path, Fraction(0)).rgb), tmp_path / "head.png")
    small = {"ImageScale.4.width": 160, "ImageScale.4.height": 200}

    result, ran = app("portrait-retouch", {"LoadImage.1.Portrait": portrait, **small})

    assert images.load(files_of(result, "images")["Retouched"]).shape == (200, 160, 3)
    assert len(ran.finished["n2.beauty"]["faces"]) == 1
    assert ran.finished["n2.beauty"]["skin_lift"] > 1


def test_audiogram(app, spoken, lines, red_blue):
    small = {"video.audiogram.5.width": 160, "video.audiogram.5.height": 160, "video.audiogram.5.fps": 10}
    path, made = spoken

    result, ran = app(
        "audiogram",
        {
            "LoadAudio.1.Sound": str(path),
            "LoadImage.2.Cover": str(red_blue),
            "LoadText.6.Subtitles": str(lines),
            **small,
        },
    )

    film = files_of(result, "videos")["Audiogram"]
    found = probe.with_video(film)
    assert (found.video.width, found.video.height) == (160, 160)
    assert float(found.duration) == pytest.approx(made.seconds, abs=0.15)
    shown = np.asarray(frames.at(film, Fraction(1)).rgb, int)
    assert (shown[..., 0] > shown[..., 2] + 60).sum() > 300  # the cover's red and its blue
    assert (shown[..., 2] > shown[..., 0] + 60).sum() > 300
    assert "n4.transcribe" not in ran.order


@pytest.mark.parametrize("is_given", [True, False], ids=["a-given-ground", "one-from-words"])
def test_green_screen(app, tmp_path, red_blue, is_given):
    film = screens.screen(tmp_path / "screen.mp4", size=SIZE, seconds=0.4).path
    ground = {"LoadImage.2.Background": str(red_blue)} if is_given else {}
    small = {"image.generate.3.width": 160, "image.generate.3.height": 128}

    result, ran = app("green-screen", {"LoadVideo.1.Film": str(film), **ground, **small})

    shown = np.asarray(frames.at(files_of(result, "videos")["Film"], Fraction(0)).rgb, int)
    green = (shown[..., 1] > shown[..., 0] + 60) & (shown[..., 1] > shown[..., 2] + 60)
    assert green.mean() < 0.02
    assert ("n3.generate" in ran.order) is not is_given
    if is_given:
        assert shown[5, 3, 0] > shown[5, 3, 2] + 80
        assert shown[5, -4, 2] > shown[5, -4, 0] + 80


def test_a_podcast_that_nobody_here_can_write_down_comes_without_its_words(app, spoken, deaf):
    result, _ = app("podcast", {"LoadAudio.1.Voice": str(spoken[0])}, fails={"n6.transcribe"})

    assert list(files_of(result, "audios")) == ["Podcast"]
    assert files_of(result, "texts") == {}


@pytest.mark.parametrize("has_music", [True, False], ids=["with-music", "without"])
def test_podcast(app, ear, tmp_path, spoken, has_music):
    path, _ = spoken
    tone = (0.2 * np.sin(2 * np.pi * 440 * np.arange(32000) / 16000)).astype(np.float32)
    music = {"LoadAudio.2.Music": str(making.write_wav(tmp_path / "music.wav", tone, 16000))} if has_music else {}

    result, ran = app("podcast", {"LoadAudio.1.Voice": str(path), **music})

    sound = files_of(result, "audios")["Podcast"]
    heard = samples.read(sound, sample_rate=16000, channels=1).samples[0]
    at = np.abs(np.fft.rfft(heard))[round(440 * len(heard) / 16000)] / len(heard)
    assert bool(at > 5e-3) is has_music
    assert ("n4.mix" in ran.order) is has_music
    assert ran.finished["n3.denoise"]["after"]["snr"] > ran.finished["n3.denoise"]["before"]["snr"] + 3
    assert "hello there" in Path(files_of(result, "texts")["Transcript"]).read_text().lower()
