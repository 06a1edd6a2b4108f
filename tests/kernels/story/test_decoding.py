"""The text in the bytes of a file, whatever wrote it."""

import pytest

from reelwright.errors import EmptyFile, NotMedia
from reelwright.kernels.story.decoding import decoded

ZH = "第一章\n清晨，小明在河边等人。“你来了！”他说。\n"
EN = "It was a “dark” night – and the wind blew.\nNobody came.\n"


@pytest.mark.parametrize("text", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_every_usual_encoding_is_told(text, encoding):
    assert decoded(text.encode(encoding)) == text


def test_gbk_is_told():
    assert decoded(ZH.encode("gbk")) == ZH


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("孫悟空走了。他說：「好！」今天天氣真好，我們也走。", "big5", id="traditional"),
        pytest.param("He ordered a café crème – “quickly,” he said.", "cp1252", id="western"),
        pytest.param("Tom said 你好 to 小明。", "gbk", id="a-little-chinese"),
        pytest.param("雪。" * 40, "gbk", id="one-letter"),
    ],
)
def test_older_encodings_are_told_apart(text, encoding):
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_lines_end_in_one_way(ends):
    assert decoded(ZH.replace("\n", ends).encode("gbk")) == ZH


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b" \r\n\t"], ids=["nothing", "zeros", "blanks"])
def test_an_empty_file_is_named(content):
    with pytest.raises(EmptyFile, match=r"my\.txt holds no text"):
        decoded(content, "my.txt")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), r"\.doc", id="old-word"),
        pytest.param(b"%PDF-1.7\n", "PDF", id="pdf"),
        pytest.param(b"{\\rtf1 hello}", "RTF", id="rtf"),
        pytest.param(bytes(range(256)) * 4, "no text in UTF-8", id="binary"),
        pytest.param(b"\x00\x00\x00\x20ftypisom" + bytes(range(200)), "no text", id="film"),
    ],
)
def test_what_is_no_text_is_refused_with_the_mend(content, told):
    with pytest.raises(NotMedia, match=told) as refused:
        decoded(content, "my.txt")
    assert "save it as" in refused.value.message
