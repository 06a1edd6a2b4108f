"""PocketSphinx: how hot words are spoken and weighed, what is trusted, and that nothing is made up.

Recordings are used where they are at hand; REELWRIGHT_DATA names their folder.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from reelwright.kernels.passages import Passage, Span
from reelwright.kernels.transcripts import Word
from reelwright.media import making, samples
from reelwright.models import sphinx
from reelwright.models.port import NoModels

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "speech"
needs_speech = pytest.mark.skipif(not DATA.is_dir(), reason="recorded speech is not here; REELWRIGHT_DATA names it")
RATE = 16000
MODELS = NoModels()


@pytest.fixture(scope="module")
def plain():
    return sphinx.recogniser(MODELS, {})


def recorded(name, start=0.0, end=None):
    sound = samples.read(DATA / name, sample_rate=RATE, channels=1).samples[0]
    sound = sound[round(start * RATE) : None if end is None else round(end * RATE)]
    return Passage(0.0, sound, (Span(0.0, len(sound) / RATE, 0.95, 0.5),))


def told(heard):
    return " ".join(word.text for word in heard.words)


KNOWN = {"reel": "R IY L", "wright": "R AY T", "wood": "W UH D", "cutters": "K AH T ER Z", "block": "B L AA K"}
KNOWN |= {"books": "B UH K S", "read": "R EH D", "read(2)": "R IY D", "or": "AO R", "k": "K EY"}


@pytest.mark.parametrize(
    ("word", "ways"),
    [
        pytest.param("read", ["R EH D", "R IY D"], id="known-ways"),
        pytest.param("reelwright", ["R IY L R AY T", None], id="two-known-words"),
        pytest.param("block books", ["B L AA K B UH K S"], id="phrase"),
        pytest.param("zork", [None], id="by-letters"),
        pytest.param("北京", [], id="no-english-letter"),
        pytest.param("block 北京", [], id="half-a-phrase"),
    ],
)
def test_hot_words_are_spoken_as_they_are_known(word, ways):
    found = list(sphinx.pronounced(word, KNOWN.get))
    assert len(found) == len(ways)
    assert all(way is None or way == one for way, one in zip(ways, found, strict=True))
    assert all(one.split() for one in found)


def test_words_that_cannot_be_boosted_do_no_harm(plain):
    odd = sphinx.recogniser(MODELS, {"北京": 5.0, "42": 3.0, "no such phrase": -2.0, "zork": -3.0, "reel": 0.0})
    assert [odd._shown[name] for name in sorted(odd._shown)] == ["reel"]
    assert plain._shown == {}


def test_a_word_that_is_to_be_rarer_is_spoken_as_before_and_less_likely(plain):
    rarer = sphinx.recogniser(MODELS, {"sorrow": -4.0})
    (name,) = rarer._shown
    assert rarer._decoder.lookup_word("sorrow") is None
    assert rarer._decoder.lookup_word(name) == plain._decoder.lookup_word("sorrow")
    chance, before = (
        one._chance(one._decoder.get_lm(sphinx.WORDS), word) for one, word in ((rarer, name), (plain, "sorrow"))
    )
    assert chance == pytest.approx(before / 100, rel=0.02)


def test_the_same_passage_gives_the_same_words_whatever_was_heard_before(plain):
    hum = Passage(0.0, making.noise(2.0, rate=RATE), (Span(0.0, 2.0, 0.9, 0.5),))
    talk = making.speech(3.0, rate=RATE, seed=1).noisy
    first = list(plain._decoded(sphinx._pcm(talk), sphinx.WORDS))
    plain.hear(hum)
    assert list(plain._decoded(sphinx._pcm(talk), sphinx.WORDS)) == first


def token(text, start, end, *, posterior, score):
    return sphinx._Token(text, start, end, posterior, score)


def test_trust_falls_with_the_posterior_and_behind_the_loop_of_phones():
    best = np.full(100, -20.0)
    sure = [token("a", 0, 50, posterior=0.9, score=-22.0), token("b", 50, 100, posterior=0.7, score=-22.0)]
    assert sphinx.trust(sure, best) == pytest.approx(0.8)
    unsure = [token("a", 0, 100, posterior=0.2, score=-22.0)]
    assert sphinx.trust(unsure, best) == pytest.approx(0.2)
    far = [token("a", 0, 100, posterior=0.8, score=-26.0)]
    assert sphinx.trust(far, best) == pytest.approx(0.8 - 0.25 * 2.5)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(2 * RATE), id="silence"),
        pytest.param(0.1 * np.random.default_rng(0).normal(size=3 * RATE), id="white-noise"),
        pytest.param(making.noise(3.0, rate=RATE), id="fan"),
        pytest.param(0.3 * np.sin(np.arange(3 * RATE) / 5.0), id="tone"),
    ],
)
def test_what_is_no_speech_gives_no_word_though_a_detector_took_it_for_some(plain, sound):
    passage = Passage(5.0, sound.astype(np.float32), (Span(5.2, 5.0 + len(sound) / RATE - 0.2, 0.9, 0.5),))
    heard = plain.hear(passage)
    assert heard.words == ()
    assert heard.doubtful == pytest.approx(passage.spans[0].end - passage.spans[0].start)


def test_the_language_model_knows_where_sentences_end(plain):
    words = [Word(one, 0, 1) for one in ("thank", "you", "the", "united", "states")]
    assert plain.ends(words, 1) > plain.ends(words, 0)
    assert plain.ends(words, 1) > plain.ends(words, 3)


@needs_speech
def test_words_come_with_their_times(plain):
    passage = recorded("en_librispeech_1995-1837-0001.wav", 0.0, 2.6)
    heard = plain.hear(passage)
    assert told(heard).endswith("was the first great sorrow of his life")
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert all(0.1 < word.start < word.end < 2.5 for word in heard.words)
    assert all(0 < word.confidence <= 1 for word in heard.words)


@needs_speech
def test_a_hot_word_is_heard_where_another_was_likelier(plain):
    passage = recorded("en_LJ001-0002.wav")
    assert "modern" not in told(plain.hear(passage))
    boosted = sphinx.recogniser(MODELS, {"MODERN": 4.0}).hear(passage)
    assert told(boosted).endswith("being comparatively modern")


@needs_speech
def test_a_hot_word_that_no_dictionary_has_is_heard_by_its_parts():
    passage = recorded("en_LJ001-0003.wav", 5.5)
    heard = sphinx.recogniser(MODELS, {"woodcutters": 4.0}).hear(passage)
    assert "woodcutters" in told(heard)


@needs_speech
def test_a_phrase_can_be_hot_and_hot_words_that_are_not_said_are_not_heard(plain):
    passage = recorded("en_LJ001-0004.wav")
    before = told(plain.hear(passage))
    assert "block looks" in before
    hot = {"block books": 4.0, "kubernetes": 5.0, "beijing": 5.0, "reelwright": 5.0, "tensor flow": 5.0}
    assert told(sphinx.recogniser(MODELS, hot).hear(passage)) == before.replace("block looks", "block books")


@needs_speech
@pytest.mark.parametrize("weight", [-6.0, -5.0])
def test_a_word_of_negative_weight_is_heard_no_more(plain, weight):
    passage = recorded("en_librispeech_1995-1837-0001.wav", 0.0, 2.6)
    assert "sorrow" not in told(sphinx.recogniser(MODELS, {"sorrow": weight}).hear(passage))


@needs_speech
def test_a_quiet_passage_is_turned_up(plain):
    loud = recorded("en_librispeech_1995-1837-0001.wav", 0.0, 2.6)
    quiet = Passage(0.0, loud.samples / 256, loud.spans)
    assert told(plain.hear(quiet)).endswith("great sorrow of his life")


@needs_speech
@pytest.mark.parametrize("name", ["zh_aishell_BAC009S0724W0121.wav", "zh_cosyvoice_prompt.wav"])
def test_mandarin_is_doubted(plain, name):
    heard = plain.hear(recorded(name))
    assert heard.words == ()
    assert heard.doubtful > 3
