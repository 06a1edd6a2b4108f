"""`video.delogo` on films whose clean version is known, on films without a logo, and on odd files."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import ModelNotInstalled, NoVideo
from reelwright.media import encode, frames, making, probe
from reelwright.media.making import marked
from reelwright.media.making.inpainters import inpainter
from reelwright.models.hub import Hub
from reelwright.models.port import BUILTIN, Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.video.delogo import DelogoParams, delogo

SIZE = (320, 180)
BOX = (224, 12, 72, 30)
CORNER = [[0.6, 0.0, 0.4, 0.4]]


@pytest.fixture(scope="module")
def film(made):
    """`film(pan=…, opacity=…)`: about two seconds with a sign, and the same without it."""

    def make(*, card=True, opacity=1.0, span=None, sound=False, **given):
        def write(path):
            voice = making.speech(2.4, rate=48000).clean if sound else None
            mark = marked.Mark(BOX, opacity, card, span)
            return marked.marked(path, [mark], **{"size": SIZE, "seconds": 2.4, "sound": voice, **given})

        return made("sign.mp4", write, (card, opacity, span, sound, tuple(sorted(given.items()))))

    return make


def run(path, **given):
    return delogo(DelogoParams(video=str(path), **{"quality": "high", **given}))


def lumas(path):
    return [frame.gray.astype(float) for frame in frames.stream(path)]


def psnr(one, other):
    return 10 * np.log10(255**2 / max(1e-9, float(np.mean((one - other) ** 2))))


def in_the_box(result, film):
    """Median PSNR over the frames, of the result and of the source, against the clean film."""
    left, top, width, height = film.marks[0].box
    box = slice(top, top + height), slice(left, left + width)
    clean = lumas(film.clean)
    return [
        float(np.median([psnr(a[box], b[box]) for a, b in zip(lumas(path), clean, strict=True)]))
        for path in (result.video, film.path)
    ]


def delogo_formula(luma, box):
    """What FFmpeg's filter makes of the box: the lines around it, weighted by how near they are."""
    left, top, width, height = box
    x, y = np.arange(width)[None], np.arange(height)[:, None]
    west, east = luma[top : top + height, left - 1][:, None], luma[top : top + height, left + width][:, None]
    north, south = luma[top - 1, left : left + width][None], luma[top + height, left : left + width][None]
    near = [1 / (x + 1), 1 / (width - x), 1 / (y + 1), 1 / (height - y)]
    out = luma.copy()
    mixed = sum(weight * line for weight, line in zip(near, (west, east, north, south), strict=True))
    out[top : top + height, left : left + width] = mixed / sum(near)
    return out


def test_an_opaque_sign_over_a_panning_camera_is_gone(film):
    made = film(pan=4)

    result = run(made.path)

    after, before = in_the_box(result, made)
    assert before < 16
    assert after > 36
    (sign,) = result.logos
    assert sign.opacity > 0.9
    assert sign.from_other_frames > 0.6
    found = np.array([sign.x, sign.y, sign.width, sign.height]) * [*SIZE, *SIZE]
    assert found == pytest.approx(BOX, abs=12)  # what was restored is a little larger than the sign


def test_a_translucent_mark_over_many_scenes_shines_through(film):
    made = film(opacity=0.5, pan=1, shots=12, seconds=4.8)

    result = run(made.path)

    after, before = in_the_box(result, made)
    assert after > before + 6
    (mark,) = result.logos
    assert 0.3 < mark.opacity < 0.7
    assert mark.shone_through > 0.5


def test_behind_a_sign_before_a_still_camera_it_is_no_worse_than_the_formula(film):
    made = film(pan=0, seconds=1.2)
    formula = np.median(
        [
            psnr(
                delogo_formula(a, BOX)[BOX[1] : BOX[1] + 30, BOX[0] : BOX[0] + 72],
                b[BOX[1] : BOX[1] + 30, BOX[0] : BOX[0] + 72],
            )
            for a, b in zip(lumas(made.path), lumas(made.clean), strict=True)
        ]
    )

    result = run(made.path)

    assert in_the_box(result, made)[0] > formula - 1
    assert result.logos[0].invented > 0.95
    assert result.engine == "builtin"


def test_a_network_of_the_settings_paints_what_no_frame_shows_and_does_not_flicker(film, tmp_path):
    made = film(pan=0, seconds=1.2)
    models = Hub(tmp_path, endpoints={"inpainting": Endpoint(str(inpainter(tmp_path / "mean", side=96)), "")})
    left, top, width, height = BOX
    inner = slice(top + 12, top + height - 12), slice(left + 12, left + width - 12)

    def cleaned(engine):
        ctx = Context.local(out=tmp_path / engine, models=models)
        result = delogo(DelogoParams(video=str(made.path), quality="high", engine=engine), ctx)
        return result, [frame[inner] for frame in lumas(result.video)]

    painted, frames_painted = cleaned("auto")
    plain, frames_plain = cleaned("builtin")

    assert (painted.engine, plain.engine) == ("inpainting:mean", "builtin")
    assert painted.logos[0].invented > 0.95
    assert np.abs(frames_painted[5] - frames_plain[5]).mean() > 2
    assert max(np.abs(a - b).mean() for a, b in itertools.pairwise(frames_painted)) < 1


def test_the_memo_hangs_on_the_network(tmp_path):
    models = Hub(tmp_path, endpoints={"inpainting": Endpoint(str(inpainter(tmp_path / "mean")), "")})
    found = delogo.provider(DelogoParams(video="a.mp4"), models)
    assert (found.name, found.tier, set(found.models)) == ("inpainting:mean", "model", {"mean"})
    assert delogo.provider(DelogoParams(video="a.mp4", engine="builtin"), models) == BUILTIN


def test_a_network_that_is_wanted_and_not_there_is_told():
    with pytest.raises(ModelNotInstalled, match="inpainting_folder"):
        delogo.provider(DelogoParams(video="a.mp4", engine="model"), NoModels())


def test_away_from_the_logo_the_picture_stays_within_coding(film):
    made = film(pan=4)
    result = run(made.path)
    for after, before in zip(lumas(result.video)[::9], lumas(made.path)[::9], strict=True):
        assert psnr(after[90:], before[90:]) > 40


def test_frames_without_the_sign_are_left_alone_and_told(film):
    made = film(pan=4, span=(0.8, 2.4))

    result = run(made.path, boxes=CORNER)

    (sign,) = result.logos
    (span,) = sign.spans
    assert (span.start, span.end) == pytest.approx((0.8, 2.4), abs=0.05)
    assert result.frames_changed == pytest.approx(40, abs=2)
    assert result.frames == made.frames


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"pan": 0, "span": (0.0, 4.0)}, id="before-a-still-camera"),
        pytest.param({"pan": 2, "span": (4.0, 8.0)}, id="before-a-moving-camera"),
    ],
)
def test_a_sign_worn_half_of_the_film_is_found_and_what_it_hid_is_taken_from_the_other_half(film, given):
    made = film(seconds=8.0, **given)

    result = run(made.path, quality="draft")

    (sign,) = result.logos
    (span,) = sign.spans
    assert (span.start, span.end) == pytest.approx(given["span"], abs=0.1)
    assert sign.from_other_frames > 0.8


def test_a_slow_camera_shows_it_long_after(film):
    made = film(pan=1, seconds=7.2)

    result = run(made.path)

    assert in_the_box(result, made)[0] > 36
    assert result.logos[0].from_other_frames > 0.8


def test_a_film_without_a_logo_comes_back_unchanged(film):
    made = film(pan=4)

    result = run(made.clean)

    assert result.logos == ()
    assert result.frames_changed == 0
    assert "no logo was found" in result.notes[0]
    with open(result.video, "rb") as after, open(made.clean, "rb") as before:
        assert after.read() == before.read()


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param({"boxes": CORNER}, 1, id="in-the-box"),
        pytest.param({"boxes": [[0.0, 0.5, 0.5, 0.5]]}, 0, id="elsewhere"),
        pytest.param({"logo_model": ["tv"]}, 1, id="in-a-corner"),
    ],
)
def test_it_looks_only_where_it_is_told_to(film, given, found):
    assert len(run(film(pan=4).path, quality="draft", **given).logos) == found


def test_length_sound_and_colour_tags_stay(film):
    made = film(pan=4, sound=True)

    result = run(made.path, quality="draft")

    before, after = probe.probe(made.path), probe.probe(result.video)
    assert [frame.time for frame in frames.stream(result.video)] == [frame.time for frame in frames.stream(made.path)]
    assert len(after.audio) == 1
    assert abs(result.sound_shift) < 0.02
    assert (after.video.space, after.video.range) == (before.video.space, before.video.range)


def test_the_contact_sheet_is_written_when_asked_for(film, tmp_path):
    ctx = Context.local(out=tmp_path)
    result = delogo(DelogoParams(video=str(film(pan=4).path), preview=True, quality="draft"), ctx)
    assert result.sheet is not None
    assert result.sheet.endswith(".jpg")


def rewritten(film, path, *, pixels="yuv420p", size=None, stamps=None, rotation=0, many=None):
    """The film coded otherwise: other pixels, size, time stamps or rotation, or its first frames alone."""
    picture = probe.with_video(film.path).video
    width, height = size or SIZE
    target = encode.Picture(width, height, Fraction(1, 600), Fraction(25), pixels, rotation=rotation)
    with encode.Writer(path, target, quality="high") as writer:
        for frame in frames.stream(film.path):
            if many is not None and frame.index >= many:
                break
            raw = frame.raw.reformat(width=width, height=height, format=pixels)
            raw.time_base, raw.pts = Fraction(1, 600), stamps(frame.index) if stamps else frame.index * 24
            writer.write(raw)
    assert picture is not None
    return path


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"pixels": "yuv420p10le"}, id="10-bit"),
        pytest.param({"size": (180, 320)}, id="portrait"),
        pytest.param({"rotation": 90}, id="rotated"),
        pytest.param({"stamps": lambda index: index * 24 + 10 * (index % 3)}, id="variable-rate"),
    ],
)
def test_odd_films_are_cleaned_too(film, tmp_path, given):
    path = rewritten(film(pan=4), tmp_path / "odd.mp4", **given)

    result = run(path, quality="draft")

    assert len(result.logos) == 1
    assert [frame.time for frame in frames.stream(result.video)] == pytest.approx(
        [frame.time for frame in frames.stream(path)], abs=0.002
    )
    media = probe.with_video(result.video)
    assert media.video.displayed == probe.with_video(path).video.displayed


def test_one_frame_tells_no_logo(film, tmp_path):
    result = run(rewritten(film(pan=4), tmp_path / "one.mp4", many=1))
    assert result.logos == ()


def test_sound_alone_is_refused(tmp_path):
    path = making.sound_only(tmp_path / "sound.mp4")
    with pytest.raises(NoVideo):
        run(path)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"boxes": [[0, 0, 0.1, 0.1]] * 3}, "at most 2"),
        ({"boxes": [[0.9, 0, 0.2, 0.1]]}, "no part of the frame"),
        ({"logo_model": []}, "at least one"),
    ],
)
def test_impossible_params_are_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        DelogoParams(video="x.mp4", **given)
