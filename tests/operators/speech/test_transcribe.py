"""`speech.transcribe`: what is said and when, nothing where nobody speaks, and going on after a cut."""

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import EmptyFile, InvalidParameter, ModelNotInstalled, NoAudio, NoSpeech, NotMedia
from reelwright.kernels.transcripts import Heard, Word, by_marks
from reelwright.media import making, samples, subtitles
from reelwright.media.making import readers
from reelwright.media.wav import WavWriter
from reelwright.models import listening
from reelwright.models.port import NoModels, Provider
from reelwright.operators import Context
from reelwright.operators.speech.transcribe import TranscribeParams, transcribe

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
WORDS = (
    "printing in the only sense with which we are at present concerned differs from most if not from all "
    "the arts and crafts represented in the exhibition"
)
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="recordings are not here; REELWRIGHT_DATA names their folder")
RATE = 16000


class Parrot:
    """An engine that says the numbers of the spans it hears, at their times; in a language once it heard two."""

    name, pull, takes_hotwords = "parrot", "", True

    def __init__(self, *, marks=False, dies_after=None):
        self.passages, self.hotwords, self.languages = [], None, []
        self.marks, self.dies_after = marks, dies_after

    def speaks(self, language):
        return True

    def is_installed(self, models):
        return True

    def provider(self, models):
        return Provider(self.name, "model", {"weights": "0" * 64})

    def recogniser(self, models, language, hotwords):
        self.hotwords = hotwords
        return self

    def hear(self, passage, language=""):
        if self.dies_after is not None and len(self.passages) == self.dies_after:
            raise RuntimeError("killed")
        self.passages.append(passage)
        self.languages.append(language)
        words = []
        for number, span in enumerate(passage.spans, 1):
            half = (span.start + span.end) / 2
            words += [Word("number", span.start, half, 0.8), Word(f"{number}{'.' * self.marks}", half, span.end, 0.4)]
        return Heard(tuple(words), "de", doubtful=0.5)

    def ends(self, words, place):
        return by_marks(words, place) if self.marks else -10.0


@pytest.fixture
def parrot(monkeypatch):
    def use(**given):
        bird = Parrot(**given)
        monkeypatch.setattr(listening, "best", lambda language, models, engine="auto": bird)
        return bird

    return use


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """Two stretches of made speech of three seconds, at 2 and at 9 s of 14; the WAV, and where they are."""
    voice = making.speech(3.5, rate=RATE, seed=2)
    sound = np.zeros(14 * RATE, np.float32)
    places = []
    for at in (2.0, 9.0):
        first = round(at * RATE)
        sound[first : first + len(voice.clean)] += voice.clean
        places.append((at + voice.phrases[0][0], at + voice.phrases[-1][1]))
    sound += 1e-4 * np.random.default_rng(0).normal(size=len(sound)).astype(np.float32)
    return making.write_wav(tmp_path_factory.mktemp("talk") / "talk.wav", sound, RATE), places


def told(path, ctx=None, **params):
    result = transcribe(TranscribeParams(audio=str(path), **params), ctx)
    return result, json.loads(Path(result.json_file).read_text()) if result.json_file else None


# ---- what becomes of the words


def test_sentences_stand_where_somebody_speaks(parrot, talk):
    parrot()
    path, places = talk

    result, document = told(path)

    assert result.sentences[0].start == pytest.approx(places[0][0], abs=0.15)
    assert result.sentences[-1].end == pytest.approx(places[-1][1], abs=0.15)
    assert all(one.text.startswith("number ") for one in result.sentences)
    assert (result.language, result.engine, result.seconds) == ("de", "parrot", 14.0)
    assert result.words == 2 * len(result.sentences)
    assert result.report.doubtful == 1.0
    assert result.report.speech == pytest.approx(sum(b - a for a, b in places), rel=0.15)
    assert document["sentences"] == [{"text": one.text, "start": one.start, "end": one.end} for one in result.sentences]


def test_files_are_written_as_asked(parrot, talk, tmp_path):
    parrot()
    result, document = told(talk[0], formats=("srt", "vtt"), ctx=Context.local(out=tmp_path))

    assert document is None
    for path in (result.srt_file, result.vtt_file):
        cues = subtitles.read(path)
        assert [one.text for one in cues] == [one.text for one in result.sentences]
        assert [one.start for one in cues] == pytest.approx([one.start for one in result.sentences], abs=0.001)


def test_times_of_words_are_told_when_asked_for(parrot, talk):
    parrot()
    result, document = told(talk[0], words=True)
    words = document["sentences"][0]["words"]
    assert [one["text"] for one in words] == ["number", "1"]
    assert words[0]["start"] == result.sentences[0].start
    assert words[-1]["end"] == result.sentences[0].end
    assert [one["confidence"] for one in words] == [0.8, 0.4]


def test_times_are_of_the_whole_sound_whatever_stretch_is_heard(parrot, talk):
    bird = parrot()
    path, places = talk
    result, _ = told(path, start=7.25, duration=6.0)
    assert len(bird.passages) == 1
    assert result.seconds == 6.0
    assert result.sentences[0].start == pytest.approx(places[1][0], abs=0.15)


def test_beyond_the_end_there_is_nothing_to_hear(parrot, talk):
    parrot()
    result, _ = told(talk[0], start=60.0)
    assert (result.sentences, result.seconds) == ((), 0.0)


def test_a_length_turns_punctuation_on(parrot, talk):
    parrot()
    plain, _ = told(talk[0])
    marked, _ = told(talk[0], sentence_max_length=4)
    assert not any(one.text[-1] in ".,?" for one in plain.sentences)
    assert all(one.text[-1] in ".,?" and one.text[0] == "N" for one in marked.sentences)
    assert all(len(one.text.split()) <= 4 for one in marked.sentences)


def test_marks_of_the_engine_are_taken_off_without_a_length(parrot, talk):
    parrot(marks=True)
    plain, _ = told(talk[0])
    marked, _ = told(talk[0], sentence_max_length=50)
    assert [one.text for one in plain.sentences] == [one.text.rstrip(".") for one in marked.sentences]
    assert all(one.text.endswith(".") for one in marked.sentences)


def test_what_the_first_passage_is_in_the_others_are_heard_in(parrot, talk):
    bird = parrot()
    told(talk[0])
    assert bird.languages == ["", "de"]


def test_hot_words_reach_the_engine_in_small_letters(parrot, talk):
    bird = parrot()
    told(talk[0], hotwords=[{"word": " Reel  Wright ", "weight": 5}, {"word": "x", "weight": -6}])
    assert bird.hotwords == {"reel wright": 5.0, "x": -6.0}


def test_progress_counts_seconds_of_sound(parrot, talk):
    parrot()
    seen = []

    class Reporter:
        def progress(self, percent, phase, done, total, unit):
            seen.append((percent, done, total, unit))

        def __getattr__(self, name):
            return lambda *given: None

    told(talk[0], ctx=Context.local(reporter=Reporter()))
    assert [one[0] for one in seen] == sorted(one[0] for one in seen)
    assert seen[-1] == (100.0, 14.0, 14.0, "s")


# ---- cut off and begun again


class Parts:
    """What `jobs.perform` keeps in the memo: JSON only."""

    def __init__(self):
        self.kept = {}

    def find(self, name):
        return json.loads(self.kept[name]) if name in self.kept else None

    def save(self, name, value):
        self.kept[name] = json.dumps(value)


def test_a_run_that_was_cut_off_hears_only_what_it_had_not_heard(parrot, talk):
    whole, _ = (parrot(), told(talk[0]))[1]
    parts = Parts()
    parrot(dies_after=1)
    with pytest.raises(RuntimeError, match="killed"):
        told(talk[0], ctx=Context.local(parts=parts))
    assert len(parts.kept) == 1

    again = parrot()
    resumed, _ = told(talk[0], ctx=Context.local(parts=parts))

    assert [round(one.start) for one in again.passages] == [9]
    assert resumed.sentences == whole.sentences
    assert resumed.report == whole.report


# ---- nothing to hear


SILENCE = {
    "silence": np.zeros(3 * RATE, np.float32),
    "white-noise": 0.1 * np.random.default_rng(0).normal(size=4 * RATE).astype(np.float32),
    "fan": making.noise(4.0, rate=RATE),
    "tone": 0.3 * np.sin(np.arange(3 * RATE) / 5.0).astype(np.float32),
    "ten-samples": np.zeros(10, np.float32),
}


@pytest.mark.parametrize("name", SILENCE)
def test_silence_and_noise_invent_no_word(tmp_path, name):
    result, document = told(making.write_wav(tmp_path / "none.wav", SILENCE[name], RATE))
    assert result.sentences == ()
    assert document["sentences"] == []
    assert result.report.speech == 0


def test_music_invents_no_word(make_song):
    path, _ = make_song(bpm=120.0, form=("verse", "chorus"))
    assert told(path)[0].words == 0


@needs_data
@pytest.mark.parametrize(
    "name", ["denoise/noise_other.wav", "denoise/noise_street.wav", "music/voice_over_music_music.flac"]
)
def test_recorded_noise_and_music_invent_no_word(name):
    assert told(DATA / name)[0].words == 0


def test_no_speech_is_an_error_only_where_it_is_asked_for(tmp_path):
    path = making.write_wav(tmp_path / "none.wav", SILENCE["silence"], RATE)
    with pytest.raises(NoSpeech, match=r"nobody says a word in none.wav.*3.0 s"):
        told(path, require_speech=True)


def test_numbers_that_are_none_do_not_make_it_deaf(parrot, tmp_path, talk):
    parrot()
    sound = samples.read(talk[0]).samples.copy()
    sound[0, 100:120] = np.nan
    path = tmp_path / "nan.wav"
    with WavWriter(path, RATE, 1, sample_format="float32") as out:
        out.write(sound)
    assert len(told(path)[0].sentences) == len(told(talk[0])[0].sentences)


# ---- who recognises


@pytest.mark.parametrize("language", ["zh", "de"])
def test_without_a_model_another_language_is_refused_with_its_mend(talk, language):
    with pytest.raises(ModelNotInstalled, match=r"reelwright models pull .*pip install 'reelwright\[speech\]'"):
        told(talk[0], language=language)


def test_an_engine_that_does_not_know_the_language_is_refused(talk):
    with pytest.raises(InvalidParameter, match="'pocketsphinx' does not know the language 'zh'; those that do: sense"):
        told(talk[0], language="zh", engine="pocketsphinx")


def test_the_provider_is_the_built_in_one_where_nothing_is_installed():
    provider = transcribe.provider(TranscribeParams(audio="a.wav"), NoModels())
    assert (provider.name, provider.tier) == ("pocketsphinx", "builtin")


@needs_data
def test_mandarin_is_not_told_as_english_but_refused():
    with pytest.raises(ModelNotInstalled, match=r"somebody speaks for \d.\d s, but in no English words"):
        told(DATA / "speech/zh_aishell_BAC009S0724W0121.wav")


@needs_data
def test_english_is_told_without_any_weights():
    result, _ = told(DATA / "speech/en_LJ001-0002.wav", sentence_max_length=10, hotwords=[{"word": "modern"}])
    assert len(result.sentences) == 1
    assert result.sentences[0].text.endswith("being comparatively modern.")
    assert (result.language, result.engine) == ("en", "pocketsphinx")
    assert result.sentences[0].start == pytest.approx(0.03, abs=0.1)
    assert result.sentences[0].end == pytest.approx(1.8, abs=0.1)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """A sentence that is read, and a song after it."""
    song = making.song(bpm=100.0, form=("verse",), rate=RATE).accompaniment.mean(axis=0)
    behind = np.zeros(18 * RATE, np.float32)
    behind[13 * RATE : 17 * RATE] = song[: 4 * RATE]
    voice = DATA / "speech/en_LJ001-0001.wav"
    return readers.reading(
        tmp_path_factory.mktemp("read") / "read.wav", voice, WORDS, at=(1.0,), seconds=18.0, behind=behind
    )


@needs_data
def test_what_is_read_is_written_down_where_it_is_read(read):
    result, document = told(read.path, sentence_max_length=8, words=True)

    assert " ".join(one.text for one in result.sentences).lower().replace(",", "").rstrip(".") == read.words
    assert all(len(one.text.split()) <= 8 for one in result.sentences)
    (start, end) = read.spans[0]
    assert result.sentences[0].start == pytest.approx(start, abs=0.1)
    assert result.sentences[-1].end == pytest.approx(end, abs=0.1)
    words = [word for one in document["sentences"] for word in one["words"]]
    assert [word["text"].lower() for word in words] == read.words.split()
    assert all(a["end"] <= b["start"] + 0.011 for a, b in itertools.pairwise(words))
    assert result.report.confidence > 0.6


# ---- params and inputs


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sentence_max_length": 3}, "greater than or equal to 4"),
        ({"sentence_max_length": 51}, "less than or equal to 50"),
        ({"hotwords": [{"word": "a", "weight": 6}]}, "less than or equal to 5"),
        ({"hotwords": [{"word": "—"}]}, "give a word with a letter in it"),
        ({"language": "English"}, "match pattern"),
        ({"start": -1}, "greater than or equal to 0"),
        ({"duration": 0}, "greater than 0"),
        ({"formats": []}, "at least 1"),
    ],
)
def test_params_that_cannot_be_kept_are_refused(given, says):
    with pytest.raises(ValidationError, match=says):
        TranscribeParams(audio="a.wav", **given)


@pytest.mark.parametrize(("name", "error"), [("empty", EmptyFile), ("not_media", NotMedia)])
def test_broken_files_are_named(broken_files, name, error):
    with pytest.raises(error):
        told(broken_files[name])


def test_a_video_without_sound_is_refused(make_video):
    with pytest.raises(NoAudio):
        told(make_video(((making.SCENE, 2.0),)).path)
