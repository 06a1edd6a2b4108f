"""Films of one coding joined by copying: every picture as it was, sound as long as they are, to the sample."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, NoVideo
from reelwright.media import chaining, frames, making, probe, samples, scenes

RATE, SOUND_RATE = 24, 48000


def film(path, count, level, *, size=(160, 90), quality="normal", rate=RATE):
    """`count` pictures with a bar that moves a pixel each, so that every picture is told from its neighbours."""
    pictures = []
    for number in range(count):
        picture = np.full((size[1], size[0], 3), level, np.uint8)
        picture[10:40, number % 100 : number % 100 + 30] = 255 - level
        pictures.append(picture)
    scenes.film(path, pictures, size, Fraction(rate), quality=quality, sound=None)
    return path


def grays(path):
    return [np.asarray(one.gray) for one in frames.stream(path)]


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    return [film(folder / f"{n}.mp4", count, level) for n, (count, level) in enumerate([(31, 20), (1, 90), (26, 150)])]


def joined(films, folder, *, sound=None, name="out.mp4"):
    chain = chaining.of(films, RATE, folder)
    chaining.write(chain, folder / name, sound=sound, scratch=folder)
    return chain, folder / name


def test_every_picture_is_copied_in_its_order_and_at_its_time(films, tmp_path):
    chain, out = joined(films, tmp_path)

    was = [picture for path in films for picture in grays(path)]
    now = grays(out)
    assert (chain.frames, chain.encoded, chain.starts) == (58, 0, (0, 31, 32, 58))
    assert len(now) == len(was)
    assert all(np.array_equal(a, b) for a, b in zip(now, was, strict=True))
    assert [one.time * RATE for one in frames.stream(out)] == list(range(58))
    assert probe.probe(out).video.duration == Fraction(58, RATE)


@pytest.mark.parametrize("extra", [-7000, 0, 9000], ids=["short", "exact", "long"])
def test_sound_is_as_long_as_the_picture_to_the_sample(films, tmp_path, extra):
    length = 58 * SOUND_RATE // RATE
    tone = 0.3 * np.sin(np.arange(length + extra) * 0.05).astype(np.float32)
    path = making.write_wav(tmp_path / "tone.wav", tone, SOUND_RATE)

    _, out = joined(films, tmp_path, sound=path)

    assert samples.read(out).samples.shape[1] == length
    assert chaining.drift(out) == 0


def test_sound_lies_where_it_lay(films, tmp_path):
    length = 58 * SOUND_RATE // RATE
    sound = np.zeros(length, np.float32)
    sound[40_000:42_000] = 0.5 * np.sin(np.arange(2000) * 0.2)
    path = making.write_wav(tmp_path / "beep.wav", sound, SOUND_RATE)

    _, out = joined(films, tmp_path, sound=path)

    heard = samples.read(out, channels=1).samples[0]
    lag = np.argmax(np.correlate(heard[39_000:44_000], sound[40_000:42_000], "valid")) - 1000
    assert abs(int(lag)) <= 1


def test_the_same_films_make_the_same_bytes(films, tmp_path):
    digests = {hashlib.sha256(joined(films, tmp_path, name=f"{n}.mp4")[1].read_bytes()).hexdigest() for n in range(2)}

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("given", "count"),
    [
        pytest.param({"size": (100, 100)}, 20, id="another-size"),
        pytest.param({"quality": "high"}, 20, id="another-quality"),
        pytest.param({"rate": 12}, 40, id="another-rate"),
    ],
)
def test_a_film_that_does_not_fit_is_encoded_like_the_first(films, tmp_path, given, count):
    odd = film(tmp_path / "odd.mp4", 20, 60, **given)

    chain, out = joined([films[0], odd, films[2]], tmp_path)

    assert [one.frames for one in chain.links] == [31, count, 26]
    assert chain.encoded == count
    assert len(grays(out)) == 31 + count + 26
    was = grays(films[0])
    assert all(np.array_equal(a, b) for a, b in zip(grays(out)[:31], was, strict=True))


def test_nothing_to_join_is_refused(tmp_path):
    with pytest.raises(InvalidParameter, match="at least one"):
        chaining.of([], RATE, tmp_path)


def test_sound_alone_is_refused(tmp_path):
    with pytest.raises((InvalidParameter, NoVideo)):
        chaining.of([making.sound_only(tmp_path / "sound.mp4")], RATE, tmp_path)
