"""Still pictures of every kind that people keep them as."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from reelwright.errors import EmptyFile, NotMedia, ObjectNotFound, TooLarge, TruncatedMedia
from reelwright.media import pictures

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
COLOURS = np.dstack([RAMP, RAMP[::-1], RAMP.T])


@pytest.fixture
def kept(tmp_path):
    def keep(picture, name, **options):
        path = tmp_path / name
        picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        picture.save(path, **options)
        return path

    return keep


KINDS = {"grey": RAMP, "rgb": COLOURS, "rgba": np.dstack([COLOURS, RAMP])}


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        *((ending, kind) for ending in ("png", "tiff") for kind in KINDS),
        *(("webp", kind) for kind in ("rgb", "rgba")),  # it knows no grey
        *(("bmp", kind) for kind in ("grey", "rgb")),  # its alpha means nothing to most
    ],
)
def test_lossless_pictures_come_as_they_are(kept, ending, kind):
    options = {"lossless": True, "exact": True} if ending == "webp" else {}
    found = pictures.opened(kept(KINDS[kind], f"a.{ending}", **options))

    assert np.array_equal(found.pixels, KINDS[kind])
    assert found.notes == ()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param("1", np.where(RAMP > 127, 255, 0), id="one-bit"),
        pytest.param("P", COLOURS, id="palette"),
        pytest.param("LA", np.dstack([RAMP, RAMP, RAMP, RAMP[::-1]]), id="grey-with-alpha"),
    ],
)
def test_other_ways_to_keep_pixels(kept, mode, expected):
    if mode == "LA":
        picture = Image.merge("LA", [Image.fromarray(RAMP), Image.fromarray(RAMP[::-1].copy())])
    elif mode == "P":
        picture = Image.fromarray(COLOURS).quantize(256, dither=Image.Dither.NONE)
        expected = np.asarray(picture.convert("RGB"))
    else:
        picture = Image.fromarray(RAMP).point(lambda level: 255 * (level > 127)).convert("1")

    assert np.array_equal(pictures.opened(kept(picture, "a.png")).pixels, expected)


def test_a_clear_colour_of_a_palette_is_alpha(kept):
    picture = Image.fromarray((RAMP // 128).astype(np.uint8), "L").convert("P")
    picture.putpalette([255, 0, 0, 0, 0, 255])
    pixels = pictures.opened(kept(picture, "a.png", transparency=0)).pixels

    assert pixels.shape == (16, 16, 4)
    assert set(map(tuple, pixels.reshape(-1, 4).tolist())) == {(255, 0, 0, 0), (0, 0, 255, 255)}


def test_sixteen_bits_lose_the_lower_eight_and_it_is_said(kept):
    words = RAMP.astype(np.uint16) * 257

    found = pictures.opened(kept(words, "a.png"))

    assert np.array_equal(found.pixels, RAMP)
    assert any("16 bits" in note for note in found.notes)


def test_sixteen_bits_of_colour_too(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "deep.png"), COLOURS[..., ::-1].astype(np.uint16) * 257)
    found = pictures.opened(tmp_path / "deep.png")

    assert np.array_equal(found.pixels, COLOURS)
    assert any("16 bits" in note for note in found.notes)


def test_cmyk_becomes_rgb(kept):
    picture = Image.new("CMYK", (8, 8), (0, 255, 255, 0))

    found = pictures.opened(kept(picture, "a.jpg", quality=100))

    assert np.abs(found.pixels.astype(int) - (255, 0, 0)).max() < 8
    assert any("CMYK" in note for note in found.notes)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns_are_applied_in_every_format(kept, name, turn):
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, :8] = 250  # the left half
    exif = Image.Exif()
    exif[0x0112] = turn

    found = pictures.opened(kept(pixels, name, exif=exif)).pixels[..., 0] > 127

    light = {1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}[turn]
    halves = {"left": found[:, :8], "right": found[:, 8:], "top": found[:8], "bottom": found[8:]}
    assert found.shape == ((8, 16) if turn < 5 else (16, 8))
    assert halves[light].all()
    assert found.mean() == 0.5


def test_a_foreign_profile_is_ignored_with_a_word_and_srgb_without(kept):
    for name, words in (("LAB", 1), ("sRGB", 0)):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()
        found = pictures.opened(kept(COLOURS, f"{name}.png", icc_profile=profile))

        assert np.array_equal(found.pixels, COLOURS)
        assert len([note for note in found.notes if "profile" in note]) == words


def test_of_many_pictures_the_first_is_taken(kept):
    first, second = Image.new("RGB", (6, 4), (255, 0, 0)), Image.new("RGB", (6, 4), (0, 0, 255))

    found = pictures.opened(kept(first, "a.gif", save_all=True, append_images=[second]))

    assert (pictures.rgb(found.pixels) == (255, 0, 0)).all()
    assert any("first of 2" in note for note in found.notes)


@pytest.mark.parametrize("size", [(8001, 8000), (14000, 14000)], ids=["over-ours", "over-the-decoders"])
def test_huge_pictures_are_refused_by_their_heads(kept, size):
    path = kept(Image.new("1", size), "huge.png")

    with pytest.raises(TooLarge, match="64 million"):
        pictures.opened(path)


def test_what_is_no_picture_is_named(tmp_path, kept):
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "words.png").write_text("no picture")
    (tmp_path / "program.eps").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    whole = kept(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8), "whole.png")
    (tmp_path / "half.png").write_bytes(whole.read_bytes()[:4000])

    for name, error in (
        ("missing.png", ObjectNotFound), ("empty.png", EmptyFile), ("words.png", NotMedia),
        ("program.eps", NotMedia), ("half.png", TruncatedMedia),
    ):  # fmt: skip
        with pytest.raises(error, match=name):
            pictures.opened(tmp_path / name)


@pytest.mark.parametrize(
    ("shape", "into", "inner", "covering"),
    [
        ((100, 50), (10, 10), (10, 5), (20, 10)),
        ((50, 100), (10, 10), (5, 10), (10, 20)),
        ((1, 1000), (10, 10), (1, 10), (10, 10000)),
        ((7, 7), (3, 5), (3, 3), (5, 5)),
    ],
)
def test_inside_and_covering(shape, into, inner, covering):
    assert pictures.inside(*shape, into) == inner
    assert pictures.inside(*shape, into, cover=True) == covering
