"""What every operator that writes a whole film keeps of its source, on odd films of each kind.

Times, frames, length, colour tags, an upright picture, every sound track and every subtitle are checked each time; one
thing about each film is odd. The films show a square before a green wall, so that each operator has something to look
at, and are as small and short as can be.
"""

from dataclasses import dataclass, field
from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright import operators
from reelwright.media import frames, images, probe
from reelwright.models import face_mesh
from reelwright.models.port import NoModels
from reelwright.operators import Context

WIDE, TALL, COUNT, FPS, RATE = 160, 96, 6, 25, 16000
GREEN, RED, WHITE = (40, 190, 60), (190, 60, 50), (250, 250, 250)
MARK = 16  # px of the white square in the upper left corner
TRACKS = (("mono", "eng"), ("stereo", "deu"))
SAME = {"ger": "deu"}  # two codes of one language: MOV knows the older
WORDS = "two words"
SMPTE170M, BT709, LIMITED, FULL = 6, 1, 1, 2


@dataclass(frozen=True)
class Film:
    """What is odd about a film."""

    size: tuple[int, int] = (WIDE, TALL)
    """As shown."""
    pixels: str = "yuv420p"
    rotation: int = 0
    """Degrees clockwise by which a player turns it."""
    stamps: tuple[int, ...] = tuple(range(0, COUNT * 1000 // FPS, 1000 // FPS))
    """ms of each frame."""
    tracks: tuple[tuple[str, str], ...] = TRACKS
    colour: tuple[int, int] = (BT709, LIMITED)
    """Code point of matrix, primaries and transfer, and of the range."""
    aspect: Fraction = Fraction(1)


FILMS = {
    "plain": Film(),
    "portrait": Film((TALL, WIDE)),
    "odd-size": Film((WIDE + 1, TALL + 1), "yuv444p"),
    "ten-bit": Film(pixels="yuv420p10le"),
    "uneven-times": Film(stamps=(0, 15, 95, 120, 300, 310)),
    "turned": Film(rotation=90),
    "upside-down": Film(rotation=180),
    "wide-samples": Film(aspect=Fraction(4, 3)),
    "other-colours": Film(colour=(SMPTE170M, FULL)),
    "silent": Film(tracks=()),
    "late": Film(stamps=tuple(range(1000, 1240, 40))),
}


@dataclass(frozen=True)
class Tool:
    """An operator, and what it is asked for. `{ground}` and `{words}` stand for the paths of a picture and of cues."""

    name: str
    given: dict[str, object] = field(default_factory=dict)
    ending: str = "mp4"


TOOLS = {
    "portrait": Tool("video.portrait"),
    "padded": Tool("video.portrait", {"fit": "pad"}),
    "greenscreen": Tool("video.greenscreen", {"background": "{ground}"}),
    "transparent": Tool("video.greenscreen", {"alpha_format": "prores"}, "mov"),
    "beauty": Tool("video.beauty"),
    "delogo": Tool("video.delogo"),
    "detext": Tool("video.detext"),
    "subtitle": Tool("video.subtitle", {"subtitles": "{words}", "karaoke": "sweep", "size": 0.2}),
    "overlay": Tool("video.overlay", {"image": "{ground}", "width": 30, "place": "bottom-right"}),
    "scale": Tool("video.scale", {"factor": 1.0}),
    "crop": Tool("video.crop"),
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    return images.save(np.full((TALL, WIDE, 3), 90, np.uint8), tmp_path_factory.mktemp("ground") / "ground.png")


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    path = tmp_path_factory.mktemp("words") / "words.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:05,000\nHi\n")
    return str(path)


@pytest.fixture(scope="module")
def film(made):
    return lambda name, odd: made(f"{name}.mp4", lambda path: written(path, odd), name)


@pytest.fixture(scope="module")
def run(tmp_path_factory, ground, words):
    stands_for = {"{ground}": ground, "{words}": words}
    models = NoModels()  # as in a worker: what a run has loaded stays

    def work(tool, path):
        operator = operators.load(tool.name)
        given = {key: stands_for.get(str(value), value) for key, value in tool.given.items()}
        out = tmp_path_factory.mktemp("out")
        context = Context.local(phases=operator.phases, out=out, models=models)
        return operator(operator.params(video=str(path), quality="draft", **given), context)

    return work


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No landmarks here, whatever is installed."""
    monkeypatch.setattr(face_mesh, "_fault", lambda: "the package mediapipe")


# The films


def drawn(odd, number):
    wide, tall = odd.size
    rgb = np.full((tall, wide, 3), GREEN, np.uint8)
    left = wide // 3 + 4 * number
    rgb[tall // 3 : tall // 3 + 40, left : left + 30] = RED
    rgb[:MARK, :MARK] = WHITE
    return np.ascontiguousarray(np.rot90(rgb, odd.rotation // 90))


def written(path, odd):
    with av.open(str(path), "w") as out:
        video = _video(out, odd)
        sounds = [_sound(out, *track) for track in odd.tracks]
        text = out.add_mux_stream("mov_text")
        text.time_base = Fraction(1, 1000)
        for number, stamp in enumerate(odd.stamps):
            frame = av.VideoFrame.from_ndarray(drawn(odd, number), format="rgb24")
            frame = frame.reformat(format=odd.pixels, dst_colorspace=odd.colour[0], dst_color_range=odd.colour[1])
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        for sound in sounds:
            _say(out, sound, odd.stamps[0], odd.stamps[-1] + 40)
        packet = av.Packet(len(WORDS).to_bytes(2, "big") + WORDS.encode())
        packet.stream, packet.time_base = text, Fraction(1, 1000)
        packet.pts = packet.dts = odd.stamps[0]
        packet.duration = 80
        out.mux(packet)
    return path


def _video(out, odd):
    video = out.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "12"})
    video.width, video.height = odd.size[::-1] if odd.rotation % 180 else odd.size
    video.pix_fmt = odd.pixels
    coder = video.codec_context
    video.time_base = coder.time_base = Fraction(1, 1000)
    coder.sample_aspect_ratio = odd.aspect
    coder.colorspace = coder.color_primaries = coder.color_trc = odd.colour[0]
    coder.color_range = odd.colour[1]
    if odd.rotation:
        video.set_display_rotation(-odd.rotation)
    return video


def _sound(out, layout, language):
    sound = out.add_stream("aac", rate=RATE, layout=layout)
    sound.metadata["language"] = language
    return sound


def _say(out, sound, first, last):
    layout = sound.codec_context.layout.name
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange((last - first) * RATE // 1000) / RATE).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.tile(tone, (sound.codec_context.channels, 1)), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = RATE, first * RATE // 1000, Fraction(1, RATE)
    parts = av.AudioResampler("fltp", layout, RATE, sound.codec_context.frame_size)
    for part in (*parts.resample(frame), *parts.resample(None)):
        out.mux(sound.encode(part))
    out.mux(sound.encode(None))


# What is kept


def beside(path):
    """Language, kind and packets of every stream but the picture."""
    told = []
    with av.open(str(path)) as box:
        for stream in box.streams:
            if stream.type != "video":
                language = stream.metadata.get("language", "und")
                told.append((stream.type, SAME.get(language, language), len(told)))
    with av.open(str(path)) as box:
        chosen = [stream for stream in box.streams if stream.type != "video"]
        packets = {stream.index: [] for stream in chosen}
        for packet in box.demux(chosen) if chosen else ():
            # A player's pause between two titles is written as an empty one.
            if packet.size > 2:
                packets[packet.stream.index].append(bytes(packet))
    return list(zip(told, packets.values(), strict=True))


def tags(path):
    video = probe.with_video(path).video
    return video.space, video.primaries, video.transfer, video.range


def corners(path):
    """Mean luma of three corners of the first picture, as a player shows it: the marked one first."""
    gray = next(iter(frames.stream(path))).gray.astype(float)
    part = MARK // 2
    return [float(one.mean()) for one in (gray[:part, :part], gray[:part, -part:], gray[-part:, :part])]


@pytest.mark.parametrize("odd", FILMS)
@pytest.mark.parametrize("name", TOOLS)
def test_what_surrounds_the_change_stays(film, run, name, odd):
    source, tool = film(odd, FILMS[odd]), TOOLS[name]

    result = run(tool, source)

    before, after = (probe.with_video(path) for path in (source, result.video))
    assert result.video.endswith(tool.ending)
    times = [frame.time for frame in frames.stream(source)]
    assert [frame.time for frame in frames.stream(result.video)] == pytest.approx(times, abs=0.001)
    assert after.video.duration == pytest.approx(before.video.duration, abs=1 / FPS)
    # ProRes has no full range.
    assert tags(result.video)[: 3 if tool.ending == "mov" else 4] == tags(source)[: 3 if tool.ending == "mov" else 4]
    assert beside(result.video) == beside(source)
    assert abs(result.sound_shift) < 0.001
    if tool.name != "video.portrait":
        # A film that needs no change may be copied as it is.
        assert after.video.shown in (before.video.shown, tuple(side & ~1 for side in before.video.shown))
        assert after.video.displayed[0] == pytest.approx(before.video.displayed[0], abs=2)
        (mark, *_), expected = (corners(path) for path in (result.video, source))
        assert expected[0] > max(expected[1:]) + 40
        assert mark == pytest.approx(expected[0], abs=8)
    else:
        wide, tall = after.video.displayed
        assert wide / tall == pytest.approx(9 / 16, abs=0.02)


@pytest.mark.parametrize("name", TOOLS)
def test_one_frame_is_enough(film, run, name):
    source = film("one-frame", Film(stamps=(0,)))
    result = run(TOOLS[name], source)

    assert len(list(frames.stream(result.video))) == 1
    assert beside(result.video) == beside(source)


@pytest.mark.parametrize("name", ["ten-bit", "odd-size"])
@pytest.mark.parametrize("tool", [name for name in TOOLS if name not in ("delogo", "detext")])
def test_what_could_not_be_kept_is_said(film, run, tool, name):
    result = run(TOOLS[tool], film(name, FILMS[name]))

    word = "10-bit" if name == "ten-bit" else "4:2:0"
    assert any(word in note for note in result.notes) or TOOLS[tool].ending == "mov"
