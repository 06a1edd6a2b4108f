"""The built-in voices: a process of their own, its crash, and what it says. Truth is measured on the sound."""

import itertools
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, ModelNotInstalled, WorkerCrashed
from reelwright.kernels import voices
from reelwright.kernels.script import Phrase, Span
from reelwright.kernels.speech_edges import edges
from reelwright.models import espeak, espeak_sounds
from reelwright.models.host import Host
from reelwright.models.port import NoModels

VOICED = "We were away a year ago and we all really love our yellow lorry."
WINDOW = 1024


@pytest.fixture(scope="module")
def speaker():
    return espeak.speaker(NoModels())


@pytest.fixture(scope="module")
def say(speaker):
    def said(*spans, voice="siqi", language="en", pace=1.0, pitch=1.0):
        parts = tuple(Span(one) if isinstance(one, str) else one for one in spans)
        return speaker.say(Phrase(parts, None, language), voice, pace=pace, pitch=pitch)

    return said


def frames_of(spoken):
    frames = np.lib.stride_tricks.sliding_window_view(spoken.samples, WINDOW)[::256]
    levels = np.sqrt(np.mean(np.square(frames), axis=1))
    return frames[levels > 0.1 * levels.max()] * np.hanning(WINDOW)


def pitch_of(spoken):
    """Median pitch by autocorrelation, Hz."""
    found = []
    for frame in frames_of(spoken):
        alike = np.fft.irfft(np.square(np.abs(np.fft.rfft(frame, 4 * WINDOW))))
        lags = slice(spoken.rate // 500, spoken.rate // 50)
        lag = lags.start + int(np.argmax(alike[lags]))
        if alike[lag] > 0.4 * alike[0]:
            found.append(spoken.rate / lag)
    return float(np.median(found))


def colour_of(spoken):
    """Levels of third octaves from 200 Hz on, dB of the whole."""
    power = np.square(np.abs(np.fft.rfft(frames_of(spoken)))).mean(axis=0)
    hertz = np.fft.rfftfreq(WINDOW, 1 / spoken.rate)
    bands = 200 * 2 ** (np.arange(17) / 3)
    levels = [power[(hertz >= low) & (hertz < high)].sum() for low, high in itertools.pairwise(bands)]
    return np.maximum(10 * np.log10(np.array(levels) / sum(levels)), -35)


# ---- the process


def test_the_library_is_never_loaded_here(say):
    say("Hello.")

    assert not any(name.startswith("espeakng") for name in sys.modules)
    with open("/proc/self/maps") as maps:
        assert "espeak" not in maps.read()


def test_the_process_stays_for_the_next_phrase(say, speaker):
    say("One.")
    first = speaker._host.pid
    say("Two.")

    assert speaker._host.pid == first


def test_a_crash_can_be_mended_by_a_retry():
    host = Host(espeak.NAME, espeak.SCRIPT, espeak.MEND)
    host.greeting()
    os.kill(host.pid, signal.SIGSEGV)
    with pytest.raises(WorkerCrashed, match=r"espeak-ng was ended by SIGSEGV while it spoke; try again") as caught:
        host.ask(do="spell", language="en", text="hello")

    assert caught.value.retryable
    assert host.ask(do="spell", language="en", text="hello").told["sounds"]
    host.close()


def test_an_answer_cut_short_is_a_crash(tmp_path):
    script = tmp_path / "cut.py"
    script.write_text("print('{}', flush=True); input(); print('{\"bytes\": 100}'); print('short', end='', flush=True)")
    host = Host("cut", script, "")
    with pytest.raises(WorkerCrashed, match="cut ended by itself with code 0"):
        host.ask(do="say")


def test_a_program_that_cannot_start_tells_how_to_mend_it(tmp_path):
    script = tmp_path / "none.py"
    script.write_text('print(\'{"fault": "no library"}\')')
    with pytest.raises(ModelNotInstalled, match="espeak-ng cannot speak: no library; `pip install espeakng-loader`"):
        Host(espeak.NAME, script, espeak.MEND).greeting()


def test_the_process_ends_with_its_owner():
    code = (
        "import os\nfrom reelwright.models import espeak\nfrom reelwright.models.port import NoModels\n"
        "speaker = espeak.speaker(NoModels()); speaker.languages(); print(speaker._host.pid, flush=True); os._exit(1)"
    )
    pid = int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
    ended = subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], timeout=60)

    assert ended.returncode == 0


# ---- what it says


def test_a_hundred_languages_are_there(speaker):
    assert {"cmn", "yue", "en-us", "en-gb", "fr", "ja", "ru", "es"} <= set(speaker.languages())


@pytest.mark.parametrize(
    ("text", "language", "seconds"),
    [
        ("你好，今天天气很好。", "zh", 2.5),
        ("Hello, how are you today?", "en", 1.7),
        ("Bonjour, comment allez-vous?", "fr", 1.7),
        ("Привет, как дела?", "ru", 1.5),
        ("我们喜欢Python语言", "zh", 1.9),
        ("你好", "zh-HK", 0.35),
        ("colour", "en-GB", 0.3),
    ],
)
def test_it_speaks(say, text, language, seconds):
    spoken = say(text, language=language)

    assert (spoken.at[-1] - spoken.at[0]) / spoken.rate == pytest.approx(seconds, rel=0.35)
    assert 0.02 < float(np.abs(spoken.samples).max()) < 1


@pytest.mark.parametrize("voice", [one.name for one in voices.every()])
def test_no_voice_is_clipped(say, voice):
    assert float(np.abs(say("Aha! Yes, we all saw it.", voice=voice).samples).max()) < 0.95


@pytest.mark.parametrize("voice", ["siqi", "xiaobei", "emily"])
def test_no_voice_stands_beside_zero(say, voice):
    """A constant beside the sound would thump wherever a phrase begins."""
    samples = say(VOICED, voice=voice).samples

    assert abs(float(samples.mean())) < 0.01 * float(samples.std())


def test_a_voice_of_another_engine_is_refused(say):
    with pytest.raises(InvalidParameter, match="one engine speaks a whole text"):
        say("hello", voice="kokoro:af_heart")


def test_an_unknown_language_is_told_what_is_near(say):
    with pytest.raises(InvalidParameter, match=r"no language 'xx-YY'; near it are"):
        say("hello", language="xx-YY")


@pytest.mark.parametrize("voice", ["siqi", "zhilun", "aiwei", "harry"])
@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_pitch_is_exact(say, voice, factor):
    usual, moved = say(VOICED, voice=voice), say(VOICED, voice=voice, pitch=factor)

    assert pitch_of(moved) / pitch_of(usual) == pytest.approx(factor, rel=0.03)


def test_every_voice_is_told_from_all_others(say):
    """By a semitone of pitch, 2 dB of spectrum, or some of both."""
    heard = {one.name: say(VOICED, voice=one.name, language="en-us") for one in voices.every()}
    places = {name: np.append(colour_of(one) / 2 / 4, 12 * np.log2(pitch_of(one) / 100)) for name, one in heard.items()}
    near = {(a, b): float(np.linalg.norm(places[a] - places[b])) for a, b in itertools.combinations(places, 2)}

    assert min(near.values()) > 0.8, min(near, key=near.__getitem__)


def test_voices_have_the_pitch_that_the_table_says(say):
    off = {one.name: pitch_of(say(VOICED, voice=one.name, language="en-us")) / one.pitch for one in voices.every()}

    assert {name: ratio for name, ratio in off.items() if not 0.9 < ratio < 1.1} == {}


@pytest.mark.parametrize("pace", [0.5, 0.8, 1.3, 2.0])
def test_a_phrase_comes_near_its_tempo_and_tells_the_exact_time(say, pace):
    usual, quick = say(VOICED), say(VOICED, pace=pace)
    lasts = (quick.at[-1] - quick.at[0]) / quick.rate

    assert sum(quick.seconds) == pytest.approx(sum(usual.seconds) / pace, rel=0.005)
    assert lasts == pytest.approx(sum(quick.seconds), rel=0.25)


def test_spans_begin_where_their_words_do(say):
    """A pause before the second part shows in the sound where it begins."""
    spoken = say(Span("Hello, "), Span("my dear old friend.", gain=0.5))
    first, last = edges(spoken.samples[: spoken.at[1]], spoken.rate)

    assert spoken.at[0] == pytest.approx(first, abs=spoken.rate // 50)
    assert 0.05 < (spoken.at[1] - last) / spoken.rate < 0.5
    assert np.abs(spoken.samples[spoken.at[1] : spoken.at[1] + spoken.rate // 10]).max() > 0.01


def test_a_span_may_be_higher_than_its_neighbours(say):
    spans = [Span("We were away. "), Span("We were away, ", pitch=1.4), Span("we were away.")]
    spoken = say(*spans)
    cut = [
        type(spoken)(spoken.samples[start:end], spoken.rate, (0, end - start), (0.0,))
        for start, end in itertools.pairwise(spoken.at)
    ]

    assert pitch_of(cut[1]) / pitch_of(cut[0]) == pytest.approx(1.4, rel=0.15)


@pytest.mark.parametrize(
    ("span", "language"),
    [
        pytest.param(Span("hang2 zhang3", alphabet="pinyin", written="行长"), "zh", id="pinyin"),
        pytest.param(Span("HH AH0 L OW1", alphabet="arpabet", written="hello"), "en", id="ARPABET"),
        pytest.param(Span("təˈmeɪtoʊ", alphabet="ipa", written="tomato"), "en", id="IPA"),
        pytest.param(Span("h@l'oU", alphabet="espeak", written="hello"), "en", id="its own"),
    ],
)
def test_sounds_are_spoken(say, span, language):
    spoken = say(Span("A " if language == "en" else "他是"), span, language=language)

    assert (spoken.at[2] - spoken.at[1]) / spoken.rate > 0.25


@pytest.mark.parametrize(
    ("alphabet", "sounds", "told"),
    [
        ("pinyin", "qwfp", "is no pinyin"),
        ("arpabet", "HH XX", "no sound of ARPABET"),
        ("ipa", "h§", "no letter of IPA"),
    ],
)
def test_sounds_that_there_are_not_are_refused(say, alphabet, sounds, told):
    with pytest.raises(InvalidParameter, match=told):
        say(Span(sounds, alphabet=alphabet, written="x"), language="zh" if alphabet == "pinyin" else "en")


@pytest.mark.parametrize("text", ["[[hello]]", "\x0199P hello", "a\x00b", "<mark name='x'/>", "{}%&"])
def test_a_text_gives_no_commands(say, text):
    usual = pitch_of(say(VOICED))
    say(text)

    assert pitch_of(say(VOICED)) == pytest.approx(usual, rel=0.02)


@pytest.mark.parametrize(
    ("text", "sounds"), [("HH AH0 L OW1", "h|@|l|'oU"), ("K AE1 T", "k|'a|t"), ("S EH2 D", "s|,E|d")]
)
def test_arpabet(text, sounds):
    assert espeak_sounds.from_arpabet(text) == sounds


@pytest.mark.parametrize(("text", "sounds"), [("təˈmeɪtoʊ", "t|@|m|'eI|t|oU"), ("/tʃɪə.z/", "tS|i@|z")])
def test_ipa(text, sounds):
    assert espeak_sounds.from_ipa(text) == sounds


def test_ipa_of_a_text_keeps_its_marks(speaker):
    assert speaker.ipa("Hello, world.", "en-us") == "həlˈoʊ, wˈɜːld."


def test_a_text_sounds_the_same_whatever_was_said_before_and_in_every_process():
    """A breathy voice: its noise would go on from phrase to phrase, and so would the flutter of every voice."""
    asked = {"do": "say", "language": "en-us", "words_a_minute": 175, "sounds": False}
    timbre = "pitch 160 230\nbreath 0 9 9 9 9 9 9 9"
    one, other = (Host(espeak.NAME, espeak.SCRIPT, espeak.MEND) for _ in range(2))

    first = one.ask(**asked, timbre=timbre, text="The wind and the sun.").sound
    one.ask(**asked, timbre="pitch 90 120", text="Something else, and longer than before.")
    again = one.ask(**asked, timbre=timbre, text="The wind and the sun.").sound
    elsewhere = other.ask(**asked, timbre=timbre, text="The wind and the sun.").sound

    assert len(first) > 20_000
    assert first == again == elsewhere
