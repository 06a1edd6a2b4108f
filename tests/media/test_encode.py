"""What is written is what was asked: time stamps, colour tags, sound packets, whole files only."""

import hashlib
from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.errors import InvalidParameter, WorkFailed
from reelwright.media import encode, frames, planes, probe


def clip(path, *, stamps=range(24), base=Fraction(1, 24), size=(64, 48), pixels="yuv420p", sound=None, **given):
    """A small video; frame k is a flat grey of its own. `sound` names the audio codec and the layout."""
    with av.open(str(path), "w") as out:
        video = out.add_stream(given.get("codec", "libx264"), rate=24)
        video.width, video.height, video.pix_fmt = *size, pixels
        video.time_base = video.codec_context.time_base = base
        context = video.codec_context
        if "colour" in given:
            context.color_range, context.color_primaries, context.color_trc, context.colorspace = given["colour"]
        if "aspect" in given:
            context.sample_aspect_ratio = given["aspect"]
        if "rotation" in given:
            video.set_display_rotation(given["rotation"])
        track = None
        if sound:
            track = out.add_stream(sound[0], rate=48000, layout=sound[1])
        for number, stamp in enumerate(stamps):
            rgb = np.full((size[1], size[0], 3), 40 + 5 * number % 180, np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = stamp, base
            if "colour" in given:
                frame.color_range, frame.color_primaries, frame.color_trc, frame.colorspace = given["colour"]
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if track is not None:
            _sing(out, track, float((max(stamps) + 1) * base))
    return path


def _sing(out, track, seconds):
    layout, kind = track.codec_context.layout, track.codec_context.format
    resampler = av.AudioResampler(kind.name, layout.name, 48000, track.codec_context.frame_size or 1024)
    channels = len(layout.channels)
    tone = np.sin(np.arange(int(48000 * seconds)) * 0.05).astype(np.float32) * 0.3
    frame = av.AudioFrame.from_ndarray(np.tile(tone, (channels, 1)), format="fltp", layout=layout.name)
    frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
    for part in (*resampler.resample(frame), *resampler.resample(None)):
        out.mux(track.encode(part))
    out.mux(track.encode(None))


def again(source, path, **given):
    """The source encoded once more, as an operator would."""
    video = probe.with_video(source).video
    picture = encode.Picture.like(video)
    with encode.Writer(path, picture, beside=source, offset=encode.start_of(source), **given) as writer:
        for frame in frames.stream(source):
            upright = planes.upright(planes.to_planar(frame.raw, picture.pixels), frame.rotation)
            writer.write_planes(planes.crop(upright, 0, 0, picture.width, picture.height), frame.raw)
    return writer


def packets(path, kind):
    with av.open(str(path)) as container:
        stream = getattr(container.streams, kind)[0]
        return [
            (packet.pts * stream.time_base, hashlib.sha256(bytes(packet)).hexdigest())
            for packet in container.demux(stream)
            if packet.size
        ]


def times(path):
    return [frame.time for frame in frames.stream(path)]


VFR = [0, 40, 95, 100, 230, 231, 400, 480, 777, 900]


@pytest.mark.parametrize(
    ("name", "stamps", "base"),
    [
        pytest.param("even.mp4", range(30), Fraction(1, 24), id="constant"),
        pytest.param("ntsc.mp4", [1001 * k for k in range(30)], Fraction(1, 30000), id="29.97"),
        pytest.param("vfr.mp4", VFR, Fraction(1, 1000), id="variable"),
        pytest.param("vfr.mkv", VFR, Fraction(1, 1000), id="variable-mkv"),
        pytest.param("one.mp4", [0], Fraction(1, 24), id="one-frame"),
        pytest.param("late.ts", [90000 * 5 + 3600 * k for k in range(12)], Fraction(1, 90000), id="begins-late"),
    ],
)
def test_every_time_stamp_is_kept(tmp_path, name, stamps, base):
    source = clip(tmp_path / name, stamps=stamps, base=base)
    writer = again(source, tmp_path / "again.mp4")

    assert writer.frames == len(stamps)
    assert times(tmp_path / "again.mp4") == times(source)
    last = (max(stamps) - min(stamps)) * base
    assert last < probe.probe(tmp_path / "again.mp4").duration < last + Fraction(1, 10), (
        "the last one is seen, not long"
    )


@pytest.mark.parametrize("sound", [("aac", "stereo"), ("aac", "mono"), ("aac", "5.1"), ("libmp3lame", "mono")], ids=str)
def test_sound_packets_are_copied_untouched_and_in_time(tmp_path, sound):
    source = clip(tmp_path / "in.mp4", sound=sound)
    writer = again(source, tmp_path / "again.mp4")

    assert packets(tmp_path / "again.mp4", "audio") == packets(source, "audio")
    assert encode.sound_lag(tmp_path / "again.mp4") == encode.sound_lag(source)
    assert writer.notes == []


@pytest.mark.parametrize("name", ["in.mp4", "in.mkv", "in.ts"])
def test_sound_and_picture_keep_their_distance_when_one_begins_later(tmp_path, name):
    stamps = [45000 + 3750 * k for k in range(24)]
    source = clip(tmp_path / name, stamps=stamps, base=Fraction(1, 90000), sound=("aac", "stereo"))
    again(source, tmp_path / "again.mp4")

    assert encode.sound_lag(source) == pytest.approx(-0.5, abs=0.03)
    assert encode.sound_lag(tmp_path / "again.mp4") == pytest.approx(float(encode.sound_lag(source)), abs=0.002)


def test_sound_that_mp4_cannot_hold_becomes_aac_with_a_note(tmp_path):
    source = clip(tmp_path / "in.mkv", sound=("pcm_s16le", "stereo"))
    writer = again(source, tmp_path / "again.mp4")

    heard = probe.probe(tmp_path / "again.mp4").audio[0]
    assert (heard.codec, heard.sample_rate, heard.channels) == ("aac", 48000, 2)
    assert "pcm_s16le" in writer.notes[0]
    assert heard.duration == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    "colour",
    [
        pytest.param((1, 1, 1, 1), id="bt709"),
        pytest.param((1, 6, 6, 6), id="smpte170m"),
        pytest.param((2, 1, 1, 1), id="full"),
    ],
)
def test_colour_tags_are_kept(tmp_path, colour):
    source = clip(tmp_path / "in.mp4", colour=colour)
    again(source, tmp_path / "again.mp4")

    before, after = probe.probe(source).video, probe.probe(tmp_path / "again.mp4").video
    tags = [(one.range, one.primaries, one.transfer, one.space) for one in (before, after)]
    assert tags[0] == tags[1]
    assert "unspecified" not in tags[0]


def test_ten_bit_becomes_eight_with_a_note(tmp_path):
    source = clip(tmp_path / "in.mp4", pixels="yuv420p10le")
    again(source, tmp_path / "again.mp4")

    assert probe.probe(tmp_path / "again.mp4").video.bit_depth == 8
    assert "10-bit" in encode.notes_on(probe.probe(source).video)[0]


def test_hdr_stays_ten_bit_with_its_tags(tmp_path):
    source = clip(tmp_path / "in.mp4", pixels="yuv420p10le", colour=(1, 9, 16, 9), codec="libx265", size=(128, 128))
    again(source, tmp_path / "again.mp4")

    after = probe.probe(tmp_path / "again.mp4").video
    assert (after.codec, after.bit_depth, after.transfer) == ("hevc", 10, "smpte2084")


def test_pixel_aspect_is_kept_and_turned_with_the_picture(tmp_path):
    source = clip(tmp_path / "in.mp4", aspect=Fraction(4, 3))
    again(source, tmp_path / "again.mp4")
    assert probe.probe(tmp_path / "again.mp4").video.sample_aspect_ratio == Fraction(4, 3)


def test_a_turned_phone_video_comes_out_upright(tmp_path):
    source = clip(tmp_path / "in.mp4", rotation=90)
    again(source, tmp_path / "again.mp4")

    after = probe.probe(tmp_path / "again.mp4").video
    assert (after.width, after.height, after.rotation) == (48, 64, 0)


def test_odd_sizes_lose_one_row_and_column(tmp_path):
    source = clip(tmp_path / "in.mkv", size=(65, 49), codec="ffv1")
    again(source, tmp_path / "again.mp4")

    after = probe.probe(tmp_path / "again.mp4").video
    assert (after.width, after.height) == (64, 48)


def test_the_index_stands_first(tmp_path):
    again(clip(tmp_path / "in.mp4"), tmp_path / "again.mp4")
    head = (tmp_path / "again.mp4").read_bytes()
    assert 0 < head.index(b"moov") < head.index(b"mdat")


def test_nothing_is_left_of_a_file_that_failed(tmp_path):
    source = clip(tmp_path / "in.mp4", sound=("aac", "stereo"))
    video = probe.probe(source).video
    first = next(iter(frames.stream(source))).raw

    def fail():
        with encode.Writer(tmp_path / "out.mp4", encode.Picture.like(video), beside=source) as writer:
            writer.write(first)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


def test_a_doubled_time_stamp_is_shown_once(tmp_path):
    source = clip(tmp_path / "in.mp4")
    picture = encode.Picture.like(probe.probe(source).video)
    with encode.Writer(tmp_path / "out.mp4", picture) as writer:
        for frame in frames.stream(source):
            writer.write(frame.raw)
            writer.write(picture.blank(frame.raw))
    assert writer.frames == 24


@pytest.mark.parametrize("lasts", [33, 0], ids=["as-it-says", "as-usual"])
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("count", range(9, 14))
def test_the_last_frame_lasts_as_long_as_a_frame_does(tmp_path, count, suffix, lasts):
    """In milliseconds, as Matroska counts; which frame the encoder gives last hangs on how many there are."""
    picture = encode.Picture(64, 48, Fraction(1, 1000), Fraction(30000, 1001))
    stamps = [round(number * 1001 / 30) for number in range(count)]
    with encode.Writer(tmp_path / f"a.{suffix}", picture) as writer:
        for stamp in stamps:
            frame = av.VideoFrame(64, 48, "yuv420p")
            planes.of(frame)[0][:] = stamp % 200
            frame.pts, frame.time_base, frame.duration = stamp, picture.time_base, lasts
            writer.write(frame)

    assert float(probe.with_video(writer.path).duration) == pytest.approx((stamps[-1] + 33) / 1000, abs=0.0011)


def test_a_frame_s_length_is_told_in_the_new_file_s_time(tmp_path):
    picture = encode.Picture(64, 48, Fraction(1, 90_000), Fraction(25))
    with encode.Writer(tmp_path / "a.mp4", picture) as writer:
        for number in range(3):
            frame = av.VideoFrame(64, 48, "yuv420p")
            frame.pts, frame.time_base, frame.duration = number * 40, Fraction(1, 1000), 40 if number < 2 else 100
            writer.write(frame)

    assert probe.with_video(writer.path).duration == Fraction(18, 100)


def test_better_quality_is_closer_to_the_source(tmp_path, make_video):
    source = make_video([("scene", 1)]).path
    error = {}
    for quality in encode.SETTINGS:
        again(source, tmp_path / f"{quality}.mp4", quality=quality)
        pairs = zip(frames.stream(source), frames.stream(tmp_path / f"{quality}.mp4"), strict=True)
        error[quality] = np.mean([np.square(a.gray.astype(float) - b.gray).mean() for a, b in pairs])
    assert error["high"] < error["normal"] < error["draft"]


def test_a_frame_without_a_stamp_and_an_odd_size_are_refused(tmp_path):
    picture = encode.Picture(64, 48, Fraction(1, 24), Fraction(24))
    with pytest.raises(WorkFailed, match="time stamp"), encode.Writer(tmp_path / "a.mp4", picture) as writer:
        writer.write(av.VideoFrame(64, 48, "yuv420p"))
    with pytest.raises(InvalidParameter, match="63x48"):
        encode.Writer(tmp_path / "b.mp4", picture.sized(63, 48))


def alphas(path):
    """Every frame's alpha, 0-1; VP9's is only given by its own decoder."""
    with av.open(str(path)) as box:
        coder = box.streams.video[0].codec_context
        coder = av.CodecContext.create("libvpx-vp9", "r") if coder.name == "vp9" else coder
        shown = [frame for packet in box.demux(video=0) for frame in coder.decode(packet)]
        return [frame.reformat(format="rgba").to_ndarray()[..., 3] / 255 for frame in shown]


@pytest.mark.parametrize("quality", encode.SETTINGS)
@pytest.mark.parametrize(
    ("pixels", "name", "codec"),
    [("yuva420p", "a.webm", "vp9"), ("yuva444p10le", "a.mov", "prores")],
    ids=["vp9", "prores"],
)
def test_transparency_is_kept(tmp_path, pixels, name, codec, quality):
    ramp = np.tile(np.linspace(0, 255, 64), (48, 1)).round().astype(np.uint8)
    picture = encode.Picture(64, 48, Fraction(1, 24), Fraction(24), pixels)
    with encode.Writer(tmp_path / name, picture, quality=quality) as writer:
        for number in range(6):
            frame = av.VideoFrame(64, 48, "yuva420p")
            planes.put(
                [ramp, *[np.full((24, 32), 128, np.uint8)] * 2, np.roll(ramp, 8 * number, axis=1)], planes.of(frame)
            )
            frame.pts, frame.time_base = number, Fraction(1, 24)
            writer.write(frame)

    video = probe.with_video(tmp_path / name).video
    found = alphas(tmp_path / name)
    assert (video.codec, video.has_alpha) == (codec, True)
    assert len(found) == 6
    for number, one in enumerate(found):
        off = np.abs(one - np.roll(ramp, 8 * number, axis=1) / 255)
        assert np.median(off) < 0.02
        assert off.mean() < (0.04 if codec == "vp9" else 0.005)


def test_a_picture_without_alpha_says_so(tmp_path):
    assert not probe.with_video(again(clip(tmp_path / "a.mp4"), tmp_path / "b.mp4").path).video.has_alpha
