"""The made media hold what their truth says, read back by means that made none of it."""

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from reelwright.media import making
from reelwright.media.making import BLACK, BLURRED, SCENE, WHITE, Shot

CUT = 12.0  # mean change of luma from frame to frame: far above what the figure's walk makes, far below a cut


def lumas(path):
    with av.open(str(path)) as box:
        return np.stack([frame.to_ndarray(format="gray").astype(float) for frame in box.decode(video=0)])


def rgb(path):
    with av.open(str(path)) as box:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in box.decode(video=0)]


def sharpness(luma):
    return float(np.abs(np.diff(luma, axis=1)).mean())


# ---- pictures


def test_every_cut_is_where_the_truth_says_and_nowhere_else(make_video):
    made = make_video()
    change = np.abs(np.diff(lumas(made.path), axis=0)).mean(axis=(1, 2))

    assert [(index + 1) / float(made.fps) for index in np.flatnonzero(change > CUT)] == pytest.approx(made.cuts)


def test_a_dissolve_moves_evenly_from_one_shot_to_the_next(make_video):
    made = make_video([Shot(SCENE, 1.0), Shot(SCENE, 1.5, dissolve=0.8)])
    frames = lumas(made.path)
    (start, end), fps = made.dissolves[0], float(made.fps)
    old, new = frames[round(start * fps) - 1], frames[round(end * fps)]
    nearness = [np.abs(frame - new).mean() for frame in frames[round(start * fps) : round(end * fps)]]

    assert made.cuts == ()
    assert all(later < earlier + 0.5 for earlier, later in pairwise(nearness))
    assert nearness[0] > 0.7 * np.abs(old - new).mean() > 0


@pytest.mark.parametrize(
    ("look", "holds"),
    [
        pytest.param(BLACK, lambda luma, scene: luma.max() < 8, id="black"),
        pytest.param(WHITE, lambda luma, scene: luma.min() > 247, id="white"),
        pytest.param(BLURRED, lambda luma, scene: sharpness(luma) < 0.3 * sharpness(scene), id="blurred"),
    ],
)
def test_a_bad_moment_looks_bad_and_is_told(make_video, look, holds):
    made = make_video([(SCENE, 1.0), (look, 1.0)])
    frames = lumas(made.path)

    assert holds(frames[-5], frames[10])
    assert not made.is_bad(0.5)
    assert made.is_bad(1.5)


def test_the_figure_is_in_its_box(make_video):
    made = make_video([(SCENE, 2.0)])
    for index, picture in list(enumerate(rgb(made.path)))[::10]:
        red, green, blue = (picture[..., channel] for channel in range(3))
        rows, columns = np.nonzero((red > 180) & (green > 150) & (red - blue > 90))
        box = made.boxes[index]
        inside = (
            (columns >= box.x - 2)
            & (columns <= box.x + box.width + 2)
            & (rows >= box.y - 2)
            & (rows <= box.y + box.height + 2)
        )
        assert len(rows) > 0.1 * box.width * box.height
        assert inside.mean() > 0.98


def test_the_figure_crosses_the_picture_once_in_a_shot(make_video):
    made = make_video([(SCENE, 2.0)])
    middles = [box.centre[0] for box in made.boxes]

    assert middles == sorted(middles)
    assert middles[0] < 0.2 * made.size[0]
    assert middles[-1] > 0.8 * made.size[0]


@pytest.mark.parametrize(
    ("fps", "size"),
    [
        pytest.param(25, (320, 180), id="25"),
        pytest.param(Fraction(30000, 1001), (176, 144), id="ntsc"),
        pytest.param(10, (90, 160), id="portrait"),
    ],
)
def test_a_video_has_the_frames_rate_size_and_tags_that_were_asked_for(make_video, fps, size):
    made = make_video([(SCENE, 1.0)], fps=fps, size=size)
    with av.open(str(made.path)) as box:
        stream = box.streams.video[0]
        shown = sum(1 for _ in box.decode(stream))
        assert (stream.width, stream.height) == size
        assert stream.average_rate == fps
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)  # BT.709, limited
    assert shown == made.frames == round(1.0 * fps)


def test_sound_is_as_long_as_the_picture(make_video):
    made = make_video([(SCENE, 2.0)], sound=True)
    with av.open(str(made.path)) as box:
        heard = sum(frame.samples for frame in box.decode(audio=0)) / box.streams.audio[0].rate

    assert heard == pytest.approx(made.seconds, abs=0.05)


def test_the_same_seed_makes_the_same_picture_and_another_seed_another(tmp_path):
    shots = [Shot(SCENE, 0.4)]
    one, same, other = (
        making.picture(tmp_path / f"{index}.mp4", shots, size=(96, 64), seed=seed).path.read_bytes()
        for index, seed in enumerate((7, 7, 8))
    )

    assert one == same
    assert one != other


# ---- voices


def test_noise_lies_as_far_below_the_voice_as_was_asked(make_speech):
    _, made = make_speech(6.0, snr_db=7.0)
    spoken = np.concatenate([np.arange(round(a * made.rate), round(b * made.rate)) for a, b in made.phrases])
    ratio = np.mean(np.square(made.clean[spoken], dtype=float)) / np.mean(np.square(made.noise, dtype=float))

    assert 10 * np.log10(ratio) == pytest.approx(7.0, abs=0.05)
    assert np.array_equal(made.noisy, made.clean + made.noise)


def test_between_phrases_there_is_silence_and_within_them_a_voice(make_speech):
    _, made = make_speech(8.0)
    said = np.zeros(len(made.clean), dtype=bool)
    for start, end in made.phrases:
        said[round(start * made.rate) : round(end * made.rate)] = True
        assert np.abs(made.clean[round(start * made.rate) : round(end * made.rate)]).max() > 0.1

    assert len(made.phrases) >= 3
    assert not made.clean[~said].any()


@pytest.mark.parametrize("pitch", [100.0, 200.0])
def test_a_voice_has_the_pitch_that_was_asked_for(pitch):
    vowel = making.voices.sung(np.random.default_rng(0), 16000, pitch, 0.5, "a", "a")[3200:6400]
    likeness = np.correlate(vowel, vowel, "full")[len(vowel) - 1 :]
    lags = np.arange(round(16000 / 400), round(16000 / 70))

    assert 16000 / lags[np.argmax(likeness[lags])] == pytest.approx(pitch, rel=0.03)


@pytest.mark.parametrize("vowel", making.voices.VOWELS)
def test_a_vowel_has_its_first_formant(vowel):
    made = making.voices.sung(np.random.default_rng(1), 16000, 90.0, 0.6, vowel, vowel)[1600:8000]
    spectrum = np.abs(np.fft.rfft(made * np.hanning(len(made))))
    hertz = np.fft.rfftfreq(len(made), 1 / 16000)
    peak = hertz[np.argmax(spectrum)]

    assert peak == pytest.approx(making.voices.VOWELS[vowel][0], abs=90)  # to the nearest harmonic


# ---- songs


def test_the_stems_add_up_to_the_mix(make_song):
    _, made = make_song(form=("verse", "chorus"), bars=2, rate=22050)

    assert np.allclose(sum(made.stems.values()), made.mix, atol=1e-6)
    assert np.allclose(made.accompaniment, made.mix - made.stems["vocals"], atol=1e-6)
    assert 0.5 < np.abs(made.mix).max() <= 1.0


@pytest.mark.parametrize("bpm", [90.0, 128.0])
def test_a_drum_is_struck_on_every_beat(make_song, bpm):
    _, made = make_song(bpm=bpm, form=("chorus",), bars=4, rate=22050)
    drums = np.abs(made.stems["drums"]).sum(axis=0)
    for beat in made.beats:
        at = round(beat * made.rate)
        before = drums[max(0, at - 200) : at].mean() if at else 0.0
        assert drums[at : at + 400].mean() > 2 * before

    assert np.diff(made.beats) == pytest.approx(60 / bpm)
    assert made.downbeats == made.beats[::4]


def test_the_chorus_is_louder_than_the_verse_and_sounds_the_same_each_time(make_song):
    _, made = make_song(rate=22050)
    parts = [made.mix[:, round(one.start * made.rate) : round(one.end * made.rate)] for one in made.sections]
    named = [one.name for one in made.sections]
    verse, first, second = parts[named.index("verse")], *(p for n, p in zip(named, parts, strict=True) if n == "chorus")

    assert np.std(first) > 1.1 * np.std(verse)
    assert np.corrcoef(first[0], second[0])[0, 1] > 0.8
    assert abs(np.corrcoef(first[0], verse[0])[0, 1]) < 0.5


def test_a_wav_comes_back_as_it_was_written(tmp_path):
    stereo = np.random.default_rng(0).uniform(-1, 1, (2, 999)).astype(np.float32)
    back, rate = making.read_wav(making.write_wav(tmp_path / "a.wav", stereo, 8000))

    assert rate == 8000
    assert np.abs(back - stereo).max() <= 1 / 32767


# ---- broken files


def test_broken_files_are_broken_in_the_way_they_say(broken_files):
    assert broken_files["empty"].stat().st_size == 0
    for name in ("not_media", "cut_short"):
        with pytest.raises(av.FFmpegError):
            av.open(str(broken_files[name]))


def test_a_file_cut_short_with_its_index_in_front_ends_early(broken_files):
    with av.open(str(broken_files["cut_short_faststart"])) as box:
        told = box.streams.video[0].frames
        read = 0
        try:
            for _ in box.decode(video=0):
                read += 1
        except av.FFmpegError:
            pass  # the packet that was cut through
    assert 0 < read < told


def test_a_file_without_frames_has_a_track_and_one_without_a_picture_has_none(broken_files):
    with av.open(str(broken_files["no_frames"])) as box:
        assert len(box.streams.video) == 1
        assert list(box.decode(video=0)) == []
    with av.open(str(broken_files["sound_only"])) as box:
        assert not box.streams.video
        assert sum(1 for _ in box.decode(audio=0)) > 0
