"""All fourteen functions by the vendor's library against a real server: files, names, types and documents of each."""

import json
from fractions import Fraction

import av
import httpx
import numpy as np
import pytest

from reelwright.media import making

RATE, FPS, COUNT, SIZE = 48000, 25, 30, (320, 180)
GREEN, RED = (44, 176, 66), (190, 60, 50)
SCORES = ("MOS", "Discontinuity", "Coloration", "Noisiness")
QUALITY_KEYS = {
    *("Channel", "Tag", "Time", "Input", "Total Duration", "Loudness(0-5)", "Loudness", "Loudness(-90dB-0dB)"),
    *("Speech Ratio", "Double Talk Ratio(%)", "Bad Mute Ratio(%)", "Saturated Ratio(%)"),
    *(key for word in SCORES for key in (f"{word}(0-5)", f"Worst {word}(0-5)", word)),
}


@pytest.fixture(scope="module")
def inputs(bucket, tmp_path_factory):
    """A film held upright but stored lying, with speech that begins late; a song; a picture."""
    folder = tmp_path_factory.mktemp("inputs")
    voice = making.speech(2.5, rate=RATE).clean
    song = making.song(bpm=120, bars=4)
    files = {
        "take.2.mp4": film(folder / "take.2.mp4", voice),
        "voice.wav": making.write_wav(folder / "voice.wav", voice, RATE),
        "song.wav": making.write_wav(folder / "song.wav", song.mix, song.rate),
        "ground.png": still(folder / "ground.png"),
    }
    for name, path in files.items():
        bucket.put_object_from_file(f"in/{name}", str(path))
    return files


def drawn(number):
    """A chequered cloth that moves before a green screen: enough to see for a cover."""
    light = np.linspace(0.9, 1.1, SIZE[0])[None, :, None]
    rgb = np.tile(np.array(GREEN) * light, (SIZE[1], 1, 1)).astype(np.uint8)
    rows, columns = np.mgrid[:110, :120] // 10
    cloth = np.where(((rows + columns) % 2)[..., None], RED, (240, 220, 200)) - columns[..., None] * 3
    rgb[40:150, 80 + 2 * number : 200 + 2 * number] = cloth
    return rgb


def film(path, voice):
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "14"})
        video.height, video.width, video.pix_fmt = *SIZE, "yuv420p"
        video.set_display_rotation(-90)
        sound = out.add_stream("aac", rate=RATE, layout="mono")
        for number in range(COUNT):
            lying = np.ascontiguousarray(np.rot90(drawn(number)))
            frame = av.VideoFrame.from_ndarray(lying, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(voice[None, : RATE * COUNT // FPS]), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, RATE // 5, Fraction(1, RATE)
        parts = av.AudioResampler("fltp", "mono", RATE, sound.codec_context.frame_size)
        for part in (*parts.resample(frame), *parts.resample(None)):
            out.mux(sound.encode(part))
        out.mux(sound.encode(None))
    return path


def still(path):
    with av.open(str(path), "w", format="image2") as out:
        picture = out.add_stream("png", rate=1)
        picture.width, picture.height, picture.pix_fmt = *SIZE, "rgb24"
        frame = av.VideoFrame.from_ndarray(np.full((*SIZE[::-1], 3), 90, np.uint8), format="rgb24")
        frame.pts = 0
        out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
    return path


def is_nothing(result):
    assert result == {}


def are_covers(result):
    assert all(one.keys() == {"Score", "Time", "Url"} for one in result)
    assert all(isinstance(one["Time"], str) and isinstance(one["Score"], float) for one in result)
    assert 0 <= float(result[0]["Time"]) <= 1000 * COUNT / FPS  # ms
    assert [one["Url"] for one in result] == ["out/Cover.png"]


def is_a_summary(result):
    assert result.keys() == {"VideoSummaryList"}
    (clip,) = result["VideoSummaryList"]
    assert all(isinstance(value, str) for value in clip.values())
    assert 0 <= float(clip["StartTime"]) < float(clip["EndTime"]) <= COUNT / FPS


def are_choruses(result):
    assert all(one.keys() == {"start", "end", "title"} and one["title"] == "副歌" for one in result)


def is_quality(result):
    (channel,) = result
    assert channel.keys() == QUALITY_KEYS
    assert all(isinstance(value, str) for value in channel.values())
    assert (channel["Channel"], channel["Input"], channel["Total Duration"]) == ("1", "in/voice.wav", "2.50")


MIX = {"inputs": {"file": "oss://films/in/song.wav"}}
GROUND = {"bgimage": "oss://films/in/ground.png"}
FUNCTIONS = [
    ("Cover", "take.2.mp4", None, [".png"], are_covers),
    ("VideoClip", "take.2.mp4", None, [".mp4"], is_a_summary),
    ("VideoDelogo", "take.2.mp4", {"LogoModel": "tv,internet"}, [".mp4"], is_nothing),
    ("VideoDetext", "take.2.mp4", {"Time": [0, 1]}, [".mp4"], is_nothing),
    ("CaptionExtraction", "take.2.mp4", {"fps": 5, "lang": "ch"}, [".srt"], is_nothing),
    ("VideoGreenScreenMatting", "take.2.mp4", None, [".webm"], is_nothing),
    ("VideoGreenScreenMatting", "take.2.mp4", GROUND, [".mp4"], is_nothing),
    ("FaceBeauty", "take.2.mp4", {"beauty_params": "whiten=20,smooth=50"}, [".mp4"], is_nothing),
    ("VideoH2V", "take.2.mp4", None, [".mp4"], is_nothing),
    ("MusicSegmentDetect", "song.wav", None, [".json"], are_choruses),
    ("AudioBeatDetection", "song.wav", None, [".json"], is_nothing),
    ("AudioQualityAssessment", "voice.wav", None, [], is_quality),
    ("SpeechDenoise", "voice.wav", None, [".wav"], is_nothing),
    ("AudioMixing", "voice.wav", MIX, [".wav"], is_nothing),
    ("MusicDemix", "song.wav", None, [".wav", "-00002.wav"], is_nothing),
]


@pytest.mark.parametrize(
    ("function", "source", "asked", "endings", "is_right"),
    [pytest.param(*one, id=f"{one[0]}{'-background' if one[2] is GROUND else ''}") for one in FUNCTIONS],
)
def test_every_function_tells_and_writes_what_is_published(
    vendor, inputs, tmp_path, function, source, asked, endings, is_right
):
    params = None if asked is None else json.dumps(asked)

    job = vendor.run(function, f"oss://films/in/{source}", f"oss://films/out/{function}", job_params=params)

    assert job.status == "Success", job.result
    is_right(vendor.result(job))
    assert list(job.output_files) == [f"out/{function}{ending}" for ending in endings]
    assert list(job.output_media_ids) == []
    for number, url in enumerate(job.output_urls):
        made = tmp_path / f"{number}{endings[number]}"
        made.write_bytes(httpx.get(url, trust_env=False).raise_for_status().content)
        if made.suffix in (".mp4", ".webm"):
            as_the_source(made, whole=function != "VideoClip", upright=function == "VideoH2V")


def as_the_source(path, *, whole, upright):
    """As many pictures, at the same times, shown the same way round, and the one sound track beside them."""
    with av.open(str(path)) as box:
        frames = list(box.decode(video=0))
        times = [float(one.pts * one.time_base) for one in frames]
        wide, tall = frames[0].width, frames[0].height
        turned = frames[0].rotation % 180 != 0
        assert len(box.streams.audio) == 1
        assert len(times) == COUNT or not whole
        assert [one - times[0] for one in times] == pytest.approx([n / FPS for n in range(len(times))], abs=0.001)
        assert ((tall, wide) if turned else (wide, tall)) == SIZE or upright


@pytest.mark.parametrize("function", ["AudioQualityAssessment", "SpeechDenoise", "Cover"])
def test_what_one_job_left_in_the_library_another_takes_by_its_id(vendor, inputs, function):
    first = vendor.run("VideoClip", "oss://films/in/take.2.mp4", "", output_type="Media")
    (media_id,) = first.output_media_ids

    job = vendor.run(function, media_id, f"oss://films/again/{function}", input_type="Media")

    assert job.status == "Success", job.result
    assert (job.input.type, job.input.media) == ("Media", media_id)
    if function == "AudioQualityAssessment":
        assert [one["Input"] for one in vendor.result(job)] == list(first.output_files)
