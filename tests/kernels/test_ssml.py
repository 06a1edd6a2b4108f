"""SSML: what is understood, and where a fault is said to be."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels import ssml
from reelwright.kernels.script import Pause, Run, Stop


def spoken(inner):
    return [one for one in ssml.marks(f"<speak>{inner}</speak>") if not (isinstance(one, Run) and not one.text.strip())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<speak>a</speak>", True),
        ('  <?xml version="1.0"?>\n<speak version="1.1">a</speak>', True),
        ("\ufeff<speak/>", True),
        ("<speaker>", False),
        ("a < b", False),
        ("<p>a</p>", False),
    ],
)
def test_what_counts_as_ssml(text, expected):
    assert ssml.is_ssml(text) is expected


@pytest.mark.parametrize(
    ("given", "pace", "pitch", "gain"),
    [
        ('rate="slow"', 0.8, 1, 1),
        ('rate="150%"', 1.5, 1, 1),
        ('rate="+20%"', 1.2, 1, 1),
        ('rate="-25%"', 0.75, 1, 1),
        ('rate="0.5"', 0.5, 1, 1),
        ('pitch="+12st"', 1, 2, 1),
        ('pitch="-10%"', 1, 0.9, 1),
        ('volume="+6.0206dB"', 1, 1, 2),
        ('volume="100"', 1, 1, 2),
        ('volume="silent"', 1, 1, 0),
    ],
)
def test_prosody(given, pace, pitch, gain):
    (run,) = spoken(f"<prosody {given}>hello</prosody>")

    assert (run.style.pace, run.style.pitch, run.style.gain) == pytest.approx((pace, pitch, gain), rel=1e-4)


def test_prosody_multiplies_where_it_is_nested():
    (run,) = spoken('<prosody rate="2"><prosody rate="0.75" pitch="high">x</prosody></prosody>')

    assert (run.style.pace, run.style.pitch) == (1.5, 1.18)


def test_the_vendors_speak_has_its_own_scale():
    (run,) = ssml.marks('<speak voice="Siqi" rate="500" pitch="-500" volume="100">x</speak>')

    assert (run.style.voice, run.style.pace, run.style.pitch, run.style.gain) == ("Siqi", 2.0, 0.5, 2.0)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [('time="500ms"', 0.5), ('time="1.5s"', 1.5), ('strength="strong"', 0.75), ("", 0.4), ('strength="none"', 0.0)],
)
def test_breaks(given, seconds):
    assert spoken(f"a<break {given}/>b")[1] == Pause(seconds)


def test_paragraphs_and_sentences():
    found = spoken("<p><s>a</s><s>b</s></p>")

    assert [one for one in found if isinstance(one, Stop)] == [
        Stop(True),
        *(Stop(), Stop(), Stop(), Stop()),
        Stop(True),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "language", "said"),
    [
        ("telephone", "138-1234", "zh", "幺三八，幺二三四"),
        ("telephone", "555 1234", "en", "5 5 5, 1 2 3 4"),
        ("digits", "2024", "zh", "二零二四"),
        ("date", "2024-10-01", "zh", "二零二四年10月1日"),
        ("date", "2024-10-01", "en", "October 1st, 2024"),
        ("date", "31/12/1999", "en", "December 31st, 19 99"),
        ("date", "1905-03-22", "en", "March 22nd, 19 oh 5"),
        ("time", "12:05", "zh", "12点5分"),
        ("time", "9:00", "en", "9 o'clock"),
        ("ordinal", "22", "en", "22nd"),
        ("ordinal", "13", "en", "13th"),
        ("ordinal", "3", "zh", "第3"),
        ("fraction", "3/4", "zh", "4分之3"),
        ("fraction", "1/2", "en", "1 half"),
        ("currency", "$35.50", "en", "35 dollars and 50 cents"),
        ("currency", "¥99", "zh", "99元"),
        ("currency", "1 GBP", "en", "1 pound"),
        ("measure", "120km/h", "zh", "120千米每小时"),
        ("measure", "35%", "zh", "百分之35"),
        ("measure", "5 kg", "en", "5 kilograms"),
        ("characters", "AB-1", "en", "A B dash 1"),
        ("punctuation", "。", "zh", "句号"),
        ("cardinal", "1,234", "en", "1234"),
        ("name", "Smith", "en", "Smith"),
        ("date", "soon", "en", "soon"),
    ],
)
def test_say_as(kind, text, language, said):
    about = "好" if language == "zh" else "ok"
    run = spoken(f'{about} <say-as interpret-as="{kind}">{text}</say-as>')[1]

    assert (run.text, run.said) == (text, said)


def test_substitutes_and_sounds():
    marks = spoken('<sub alias="B">A</sub><phoneme alphabet="py" ph="hang2">行</phoneme><phoneme ph="a">c</phoneme>')

    assert [(one.text, one.said, one.alphabet) for one in marks] == [
        ("A", "B", ""),
        ("行", "hang2", "pinyin"),
        ("c", "a", "ipa"),
    ]


def test_voices_and_languages():
    marks = spoken('<voice name="Emily">a</voice><lang xml:lang="fr-FR">b</lang>')

    assert [(one.style.voice, one.style.language) for one in marks] == [("Emily", None), (None, "fr-FR")]
    assert ssml.voices_named(marks) == {"Emily"}


def test_line_ends_of_the_document_are_blanks():
    (run,) = ssml.marks("<speak>one\n   two</speak>")

    assert run.text == "one two"


def test_a_declared_encoding_does_not_matter():
    assert ssml.marks('<?xml version="1.0" encoding="GBK"?><speak>你好</speak>')[0].text == "你好"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        pytest.param("<speak>\n a & b</speak>", "line 2, column 5: not well-formed", id="a bare ampersand"),
        pytest.param("<speak>\n<p>a</speak>", "line 2, column 7: mismatched tag", id="a tag left open"),
        pytest.param("<speak>a", "line 1, column 9: no element found", id="no end"),
        pytest.param("<speak>\n\n  <audio/></speak>", "line 3, column 3: <audio> is not understood", id="unknown tag"),
        pytest.param("<voice>a</voice>", "line 1, column 1: the document begins with <voice>", id="another root"),
        pytest.param('<speak><break time="5"/></speak>', "column 8: <break>: time is '5'", id="no unit"),
        pytest.param('<speak><break time="60s"/></speak>', "lasts 10 s at most", id="too long a break"),
        pytest.param('<speak><prosody rate="9"/></speak>', "9 times the usual is too far off", id="too fast"),
        pytest.param('<speak><prosody rate="quick"/></speak>', "'quick' is none of x-slow", id="unknown word"),
        pytest.param("<speak><sub>a</sub></speak>", "<sub> needs the attribute alias", id="no alias"),
        pytest.param('<speak><say-as interpret-as="x">1</say-as></speak>', "known are cardinal", id="unknown kind"),
        pytest.param('<speak><phoneme ph="a" alphabet="z">b</phoneme></speak>', "known are ipa", id="unknown alphabet"),
        pytest.param('<speak rate="900">a</speak>', "rate is '900'; give a number of -500 to 500", id="out of range"),
        pytest.param('<speak><sub alias="a"><p/></sub></speak>', "<p> stands inside <sub>", id="text only"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "b">]><speak>&a;</speak>', "leave them out", id="entities"),
        pytest.param('<!DOCTYPE x SYSTEM "file:///etc/passwd"><speak>a</speak>', "leave them out", id="outside files"),
    ],
)
def test_a_fault_is_told_with_its_place(document, told):
    with pytest.raises(InvalidParameter) as caught:
        ssml.marks(document)

    assert told in caught.value.message
    assert caught.value.field == "text"
