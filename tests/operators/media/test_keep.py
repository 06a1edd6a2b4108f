"""`media.keep`: byte for byte."""

import pytest

from reelwright.operators.media.keep import KeepParams, keep


@pytest.mark.parametrize(
    ("name", "kept"), [("a.MP4", "file.mp4"), ("plain", "file"), ("two words.srt", "file.srt")], ids=str
)
def test_a_file_comes_out_as_it_went_in(tmp_path, name, kept):
    source = tmp_path / name
    source.write_bytes(bytes(range(256)) * 100)

    result = keep(KeepParams(file=str(source)))

    assert result.size == 25_600
    assert result.file.rpartition("/")[2] == kept
    with open(result.file, "rb") as made:
        assert made.read() == source.read_bytes()
