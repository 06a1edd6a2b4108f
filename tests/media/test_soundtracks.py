"""The sound of a narrated film: voices at their sample, music under them, one loudness."""

import itertools

import numpy as np
import pytest

from reelwright.kernels import loudness
from reelwright.media import making, samples, soundtracks, wav
from reelwright.media.soundtracks import RATE, Part


def tone(seconds, hertz, level, rate=RATE):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def kept(path, sound):
    with wav.WavWriter(path, RATE, 2) as out:
        out.write(np.stack([sound, sound]))
    return path


def measured(sound):
    meter = loudness.Meter(RATE, [1.0, 1.0])
    meter.push(sound)
    return meter.integrated()


def test_a_voice_begins_at_its_sample_and_is_not_touched(tmp_path):
    voice = tone(1.0, 300, 0.3)

    soundtracks.shot(tmp_path / "shot.wav", voice=voice, ambience=None, lead=4001, count=70_000)

    heard = samples.read(tmp_path / "shot.wav").samples
    assert heard.shape == (2, 70_000)
    assert not heard[:, :4001].any()
    assert heard[0, 4001 : 4001 + len(voice)] == pytest.approx(voice, abs=1e-4)
    assert not heard[:, 4001 + len(voice) :].any()


def test_a_voice_longer_than_a_block_stays_whole(tmp_path):
    voice = tone(3.0, 200, 0.3)

    soundtracks.shot(tmp_path / "shot.wav", voice=voice, ambience=None, lead=4000, count=160_000)

    assert samples.read(tmp_path / "shot.wav").samples[1, 4000:148_000] == pytest.approx(voice, abs=1e-4)


def test_the_sound_of_a_place_lies_far_below(tmp_path):
    place = making.write_wav(tmp_path / "place.wav", tone(2.0, 500, 0.5), RATE)

    soundtracks.shot(tmp_path / "shot.wav", voice=np.zeros(0, np.float32), ambience=place, lead=0, count=2 * RATE)

    assert measured(samples.read(tmp_path / "shot.wav").samples) == pytest.approx(soundtracks.AMBIENCE, abs=0.7)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Two voices, from 1 s to 3 s and from 6 s to 8 s, in a film of 10 s, over a tone that stands for music."""
    folder = tmp_path_factory.mktemp("film")
    first = kept(folder / "a.wav", np.concatenate([np.zeros(RATE, np.float32), tone(2, 300, 0.2), tone(1, 300, 0)]))
    second = kept(folder / "b.wav", np.concatenate([np.zeros(RATE, np.float32), tone(2, 300, 0.2), tone(2, 300, 0)]))
    parts = [Part(first, 4 * RATE), Part(None, RATE), Part(second, 5 * RATE)]
    music = tone(1, 3000, 0.02)
    level = soundtracks.film(
        folder / "film.wav",
        folder / "film.flac",
        parts,
        voices=[(1.0, 3.0), (6.0, 8.0)],
        music=itertools.repeat(np.stack([music, music])),
    )
    return folder, level


def test_the_film_has_the_target_loudness(film):
    folder, level = film
    heard = samples.read(folder / "film.wav").samples

    assert heard.shape == (2, 10 * RATE)
    assert level.loudness == pytest.approx(soundtracks.TARGET, abs=0.2)
    assert measured(heard) == pytest.approx(soundtracks.TARGET, abs=0.2)
    assert 20 * np.log10(np.abs(heard).max()) < soundtracks.CEILING + 0.1


def test_what_is_kept_is_the_same_without_loss(film):
    folder, _ = film

    kept_sound = samples.read(folder / "film.flac").samples
    assert np.array_equal(kept_sound, samples.read(folder / "film.wav").samples)


def test_voices_lie_where_the_parts_lie(film):
    heard = samples.read(film[0] / "film.wav").samples[0]
    level = np.sqrt(np.square(heard.reshape(-1, RATE // 10)).mean(axis=1))
    loud = np.flatnonzero(level > 0.5 * level.max())

    assert set(loud) == {*range(10, 30), *range(60, 80)}


def test_music_goes_down_under_a_voice_and_comes_back(film):
    heard = samples.read(film[0] / "film.wav").samples[0]

    def music(start, end):
        part = heard[round(start * RATE) : round(end * RATE)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
        at = round(3000 * len(part) / RATE)
        return 20 * np.log10(spectrum[at - 2 : at + 3].max() / len(part))

    under, between = music(1.5, 2.5), music(4.6, 5.1)
    assert between - under == pytest.approx(soundtracks.DEPTH, abs=1.5)
    assert music(9.8, 10.0) < between - 6  # it fades at the end


def test_finished_sounds_are_copied_one_after_the_other(tmp_path):
    one = kept(tmp_path / "1.wav", tone(1.0, 300, 0.25))
    other = kept(tmp_path / "2.wav", tone(1.0, 500, 0.5))

    soundtracks.copied(tmp_path / "all.wav", [one, other], [RATE, RATE // 2])

    heard = samples.read(tmp_path / "all.wav").samples
    assert heard.shape == (2, RATE * 3 // 2)
    assert np.array_equal(heard[:, :RATE], samples.read(one).samples)
    assert np.array_equal(heard[:, RATE:], samples.read(other).samples[:, : RATE // 2])


def test_a_silent_film_stays_silent(tmp_path):
    level = soundtracks.film(tmp_path / "a.wav", tmp_path / "a.flac", [Part(None, RATE)], voices=[], music=None)

    assert level.loudness is None
    assert not samples.read(tmp_path / "a.flac").samples.any()
