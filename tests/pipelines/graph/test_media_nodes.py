"""Films and sounds through graphs: what goes in comes out with its frames, its speed and its sound."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.media import frames, making, probe, samples

SIZE = (160, 90)


@pytest.fixture
def film(make_video) -> Path:
    return make_video(((making.SCENE, 1.0),), sound=True, size=SIZE, fps=10).path


@pytest.fixture
def tone(tmp_path) -> Path:
    return making.write_wav(tmp_path / "tone.wav", tone_of(440), 16000)


def tone_of(pitch, seconds=1.0):
    return (0.3 * np.sin(2 * np.pi * pitch * np.arange(round(16000 * seconds)) / 16000)).astype(np.float32)


def pitch_of(path):
    heard = samples.read(path, sample_rate=16000, channels=1).samples[0]
    return np.argmax(np.abs(np.fft.rfft(heard))) * 16000 / len(heard)


def test_a_films_parts_make_it_again(run, film):
    graph = {
        "1": {"class_type": "LoadVideo", "inputs": {"file": str(film)}},
        "2": {"class_type": "GetVideoComponents", "inputs": {"video": ["1", 0]}},
        "3": {"class_type": "CreateVideo", "inputs": {"images": ["2", 0], "audio": ["2", 1], "fps": ["2", 2]}},
        "4": {"class_type": "SaveVideo", "inputs": {"video": ["3", 0], "filename_prefix": "x"}},
    }

    ran = run(graph)

    made, given = (probe.with_video(one) for one in (ran.finished["results"]["videos"][0]["file"], film))
    assert (made.video.width, made.video.height) == (given.video.width, given.video.height)
    assert made.audio
    assert ran.order == ["n2.extract", "n3.sound", "results"]


def test_frames_that_are_saved_are_pictures(run, film):
    graph = {
        "1": {"class_type": "VHS_LoadVideo", "inputs": {"video": str(film)}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }

    assert len(run(graph).finished["results"]["images"]) == 10


def test_pictures_become_a_film_with_a_sound(run, red_blue, tone):
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": str(red_blue)}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "ImageBatch", "inputs": {"image1": ["1", 0], "image2": ["2", 0]}},
        "4": {"class_type": "LoadAudio", "inputs": {"audio": str(tone)}},
        "5": {"class_type": "VHS_VideoCombine", "inputs": {"images": ["3", 0], "audio": ["4", 0], "frame_rate": 2.0}},
    }

    film = run(graph).finished["results"]["videos"][0]["file"]

    first, second = (np.asarray(frames.at(film, Fraction(at)).rgb, int)[45, 20] for at in (0, Fraction(1, 2)))
    assert first[0] > 150 > first[1]
    assert second[0] < 100 < second[1]
    assert pitch_of(film) == pytest.approx(440, abs=3)


@pytest.mark.parametrize(
    ("class_type", "inputs", "seconds", "pitch"),
    [
        pytest.param("TrimAudioDuration", {"audio": "one", "start_index": 0.25, "duration": 0.5}, 0.5, 440, id="trim"),
        pytest.param("AudioConcat", {"audio1": "one", "audio2": "two", "direction": "after"}, 2.0, None, id="after"),
        pytest.param("AudioMerge", {"audio1": "one", "audio2": "one", "merge_method": "add"}, 1.0, 440, id="merge"),
    ],
)
def test_a_sound_node(run, tone, tmp_path, class_type, inputs, seconds, pitch):
    other = making.write_wav(tmp_path / "other.wav", tone_of(660), 16000)
    graph = {
        "one": {"class_type": "LoadAudio", "inputs": {"audio": str(tone)}},
        "two": {"class_type": "LoadAudio", "inputs": {"audio": str(other)}},
        "node": {
            "class_type": class_type,
            "inputs": {name: [value, 0] if value in ("one", "two") else value for name, value in inputs.items()},
        },
        "save": {"class_type": "SaveAudio", "inputs": {"audio": ["node", 0]}},
    }

    made = run(graph).finished["results"]["audios"][0]["file"]

    assert float(samples.read(made).seconds) == pytest.approx(seconds, abs=0.01)
    assert pitch is None or pitch_of(made) == pytest.approx(pitch, abs=3)


def test_before_puts_the_second_first(run, tone, tmp_path):
    other = making.write_wav(tmp_path / "other.wav", tone_of(660, 0.5), 16000)
    graph = {
        "1": {"class_type": "LoadAudio", "inputs": {"audio": str(tone)}},
        "2": {"class_type": "LoadAudio", "inputs": {"audio": str(other)}},
        "3": {"class_type": "AudioConcat", "inputs": {"audio1": ["1", 0], "audio2": ["2", 0], "direction": "before"}},
        "4": {"class_type": "TrimAudioDuration", "inputs": {"audio": ["3", 0], "start_index": 0, "duration": 0.5}},
        "5": {"class_type": "SaveAudio", "inputs": {"audio": ["4", 0]}},
    }

    assert pitch_of(run(graph).finished["results"]["audios"][0]["file"]) == pytest.approx(660, abs=3)
