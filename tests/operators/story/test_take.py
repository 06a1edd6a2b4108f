"""`story.take` on clips and speech made so that lengths, times and words are known."""

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NoVideo
from reelwright.kernels import narration
from reelwright.media import frames, making, probe, samples

FRAME = 1 / 24


def lumas(path):
    return [np.asarray(one.gray, np.int16) for one in frames.stream(path)]


@pytest.mark.parametrize("seconds", [0.4, 1.3, 1.9, 2.6, 4.4], ids=str)
def test_a_take_lasts_as_long_as_its_speech_in_picture_and_sound(run_take, speech, seconds):
    made = run_take(**speech((0.1, seconds - 0.1), seconds=seconds))

    count = narration.frames(seconds, 24)
    assert (made.frames, made.seconds) == (count, pytest.approx(count / 24))
    assert seconds < made.seconds <= seconds + float(narration.LEAD + narration.TAIL) + FRAME
    assert len(lumas(made.video)) == count
    assert samples.read(made.sound).samples.shape == (2, count * 2000)
    media = probe.probe(made.video)
    assert media.video.duration == Fraction(count, 24)
    assert media.audio[0].duration == pytest.approx(media.video.duration, abs=1 / 1000)


@pytest.mark.parametrize(("seconds", "slowed", "repeats"), [(1.2, 1.0, 1), (2.4, 1.3125, 1), (5.0, 1.0, 4)], ids=str)
def test_a_clip_that_is_too_short_goes_on_moving(run_take, speech, seconds, slowed, repeats):
    made = run_take(**speech((0.1, seconds - 0.2), seconds=seconds))

    assert (made.slowed, made.repeats) == (pytest.approx(slowed, abs=0.03), repeats)
    assert made.motion > 0.5
    assert made.longest_stand < 0.1


def test_the_voice_begins_where_the_take_says(run_take, speech):
    made = run_take(**speech((0.25, 0.9), (1.3, 1.7), seconds=1.9))

    heard = samples.read(made.sound, channels=1).samples[0]
    loud = np.flatnonzero(np.abs(heard) > 0.01) / 48000
    assert [one.start for one in made.voices] == pytest.approx([made.speech_start + 0.25, made.speech_start + 1.3])
    assert loud[0] == pytest.approx(made.voices[0].start, abs=0.001)
    assert loud[loud > 1.2][0] == pytest.approx(made.voices[1].start, abs=0.001)
    assert [one.start for one in made.cues] == pytest.approx([one.start for one in made.voices])


def test_words_are_in_the_picture_while_they_are_said_and_only_then(run_take, speech):
    given = speech((0.3, 0.8), (1.4, 1.8), seconds=1.9)
    made, bare = run_take(**given), run_take(**given, shot="2", subtitles=False)

    changed = [
        number / 24
        for number, (one, other) in enumerate(zip(lumas(made.video), lumas(bare.video), strict=True))
        if np.abs(one - other)[45:].max() > 60
    ]
    said = [time for time in (n / 24 for n in range(made.frames)) if any(c.start <= time < c.end for c in made.cues)]
    assert changed == pytest.approx(said)
    assert 0 < changed[0] - made.voices[0].start <= FRAME


@pytest.mark.parametrize(
    "text",
    [
        "鲁镇的酒店的格局，是和别处不同的：都是当街一个曲尺形的大柜台，柜里面预备着热水，可以随时温酒。",
        "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.",
    ],
    ids=["zh", "en"],
)
def test_long_sentences_are_shown_in_two_lines_at_most_and_whole(run_take, speech, text):
    made = run_take(**speech((0.1, 3.9), seconds=4.0, texts=[text]))

    assert len(made.cues) > 1
    assert all(one.text.count("\n") <= 1 for one in made.cues)
    told = "".join("".join(one.text for one in made.cues).split())
    assert told == "".join(text.split())
    assert all(one.end <= after.start for one, after in zip(made.cues[:-1], made.cues[1:], strict=True))


def test_a_silent_take_has_its_text_and_the_length_asked_for(run_take):
    made = run_take(text="没有声音。", seconds=1.5, sound=False)

    assert (made.frames, made.sound) == (36, None)
    assert not probe.probe(made.video).audio
    assert [one.text for one in made.cues] == ["没有声音。"]


def test_a_take_comes_out_of_black_and_goes_into_it(run_take):
    made = run_take(seconds=1.0, sound=False, fade_in=0.25, fade_out=0.25)

    light = [float(one.mean()) for one in lumas(made.video)]
    assert light[0] < 0.35 * light[12]
    assert light[-1] < 0.35 * light[12]
    assert light[0] < light[3] < light[7]


def test_the_still_has_no_words(run_take, speech):
    made = run_take(**speech((0.1, 1.7), seconds=1.8))

    from reelwright.media import images

    still = images.load(made.still)
    assert still.shape == (90, 160, 3)
    assert still[60:].std() < 6


def test_a_clip_of_another_shape_fills_the_picture(run_take, clip):
    made = run_take(clip=clip(1.0, 60, (90, 160)), seconds=1.0, sound=False)

    assert probe.probe(made.video).video.shown == (160, 90)
    assert lumas(made.video)[0][-1].min() > 40  # no bars


def test_the_same_take_has_the_same_bytes(run_take, speech, tmp_path):
    given = speech((0.1, 0.9), seconds=1.0)
    made = [run_take(folder=tmp_path / name, **given) for name in ("a", "b")]

    for field in ("video", "sound", "still"):
        assert len({hashlib.sha256(Path(getattr(one, field)).read_bytes()).digest() for one in made}) == 1


def test_sentences_without_speech_are_refused(run_take, speech):
    with pytest.raises(InvalidParameter, match="speech"):
        run_take(sentences=speech((0.1, 0.5), seconds=0.6)["sentences"])


def test_a_clip_without_picture_is_refused(run_take, tmp_path):
    with pytest.raises(NoVideo):
        run_take(clip=str(making.sound_only(tmp_path / "sound.mp4")), seconds=1.0)
