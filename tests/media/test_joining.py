"""Excerpts are exact to the frame and the sample, and what can stay as it is stays, byte for byte."""

from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.errors import Cancelled, InvalidParameter
from reelwright.media import encode, frames, joining, probe, samples

SIZE, FPS, COUNT, KEYS = (160, 96), 25, 150, 40
RATE = 48000
SPANS = [(Fraction(12, 10), Fraction(3)), (Fraction(36, 10), Fraction(52, 10))]
FRAMES = 45 + 40


def scene(number):
    """Moving texture, so that every frame is another and pictures refer to each other."""
    texture = np.random.default_rng(0).integers(0, 255, (SIZE[1], SIZE[0] + 4 * COUNT, 3), np.uint8)
    blocks = texture[::8, ::8].repeat(8, 0).repeat(8, 1)
    return np.ascontiguousarray(blocks[: SIZE[1], 3 * number : 3 * number + SIZE[0]])


def write(path, codec="libx264", options="", *, sound=None, pixels="yuv420p", times=None, rotation=0, count=COUNT):
    """`times`: seconds of each frame. Sound is noise: any shift shows."""
    given = {"preset": "ultrafast", "bf": "2", "g": str(KEYS), "x264-params": options or "scenecut=0"}
    if codec == "libx265":
        given = {"preset": "ultrafast", "x265-params": f"keyint={KEYS}:min-keyint={KEYS}:log-level=error:{options}"}
    with av.open(str(path), "w") as box:
        video = box.add_stream(codec, rate=FPS, options=given if codec.startswith("libx") else {"g": str(KEYS)})
        (video.width, video.height), video.pix_fmt = SIZE, pixels
        video.codec_context.time_base = Fraction(1, FPS) if path.suffix == ".avi" else Fraction(1, 12800)
        if rotation:
            video.set_display_rotation(-rotation)
        audio = box.add_stream(sound, rate=RATE, layout="stereo") if sound else None
        if audio is not None:
            audio.codec_context.bit_rate = 256_000
        box.start_encoding()
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(scene(number), format="rgb24").reformat(format=pixels)
            time = times[number] if times else Fraction(number, FPS)
            frame.pts, frame.time_base = round(time * 12800), Fraction(1, 12800)
            box.mux(video.encode(frame))
        box.mux(video.encode(None))
        if audio is not None:
            _write_noise(box, audio, RATE * count // FPS)
    return path


def _write_noise(box, audio, count):
    noise = np.random.default_rng(1).normal(0, 0.1, count + 7)
    smooth = np.convolve(noise, np.ones(8) / 8, "valid")[:count].astype(np.float32)
    context = audio.codec_context
    chunks = av.AudioResampler(context.format.name, "stereo", RATE, context.frame_size or 1024)
    frame = av.AudioFrame.from_ndarray(np.stack([smooth, smooth]), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    for part in (*chunks.resample(frame), *chunks.resample(None)):
        box.mux(audio.encode(part))
    box.mux(audio.encode(None))


def packets(path):
    with av.open(str(path)) as box:
        return [bytes(packet) for packet in box.demux(video=0) if packet.size]


def compared(path, made, out):
    """Mean difference of each frame from the source's, in grey levels; there must be as many."""
    source = [frame.gray.astype(int) for frame in frames.stream(path)]
    spans = [(round(start * FPS), round(end * FPS)) for start, end in made.spans]
    wanted = [source[number] for start, end in spans for number in range(start, end)]
    found = [frame.gray.astype(int) for frame in frames.stream(out)]
    assert len(found) == len(wanted) == made.frames
    return [float(abs(one - other).mean()) for one, other in zip(found, wanted, strict=True)]


def test_from_the_first_key_frame_on_packets_are_copied_byte_for_byte(tmp_path):
    path, out = write(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    made = joining.cut(path, SPANS, out)
    source, result = packets(path), packets(out)
    first = result.index(source[KEYS])
    copied = next(number for number in range(KEYS) if result[first + number] != source[KEYS + number])
    assert copied >= 75 - KEYS - 3  # the span ends at frame 75; of its end some may refer to later ones
    assert sum(packet in set(source) for packet in result) == made.copied
    assert made.why == ""


def test_groups_that_are_kept_whole_are_the_same_in_the_result(tmp_path):
    path, out = write(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    joining.cut(path, [(Fraction(1), Fraction(55, 10))], out)
    source, result = packets(path), packets(out)
    first = result.index(source[KEYS])
    assert result[first : first + 2 * KEYS] == source[KEYS : 3 * KEYS]


@pytest.mark.parametrize(
    ("name", "given", "is_copied", "why"),
    [
        pytest.param("b-frames.mp4", {}, True, "", id="b-frames"),
        pytest.param("pyramid.mp4", {"options": "bframes=4:b-pyramid=normal:scenecut=0"}, True, "", id="b-pyramid"),
        pytest.param("none.mp4", {"options": "bframes=0:scenecut=0"}, True, "", id="no-b-frames"),
        pytest.param("in.mkv", {}, True, "", id="matroska"),
        pytest.param("in.ts", {}, True, "", id="transport-stream"),
        pytest.param("deep.mp4", {"pixels": "yuv420p10le"}, True, "", id="10-bit"),
        pytest.param("wide.mp4", {"pixels": "yuv422p"}, True, "", id="4:2:2"),
        pytest.param("full.mp4", {"pixels": "yuvj420p"}, True, "", id="full-range"),
        pytest.param("turned.mp4", {"rotation": 90}, True, "", id="turned"),
        pytest.param("open.mp4", {"options": "open-gop=1:scenecut=0"}, False, "can begin", id="open-groups"),
        pytest.param("lines.mp4", {"options": "interlaced=1:scenecut=0"}, False, "interlaced", id="interlaced"),
        pytest.param("in.avi", {"codec": "mpeg4"}, False, "avi files", id="avi"),
        pytest.param("hevc.mp4", {"codec": "libx265", "options": "open-gop=0"}, False, "hevc", id="hevc"),
    ],
)
def test_every_frame_of_the_spans_is_there_once(tmp_path, name, given, is_copied, why):
    path, out = write(tmp_path / name, **given), tmp_path / "out.mp4"
    made = joining.cut(path, SPANS, out)

    off = compared(path, made, out)
    assert made.frames == FRAMES
    assert max(off) < 6  # grey levels; the next frame is 60 off
    assert (made.copied > 0) == is_copied
    assert why in made.why
    assert sum(one == 0 for one in off) >= made.copied
    video = probe.probe(out).video
    assert float(video.duration) == pytest.approx(FRAMES / FPS, abs=0.5 / FPS)
    assert video.rotation == given.get("rotation", 0)
    times = [frame.time for frame in frames.stream(out)]
    assert times == sorted(set(times))


def test_other_codecs_are_copied_from_key_frame_to_key_frame(tmp_path):
    path, out = write(tmp_path / "in.mp4", "libx265", "open-gop=0"), tmp_path / "out.mp4"
    made = joining.cut(path, [(Fraction(16, 10), Fraction(32, 10)), (Fraction(48, 10), Fraction(6))], out)
    assert made.copied == made.frames == 70
    assert max(compared(path, made, out)) == 0


def test_encoding_all_can_be_asked_for(tmp_path):
    path, out = write(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    made = joining.cut(path, SPANS, out, copying=False)
    assert (made.copied, made.why) == (0, "that was asked for")
    assert max(compared(path, made, out)) < 6


@pytest.mark.parametrize(
    ("name", "sound", "codec"),
    [
        pytest.param("in.mp4", "aac", "aac", id="aac"),
        pytest.param("in.mp4", "libmp3lame", "mp3", id="mp3"),
        pytest.param("in.mp4", "libopus", "opus", id="opus"),
        pytest.param("in.ts", "aac", "aac", id="transport-stream"),
        pytest.param("in.mov", "pcm_s16le", "aac", id="pcm"),
    ],
)
def test_sound_is_cut_at_the_sample(tmp_path, name, sound, codec):
    path, out = write(tmp_path / name, sound=sound), tmp_path / "out.mp4"
    made = joining.cut(path, SPANS, out)

    source, found = samples.read(path).samples[0], samples.read(out)
    at = 0
    for start, end in made.spans:
        count = round((end - start) * RATE)
        wanted = source[round(start * RATE) : round(start * RATE) + count]
        assert lag(found.samples[0, at : at + count], wanted) == 0
        assert abs(found.samples[0, at : at + 20]).max() < 0.02  # faded in
        at += count
    assert abs(found.samples.shape[1] - at) < 1200  # what MP3 adds to fill its last packet
    assert probe.probe(out).audio[0].codec == codec
    assert encode.sound_lag(out) == 0


def lag(one, other):
    """By how many samples `one` is late; both have to be alike."""
    one, other = one[480:-480], other[480:-480]
    cross = np.fft.irfft(np.fft.rfft(one, 2 * len(one)) * np.conj(np.fft.rfft(other, 2 * len(one))))
    best = int(np.argmax(cross))
    late = best if best < len(one) else best - len(cross)
    assert np.corrcoef(one, np.roll(other, late))[0, 1] > 0.9
    return late


def test_a_long_span_s_sound_is_copied_and_as_exact(tmp_path, monkeypatch):
    monkeypatch.setattr("reelwright.media.excerpts.COPIED_FROM", 2)
    path, out = write(tmp_path / "in.mp4", sound="aac"), tmp_path / "out.mp4"
    made = joining.cut(path, [(Fraction(13, 10), Fraction(47, 10))], out)
    found = samples.read(out).samples[0]
    assert made.sound_copied
    assert len(found) == round(3.4 * RATE)
    start = round(made.spans[0][0] * RATE)
    assert lag(found, samples.read(path).samples[0][start : start + len(found)]) == 0


def test_uneven_frame_times_are_kept(tmp_path):
    steps = np.random.default_rng(2).choice([20, 40, 100], COUNT)
    times = [Fraction(int(at - steps[0]), 1000) for at in np.cumsum(steps)]
    path, out = write(tmp_path / "in.mp4", times=times), tmp_path / "out.mp4"
    made = joining.cut(path, [(times[30], times[110])], out)
    found = [frame.time for frame in frames.stream(out)]
    wanted = [time - times[30] for time in times[30:110]]
    assert made.copied > 0
    assert [float(one) for one in found] == pytest.approx([float(one) for one in wanted], abs=1e-4)
    assert float(probe.probe(out).video.duration) == pytest.approx(float(times[110] - times[30]), abs=1e-3)


def test_a_frame_that_stands_long_is_shown_from_where_the_span_begins(tmp_path):
    times = [Fraction(0), *(3 + Fraction(number, FPS) for number in range(49))]
    path, out = write(tmp_path / "in.mp4", times=times, count=50), tmp_path / "out.mp4"
    made = joining.cut(path, [(Fraction(1), Fraction(4))], out)
    found = [float(frame.time) for frame in frames.stream(out)]
    assert found[:2] == pytest.approx([0, 2])
    assert float(made.seconds) == pytest.approx(3)


def test_subtitles_move_with_their_pictures(tmp_path):
    path, out = tmp_path / "in.mp4", tmp_path / "out.mp4"
    with_text(write(tmp_path / "silent.mp4"), path, [(500, 1000, "early"), (2000, 2000, "over"), (4000, 500, "late")])
    joining.cut(path, SPANS, out)
    with av.open(str(out)) as box:
        told = [
            (float(packet.pts * packet.time_base), float(packet.duration * packet.time_base), bytes(packet)[2:])
            for packet in box.demux(subtitles=0)
            if packet.size > 2
        ]
    assert [one[2][: len(b"early")] for one in told] == [b"early", b"over", b"over", b"late"]
    assert [one[0] for one in told] == pytest.approx([0, 0.8, 1.8, 2.2], abs=0.01)
    assert [one[1] for one in told] == pytest.approx([0.3, 1.0, 0.4, 0.5], abs=0.01)


def with_text(silent, path, lines):
    """The video with subtitles of (start, length) in ms."""
    with av.open(str(silent)) as source, av.open(str(path), "w") as box:
        video = box.add_stream_from_template(source.streams.video[0])
        text = box.add_mux_stream("mov_text")
        text.time_base = Fraction(1, 1000)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                box.mux(packet)
        for start, length, words in lines:
            packet = av.Packet(len(words).to_bytes(2, "big") + words.encode())
            packet.stream, packet.time_base = text, Fraction(1, 1000)
            packet.pts = packet.dts = start
            packet.duration = length
            box.mux(packet)


def test_one_frame_is_enough(tmp_path):
    path, out = write(tmp_path / "in.mp4", count=1), tmp_path / "out.mp4"
    assert joining.cut(path, [(Fraction(0), Fraction(1))], out).frames == 1
    assert len(list(frames.stream(out))) == 1


@pytest.mark.parametrize(
    ("spans", "told"),
    [
        pytest.param([], "nothing to cut", id="none"),
        pytest.param([(2, 1)], "2.000-1.000 s is no part", id="backwards"),
        pytest.param([(7, 8)], "it lasts 6.000 s", id="beyond-the-end"),
        pytest.param([(2, 3), (1, 2)], "give spans in order", id="not-in-order"),
    ],
)
def test_wrong_spans_are_refused(tmp_path, spans, told):
    path = write(tmp_path / "in.mp4")
    with pytest.raises(InvalidParameter, match=told):
        joining.cut(path, [(Fraction(start), Fraction(end)) for start, end in spans], tmp_path / "out.mp4")


def test_spans_that_touch_are_one(tmp_path):
    path, out = write(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    made = joining.cut(path, [(Fraction(1), Fraction(2)), (Fraction(2), Fraction(3))], out)
    assert made.spans == ((Fraction(1), Fraction(3)),)


@pytest.mark.parametrize("copying", [True, False])
def test_a_stopped_cut_leaves_no_file(tmp_path, copying):
    path, out = write(tmp_path / "in.mp4", sound="aac"), tmp_path / "out.mp4"

    def stop(share):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        joining.cut(path, SPANS, out, copying=copying, tick=stop)
    assert [one.name for one in tmp_path.iterdir()] == ["in.mp4"]
