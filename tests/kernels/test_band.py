"""Stretches laid on a canvas come back where they were, with the right surroundings."""

import numpy as np
import pytest

from reelwright.kernels.band import ROWS, Band

CELLS = (3 * ROWS + 4, 40)  # rows, columns


def marked(*places, cells=CELLS):
    cells = np.zeros(cells, np.uint8)
    for row, column in places:
        cells[row, column] = 1
    return cells


def numbered(cells, scale):
    """A plane in which every pixel is another."""
    shape = cells[0] * scale, cells[1] * scale
    return np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)


PLACES = [
    pytest.param([(4, 20)], id="one"),
    pytest.param([(0, 0), (CELLS[0] - 1, CELLS[1] - 1)], id="corners"),
    pytest.param([(0, CELLS[1] - 1), (CELLS[0] - 1, 0)], id="other-corners"),
    pytest.param([(4, 3), (4, 30), (12, 8), (CELLS[0] - 2, 17)], id="several"),
    pytest.param([(row, column) for row in range(CELLS[0]) for column in range(CELLS[1])], id="all"),
]


@pytest.mark.parametrize("scale", [1, 2, 4])
@pytest.mark.parametrize("places", PLACES)
def test_what_is_cut_and_put_back_is_the_same_where_cells_are_marked(places, scale):
    cells, plane = marked(*places), numbered(CELLS, scale)
    band = Band(cells)

    canvas = band.cut(plane, scale, np.full(band.shape(scale), -1, np.float32))
    back = np.full_like(plane, -1)
    band.put(canvas, scale, back)

    where = np.kron(cells, np.ones((scale, scale))) > 0
    assert (back[where] == plane[where]).all()
    assert ((back == plane) | (back == -1)).all()
    assert (canvas >= 0).all()


@pytest.mark.parametrize("places", PLACES)
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("scale", [1, 2, 8])
def test_around_a_stretch_lies_what_lay_around_it_or_the_last_cell_again(places, scale, kind):
    plane = numbered(CELLS, scale).astype(kind)
    band = Band(marked(*places))
    canvas = band.cut(plane, scale, np.empty(band.shape(scale), kind))
    cells = np.pad(plane.reshape(CELLS[0], scale, CELLS[1], scale), ((1, 1), (0, 0), (1, 1), (0, 0)), mode="edge")
    around = cells.reshape((CELLS[0] + 2) * scale, -1)

    for span in band.spans:
        wide = scale * (span.right - span.left + 2)
        expected = around[scale * span.top :][: canvas.shape[0], scale * span.left :][:, :wide]
        assert (canvas[:, scale * span.at :][:, :wide] == expected).all()


def test_far_marks_make_stretches_of_their_own():
    assert len(Band(marked((4, 3), (4, 30))).spans) == 2
    assert len(Band(marked((4, 3), (4, 6))).spans) == 1
    assert len(Band(marked((4, 3), (ROWS + 4, 3))).spans) == 2


def test_without_marks_there_is_nothing():
    band = Band(marked())
    assert not band
    assert band.shape(2)[1] == 0


def test_a_picture_lower_than_a_row_of_cells_is_one():
    cells = marked((1, 2), cells=(3, 5))
    band = Band(cells)
    plane = numbered((3, 5), 2)
    back = np.zeros_like(plane)
    band.put(band.cut(plane, 2, np.empty(band.shape(2), np.float32)), 2, back)

    assert band.size == (3, 5)
    assert (back[:, 4:6] == plane[:, 4:6]).all()


def test_several_planes_are_cut_at_once():
    band = Band(marked((4, 3), (12, 30)))
    planes = np.stack([numbered(CELLS, 1), -numbered(CELLS, 1)])
    canvas = band.cut(planes, 1, np.empty((2, *band.shape(1)), np.float32))

    assert (canvas[0] == -canvas[1]).all()


def test_marks_outside_the_stretches_are_counted():
    band = Band(marked((4, 3), (4, 6)))

    assert band.missed(marked((4, 3), (5, 4), (ROWS - 1, 6))) == 0
    assert band.missed(marked((4, 3), (4, 30), (ROWS, 4))) == 2
    assert Band(marked()).missed(marked((4, 3))) == 1
