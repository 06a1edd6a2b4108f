"""Holes over scenes that a camera pans across, and over scenes that stand still."""

import itertools

import cv2
import numpy as np
import pytest

from reelwright.kernels import temporal_fill
from reelwright.kernels.temporal_fill import KNOWN, LEFT, SPATIAL, TEMPORAL, UNBLENDED, Hint, TemporalFill

SIZE = (240, 120)
HOLE = (slice(40, 70), slice(100, 150))


@pytest.fixture(scope="module")
def texture():
    """YUV planes of a scene, float32, larger than the view."""
    random = np.random.default_rng(5)

    def plane(low, high):
        parts = [(10, 0.5), (40, 0.3), (140, 0.2)]
        mix = sum(
            weight * cv2.resize(random.random((across // 2, across)).astype(np.float32), (800, 400), interpolation=2)
            for across, weight in parts
        )
        return low + (high - low) * mix

    return plane(20, 230), plane(90, 160), plane(90, 160)


def view(texture, x, y, kind=np.uint8, gain=1.0):
    """The planes seen by a camera at (x, y), in samples of `kind`."""
    unit = 4 if kind == np.uint16 else 1
    luma, *chroma = texture
    planes = [cv2.getRectSubPix(luma, SIZE, (200 + x + (SIZE[0] - 1) / 2, 120 + y + (SIZE[1] - 1) / 2)) * gain]
    for plane in chroma:  # its samples lie on every second luma column, between two rows
        matrix = np.array([[2, 0, 200 + x], [0, 2, 120.5 + y]])
        planes.append(
            cv2.warpAffine(plane, matrix, (SIZE[0] // 2, SIZE[1] // 2), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        )
    return [np.rint(plane * unit).astype(kind) for plane in planes]


def hidden(planes, unknown):
    """The planes with something drawn over them."""
    peak = temporal_fill.region.PEAK[planes[0].dtype.itemsize]
    out = [plane.copy() for plane in planes]
    for index, plane in enumerate(out):
        plane[temporal_fill.region.mask_of(unknown, index)] = peak
    return out


def hole():
    unknown = np.zeros(SIZE[::-1], bool)
    unknown[HOLE] = True
    return unknown


def filled(fill, frames, masks, hints=None):
    done = []
    for index, (planes, mask) in enumerate(zip(frames, masks, strict=True)):
        done += fill.push(hidden(planes, mask), mask, hints[index] if hints else None)
    return done + fill.cut()


def psnr(found, true, mask):
    unit = 4 if found.dtype == np.uint16 else 1
    off = (found.astype(float) - true)[mask] / unit
    return 10 * np.log10(255**2 / max(1e-9, float((off**2).mean())))


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
def test_a_panning_camera_shows_what_is_behind(texture, kind):
    frames = [view(texture, 2.3 * index, 0.4 * index, kind) for index in range(30)]
    masks = [hole()] * 30

    done = filled(TemporalFill(ahead=29), frames, masks)

    assert len(done) == 30
    coloured = temporal_fill.region.mask_of(hole(), 1)
    for index in (3, 10, 20):
        assert (done[index].source[hole()] == TEMPORAL).mean() > 0.9
        assert psnr(done[index].planes[0], frames[index][0], done[index].source == TEMPORAL) > 38
        # The made chroma is sampled without a filter, so no shift of it is exact.
        assert psnr(done[index].planes[1], frames[index][1], coloured) > 36


def test_known_pixels_are_those_of_the_frame_to_the_bit(texture):
    frames = [view(texture, 2 * index, 0) for index in range(12)]
    for given, done in zip(frames, filled(TemporalFill(ahead=6), frames, [hole()] * 12), strict=True):
        assert (done.source[~hole()] == KNOWN).all()
        for index, plane in enumerate(given):
            around = ~temporal_fill.region.mask_of(hole(), index)
            assert np.array_equal(done.planes[index][around], plane[around])


@pytest.mark.parametrize("hides", [lambda index: index < 10, lambda index: index >= 10], ids=["early", "late"])
def test_a_still_camera_shows_it_when_nothing_hides_it(texture, hides):
    frames = [view(texture, 0, 0)] * 20
    masks = [hole() & hides(index) for index in range(20)]

    done = filled(TemporalFill(ahead=12), frames, masks)

    for index, one in enumerate(done):
        assert one.source.any() == hides(index)
        assert np.array_equal(one.planes[0], frames[index][0])


def test_a_source_takes_the_light_of_the_frame(texture):
    frames = [view(texture, 0, 0, gain=1 - 0.01 * index) for index in range(12)]
    masks = [hole() & (index < 6) for index in range(12)]

    done = filled(TemporalFill(ahead=12), frames, masks)

    assert psnr(done[0].planes[0], frames[0][0], hole()) > 38


def test_a_remembered_picture_of_the_same_place_is_a_source(texture):
    frames = [view(texture, 0, 0)] * 3
    fill = TemporalFill(ahead=2)
    fill.remember(frames[0], np.zeros_like(hole()))

    done = filled(fill, frames, [hole()] * 3)

    assert all(np.array_equal(one.planes[0], frames[0][0]) for one in done)


@pytest.mark.parametrize(("spatial", "kind"), [(True, SPATIAL), (False, LEFT)], ids=["invented", "left"])
def test_what_is_never_seen_is_told(texture, spatial, kind):
    frames = [view(texture, 0, 0)] * 4
    done = filled(TemporalFill(ahead=2, spatial=spatial), frames, [hole()] * 4)
    assert all((one.source[hole()] == kind).all() for one in done)
    if not spatial:
        assert all((one.planes[0][hole()] == 255).all() for one in done)


def test_what_is_invented_does_not_flicker(texture):
    random = np.random.default_rng(1)
    still = view(texture, 0, 0)
    frames = [[np.clip(p + random.normal(0, 2, p.shape), 0, 255).astype(np.uint8) for p in still] for _ in range(14)]

    done = filled(TemporalFill(ahead=4), frames, [hole()] * 14)

    steps = [np.abs(a.planes[0].astype(int) - b.planes[0])[hole()].mean() for a, b in itertools.pairwise(done)]
    assert max(steps) < 2


def test_another_shot_is_no_source(texture):
    first, second = [view(texture, 0, 0)] * 6, [view(texture, 300, 100)] * 6
    masks = [hole()] * 6 + [hole() & False] * 6

    done = filled(TemporalFill(ahead=12), first + second, masks)

    assert all((one.source[hole()] != TEMPORAL).all() for one in done[:6])


def test_a_hint_serves_where_no_other_moment_does_and_refutes_wrong_ones(texture):
    true = view(texture, 0, 0)
    sure = Hint(true, np.where(hole(), 2.0, np.inf).astype(np.float32))

    alone = filled(TemporalFill(ahead=2), [true] * 3, [hole()] * 3, [sure] * 3)

    assert all((one.source[hole()] == UNBLENDED).all() for one in alone)
    assert psnr(alone[0].planes[0], true[0], hole()) > 45
    moved = [plane.copy() for plane in true]
    moved[0][HOLE] = 255 - moved[0][HOLE] // 2  # something stood there at the other moment
    found = filled(TemporalFill(ahead=4), [true, moved], [hole(), hole() & False], [sure, None])
    assert psnr(found[0].planes[0], true[0], hole()) > 30


def test_a_poor_hint_gives_way_to_smooth_surroundings(texture):
    true = [np.full_like(plane, 90) for plane in view(texture, 0, 0)]
    poor = Hint([plane + np.uint8(25) for plane in true], np.where(hole(), 8.0, np.inf).astype(np.float32))

    done = filled(TemporalFill(ahead=2), [true] * 3, [hole()] * 3, [poor] * 3)

    assert psnr(done[0].planes[0], true[0], hole()) > 40


def test_memory_is_bounded(texture):
    fill = TemporalFill(ahead=5, keep=4, spatial=False)
    frames = [view(texture, 40 * place, 0) for place in range(3)]
    for index in range(120):
        fill.push(frames[index // 4 % 3], hole())
    assert len(fill._coming) == 5
    assert len(fill._keys) <= 4 + 5


@pytest.mark.parametrize("kind", [np.uint8, np.uint16], ids=["8-bit", "10-bit"])
def test_a_painter_is_asked_once_for_a_camera_that_stands_still(texture, kind):
    random = np.random.default_rng(1)
    still, asked = view(texture, 0, 0, kind), []
    noisy = [
        [np.clip(plane + random.normal(0, 1, plane.shape), 0, None).astype(kind) for plane in still] for _ in range(120)
    ]
    stripes = (np.arange(SIZE[0]) % 8 < 4).astype(np.float32)

    def painter(picture, unknown):
        asked.append(unknown)
        return np.broadcast_to(0.3 + 0.3 * stripes[: picture.shape[1], None], picture.shape).astype(np.float32)

    done = filled(TemporalFill(ahead=10, painter=painter), noisy, [hole()] * 120)

    assert len(asked) == 1
    assert asked[0].sum() >= hole().sum()
    unit = 4 if kind == np.uint16 else 1
    inner = (slice(46, 64), slice(108, 142))
    first, last = (done[index].planes[0][inner].astype(float) / unit for index in (0, -1))
    assert first.std(axis=1).mean() > 20  # the stripes
    assert np.abs(first - last).mean() < 2
    assert all((one.source[hole()] == SPATIAL).all() for one in done)


def test_a_painter_is_not_asked_for_what_other_moments_show(texture):
    frames = [view(texture, 2.3 * index, 0.4 * index) for index in range(30)]
    asked = []

    def painter(picture, unknown):
        asked.append(int(unknown.sum()))
        return picture

    filled(TemporalFill(ahead=29, painter=painter), frames, [hole()] * 30)

    assert sum(asked) < hole().sum() / 2
