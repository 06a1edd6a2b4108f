"""`speech.speak`: times against the sound in the file, tempo, loudness, formats, and what is refused."""

import itertools

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import limiting, loudness
from reelwright.kernels.utterance import Spoken
from reelwright.kernels.voice_activity import runs
from reelwright.media import samples
from reelwright.media.levelled import LOUDNESS
from reelwright.models import speakers
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.speak import SpeakParams, choose, speak

TEXT = (
    "The quick brown fox jumps over the lazy dog. It was a bright cold day in April! Were they striking thirteen?\n\n"
    "我们喜欢Python语言，价格是35.5元。今天天气很好。"
)
SENTENCES = 5
WITHIN = 0.04  # seconds


@pytest.fixture(scope="module")
def models():
    return NoModels()


@pytest.fixture
def say(tmp_path, models):
    """`say(text, **params)`: the result, and the samples of the file."""
    numbers = itertools.count()

    def said(text=TEXT, **given):
        context = Context.local(out=tmp_path / str(next(numbers)), models=models, phases=speak.phases)
        result = speak(SpeakParams(text=text, **given), context)
        if given.get("format") == "pcm":
            return result, np.fromfile(result.audio, "<i2").astype(np.float32) / 32768
        return result, samples.read(result.audio).samples[0]

    return said


def speech_in(sound, rate, *, gap=0.25):
    """(start, end) in seconds of what stands above -46 dB of the peak, 5 ms frames; shorter gaps than `gap` are pauses
    inside a sentence. Written without any code of the product."""
    size = rate // 200
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    levels = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1))
    found = [(start / 200, end / 200) for start, end in runs(levels > 0.005 * levels.max())]
    joined = found[:1]
    for start, end in found[1:]:
        if start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


@pytest.mark.parametrize("rate", [-500, -125, 0, 166])
@pytest.mark.parametrize("kind", ["wav", "mp3", "pcm"])
def test_sentence_times_are_those_of_the_sound(say, rate, kind):
    result, sound = say(speech_rate=rate, format=kind)
    # A pause between two sentences is 0.35 s at the usual tempo, one at a comma 0.2 s at the most.
    heard = speech_in(sound, 16000, gap=0.27 * (2 if rate == -500 else 1 / 0.8 if rate < 0 else 1 / 1.2 if rate else 1))

    assert len(heard) == len(result.sentences) == SENTENCES
    for sentence, (start, end) in zip(result.sentences, heard, strict=True):
        assert sentence.start == pytest.approx(start, abs=WITHIN)
        assert sentence.end == pytest.approx(end, abs=WITHIN)


@pytest.mark.parametrize(("steps", "factor"), [(-500, 0.5), (-125, 0.8), (166, 1.2), (500, 2.0)])
@pytest.mark.parametrize("voice", ["siqi", "zhilun", "Emily"])
def test_the_tempo_is_exact(say, voice, steps, factor):
    usual, moved = say(voice=voice)[0], say(voice=voice, speech_rate=steps)[0]
    ratios = [
        (before.end - before.start) / (after.end - after.start)
        for before, after in zip(usual.sentences, moved.sentences, strict=True)
    ]

    assert usual.seconds / moved.seconds == pytest.approx(factor, rel=0.01)
    assert ratios == pytest.approx([factor] * SENTENCES, rel=0.02)


@pytest.mark.parametrize("volume", [10, 25, 50, 100])
def test_volume_is_exact(say, volume):
    result, sound = say(volume=volume)
    meter, peaks = loudness.Meter(16000, [1.0]), limiting.PeakMeter(16000, 1)
    meter.push(sound[None])
    peaks.push(sound[None])

    wanted = LOUDNESS + 20 * np.log10(volume / 50)
    assert meter.integrated() == pytest.approx(wanted, abs=0.3)
    assert result.loudness == pytest.approx(wanted, abs=0.3)
    assert limiting.decibels(peaks.peak()) <= -0.9


def test_volume_0_is_silence_of_the_same_length(say):
    result, sound = say("Hello there.", volume=0)

    assert not sound.any()
    assert len(sound) == pytest.approx(len(say("Hello there.")[1]), abs=100)
    assert result.loudness is None


@pytest.mark.parametrize("kind", ["wav", "pcm", "mp3"])
@pytest.mark.parametrize("rate", [8000, 16000, 24000, 48000])
def test_formats_and_rates(say, kind, rate):
    result, sound = say("你好，世界。", format=kind, sample_rate=rate)

    assert result.audio.endswith(f".{kind}")
    assert result.sample_rate == rate
    assert len(sound) / rate == pytest.approx(result.seconds, abs=0.005)
    assert np.abs(sound).max() > 0.05


def test_no_join_clicks(say):
    """The sound is nearly silent between two sentences, and comes and goes softly."""
    result, sound = say()
    for before, after in itertools.pairwise(result.sentences):
        gap = sound[round(16000 * (before.end + 0.08)) : round(16000 * (after.start - 0.03))]
        assert np.abs(gap).max() < 1e-3
    assert np.abs(sound[[0, -1]]).max() < 1e-3


def test_a_break_lasts_as_long_as_it_says(say):
    for seconds in ("300ms", "1.2s"):
        result, sound = say(f'<speak>Hello<break time="{seconds}"/>world.</speak>')
        (_, first), (second, _) = speech_in(sound, 16000, gap=0.15)

        assert len(result.sentences) == 1
        assert second - first == pytest.approx({"300ms": 0.3, "1.2s": 1.2}[seconds], abs=0.02)


def test_a_break_between_sentences_takes_the_place_of_the_usual_pause(say):
    result, _ = say('<speak><break time="400ms"/>One.<break time="2s"/>Two.<break time="1s"/></speak>')
    first, second = result.sentences

    assert first.start == pytest.approx(0.4, abs=0.01)
    assert second.start - first.end == pytest.approx(2.0, abs=0.01)
    assert result.seconds - second.end == pytest.approx(1.1, abs=0.01)


@pytest.mark.parametrize(("rate", "factor"), [("50%", 0.5), ("slow", 0.8), ("200%", 2.0)])
def test_prosody_changes_the_tempo_of_its_part_alone(say, rate, factor):
    text = "One two three four five. {} Six seven eight."
    usual, _ = say(text.format("Now this part is other."))
    other = f'<prosody rate="{rate}">Now this part is other.</prosody>'
    result, _ = say(f"<speak>{text.format(other)}</speak>")
    lengths = [(a.end - a.start) / (b.end - b.start) for a, b in zip(usual.sentences, result.sentences, strict=True)]

    assert lengths == pytest.approx([1.0, factor, 1.0], rel=0.02)


def test_prosody_inside_a_sentence_leaves_its_neighbours(say):
    usual, _ = say("We were away, all of us, for a year.")
    result, _ = say('<speak>We were away, <prosody rate="0.5">all of us,</prosody> for a year.</speak>')
    added = (result.sentences[0].end - result.sentences[0].start) - (usual.sentences[0].end - usual.sentences[0].start)

    assert 0.3 < added < 1.3


def test_prosody_volume_is_heard(say):
    result, sound = say('<speak>Loud words here. <prosody volume="-12dB">Loud words here.</prosody></speak>')
    levels = [
        np.sqrt(np.mean(sound[round(16000 * one.start) : round(16000 * one.end)] ** 2)) for one in result.sentences
    ]

    assert 20 * np.log10(levels[0] / levels[1]) == pytest.approx(12, abs=0.5)


def test_another_voice_inside_a_document(say):
    result, _ = say('<speak>Hello. <voice name="Zhide">你好。</voice></speak>', voice="Emily")

    assert (result.voice, result.languages) == ("emily", ("en", "zh"))


def test_what_is_written_is_told_not_what_is_said(say):
    result, _ = say('<speak>The <sub alias="World Health Organization">WHO</sub> says so.</speak>')

    assert result.sentences[0].text == "The WHO says so."
    assert result.seconds > 2


def test_two_runs_are_alike(say):
    first, second = say()[0], say()[0]

    assert [one.start for one in first.sentences] == pytest.approx([one.start for one in second.sentences], abs=0.02)


def test_a_long_text_is_spoken_to_its_end(say):
    result, _ = say("今天天气很好，我们去公园。" * 60)

    assert len(result.sentences) == 60
    assert result.sentences[-1].end == pytest.approx(result.seconds, abs=0.2)


def test_progress_and_provider(models, tmp_path):
    told = []

    class Reporter:
        def progress(self, percent, phase, done, total, unit):
            told.append(percent)

        def __getattr__(self, name):
            return lambda *given: None

    context = Context.local(out=tmp_path, models=models, phases=speak.phases, reporter=Reporter())
    speak(SpeakParams(text=TEXT), context)

    assert told == sorted(told)
    assert told[-1] == 100
    assert choose(SpeakParams(text=TEXT), models).tier == "builtin"


# ---- what is refused, before any work


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"text": "<speak>a<b/></speak>"}, "params.text", "line 1, column 9: <b> is not understood"),
        ({"text": "<speak>a & b</speak>"}, "params.text", "broken at line 1, column 11"),
        ({"text": '<speak><voice name="nobody">a</voice></speak>'}, "params.text", "no voice 'nobody'"),
        ({"text": "…?!"}, "params.text", "no letter and no digit"),
        ({"text": "一" * 10_001}, "params.text", "10,001 characters; 10,000 can be said"),
        ({"text": "a", "voice": "zhitan"}, "params.voice", "near it are zhitian"),
        ({"text": "a", "voice": "gpt:x"}, "params.voice", "known are kokoro, matcha, piper"),
        ({"text": "a", "voice": "kokoro:x"}, "params.voice", "kokoro has no voice 'x'"),
    ],
)
def test_what_is_wrong_is_told_at_once(given, field, told):
    with pytest.raises(InvalidParameter) as caught:
        SpeakParams(**given)

    assert caught.value.field == field
    assert told in caught.value.message


def test_the_most_that_can_be_said_is_accepted():
    assert SpeakParams(text=f"<speak>{'一' * 10_000}</speak>")


def test_an_mp3_of_an_odd_rate_is_refused(say):
    with pytest.raises(InvalidParameter, match="sample_rate is 15000; an MP3 has one of 8000"):
        say("a", format="mp3", sample_rate=15000)


def test_letters_without_a_sound_are_told(say, monkeypatch):
    class Mute:
        def say(self, phrase, voice, *, pace, pitch):
            return Spoken(np.zeros(0, np.float32), 22050, (0, 0), [0.0])

    monkeypatch.setattr(speakers, "speaker", lambda provider, models: Mute())
    with pytest.raises(NothingFound, match="no sound for any letter"):
        say("hello")


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        pytest.param(
            "他身材很高大，青白脸色，皱纹间时常夹些伤痕。他一到店，所有喝酒的人便都看着他笑。", "zhitian", id="zh"
        ),
        pytest.param("Down she went, never once asking how, in 1984. The well was deep, and dark.", "emily", id="en"),
    ],
)
@pytest.mark.parametrize("rate", [-250, 0, 300], ids=["slow", "usual", "quick"])
def test_words_are_told_when_they_are_said(say, text, voice, rate):
    result, sound = say(text=text, voice=voice, speech_rate=rate, words=True)

    for sentence in result.sentences:
        assert "".join(one.text for one in sentence.words) == sentence.text
        starts = [one.start for one in sentence.words]
        assert starts == sorted(starts)
        assert starts[0] == pytest.approx(sentence.start, abs=0.03)
    # After a mark the voice pauses: the word that follows begins where it is heard again.
    words = [one for sentence in result.sentences for one in sentence.words]
    clauses = [after.start for before, after in itertools.pairwise(words) if before.text.rstrip()[-1] in "，,"]
    assert clauses
    for start in clauses:
        level = np.abs(sound[round(16000 * (start - 0.025)) : round(16000 * (start + 0.1))]) / np.abs(sound).max()
        assert level[:320].max() < 0.15 < level.max()  # 20 ms of the pause, and the word


def test_words_are_told_only_when_asked_for(say):
    assert not any(one.words for one in say(text="你好，世界。")[0].sentences)
