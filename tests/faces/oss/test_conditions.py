"""Ranges, over all that a client could write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.faces.oss.conditions import byte_range
from reelwright.faces.oss.errors import InvalidRange

SIZES = st.integers(0, 1 << 50)


@given(SIZES, st.text())
def test_any_text_is_a_range_inside_the_object_or_none_or_refused(size, text):
    try:
        found = byte_range(f"bytes={text}", size)
    except InvalidRange:
        return
    assert found is None or 0 <= found[0] < found[1] <= size


@given(SIZES, st.integers(0, 1 << 51), st.integers(0, 1 << 51))
def test_first_and_last(size, first, last):
    text = f"bytes={first}-{last}"
    if last < first:
        assert byte_range(text, size) is None
    elif first >= size:
        with pytest.raises(InvalidRange):
            byte_range(text, size)
    else:
        assert byte_range(text, size) == (first, min(last + 1, size))


@given(SIZES, st.integers(1, 1 << 51))
def test_the_last_so_many(size, count):
    if size == 0:
        with pytest.raises(InvalidRange):
            byte_range(f"bytes=-{count}", size)
    else:
        assert byte_range(f"bytes=-{count}", size) == (max(0, size - count), size)
