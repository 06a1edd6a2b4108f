"""Pictures survive being written and read, and appear only when complete."""

import cv2
import numpy as np
import pytest

from reelwright.errors import EmptyFile, InvalidParameter, NotMedia, ObjectNotFound
from reelwright.media import images

RGB = np.zeros((40, 60, 3), np.uint8)
RGB[:, :20, 0], RGB[:, 20:40, 1], RGB[:, 40:, 2] = 200, 200, 200


@pytest.mark.parametrize(("ending", "loss"), [("png", 0), ("jpg", 6), ("jpeg", 6), ("webp", 8)])
def test_colours_come_back(tmp_path, ending, loss):
    path = images.save(RGB, tmp_path / f"图.{ending}")

    back = images.load(path)

    assert back.shape == RGB.shape
    assert np.abs(back.astype(int) - RGB)[:, [10, 30, 50]].max() <= loss


def test_alpha_is_kept_in_png_and_grey_stays_grey(tmp_path):
    alpha = np.dstack([RGB, np.full(RGB.shape[:2], 77, np.uint8)])
    images.save(alpha, tmp_path / "a.png")
    images.save(RGB[..., 0], tmp_path / "g.png")

    assert np.array_equal(cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED), alpha[..., [2, 1, 0, 3]])
    assert np.array_equal(cv2.imread(str(tmp_path / "g.png"), cv2.IMREAD_UNCHANGED), RGB[..., 0])


def test_no_unfinished_file_is_left(tmp_path):
    images.save(RGB, tmp_path / "a.png")

    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_an_unknown_ending_is_named(tmp_path):
    with pytest.raises(InvalidParameter, match=r"a\.bpg"):
        images.save(RGB, tmp_path / "a.bpg")


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, ObjectNotFound), (b"", EmptyFile), (b"not a picture", NotMedia), (b"\xff\xd8\xff\xe0", NotMedia)],
)
def test_what_cannot_be_read_is_told(tmp_path, content, error):
    path = tmp_path / "a.jpg"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(error, match=r"a\.jpg"):
        images.load(path)


@pytest.mark.parametrize(
    ("size", "expected"), [((30, 30), (30, 20)), ((600, 10), (15, 10)), ((600, 600), (60, 40))], ids=str
)
def test_fitted_keeps_the_aspect_and_never_grows(size, expected):
    assert images.fitted(RGB, *size).shape[1::-1] == expected


def test_a_sheet_shows_all_pictures_in_order():
    dark, light = np.full((90, 160, 3), 10, np.uint8), np.full((160, 90, 3), 240, np.uint8)

    sheet = images.contact_sheet([dark, light, dark], cell=(80, 45), columns=2)

    assert sheet.shape == (2 * 49 + 4, 2 * 84 + 4, 3)
    assert (sheet[26, 40, 0], sheet[26, 128, 0], sheet[75, 40, 0]) == (10, 240, 10)
    assert sheet[75, 128, 0] == images.SHEET_GROUND


def test_a_sheet_of_nothing_is_refused():
    with pytest.raises(InvalidParameter):
        images.contact_sheet([])


def test_a_label_is_read_back_and_changes_no_pixel(tmp_path):
    path = tmp_path / "a.png"
    rgb = np.arange(12 * 9 * 3, dtype=np.uint8).reshape(12, 9, 3)
    images.save(rgb, path)

    images.label(path, "who", "孔乙己\nlong gown")

    assert images.label_of(path, "who") == "孔乙己\nlong gown"
    assert images.label_of(path, "what") is None
    assert np.array_equal(images.load(path), rgb)


def test_what_is_no_png_has_no_label(tmp_path):
    path = tmp_path / "a.jpg"
    images.save(np.zeros((8, 8, 3), np.uint8), path)

    assert images.label_of(path, "who") is None
