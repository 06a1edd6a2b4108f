"""Stories as people send them: text in any encoding, and Word's documents; what is refused, and why."""

import io
import zipfile

import pytest

from reelwright.errors import EmptyFile, NotMedia, ObjectNotFound, TooLarge
from reelwright.media import documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def paragraph(text, style=""):
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body, head="", part="word/document.xml"):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, f'<?xml version="1.0"?>{head}<w:document {W} {MC}><w:body>{body}</w:body></w:document>')
    return made.getvalue()


@pytest.fixture
def sent(tmp_path):
    def sent(content, name="story.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return sent


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_text_is_read_in_its_encoding(sent, encoding):
    assert documents.read(sent("清晨，他走了。\r\n她没有。".encode(encoding))) == "清晨，他走了。\n她没有。"


def test_a_document_is_read_paragraph_by_paragraph(sent):
    body = paragraph("第一章 出发", "Heading1") + paragraph("他走了。") + paragraph("") + paragraph("她没有。")

    assert documents.read(sent(docx(body), "a.docx")) == "# 第一章 出发\n他走了。\n\n她没有。"


def test_what_a_file_is_shows_in_its_bytes(sent):
    assert documents.read(sent(docx(paragraph("他走了。")), "story.txt")) == "他走了。"


def test_deleted_text_and_doubles_are_left_out(sent):
    body = (
        "<w:p><w:r><w:t>He</w:t></w:r><w:del><w:r><w:t> never</w:t></w:r></w:del>"
        "<w:r><w:tab/><w:t>went.</w:t></w:r></w:p>"
        "<mc:AlternateContent><mc:Choice>"
        + paragraph("Box.")
        + "</mc:Choice><mc:Fallback>"
        + paragraph("Box.")
        + "</mc:Fallback></mc:AlternateContent>"
    )

    assert documents.read(sent(docx(body), "a.docx")) == "He\twent.\nBox."


def test_a_bomb_is_not_unpacked(sent, monkeypatch):
    monkeypatch.setattr(documents, "MOST_XML", 1 << 20)
    bomb = docx(paragraph("x" * (3 << 20)))

    assert len(bomb) < 20_000
    with pytest.raises(TooLarge, match="unpacks to more than 1 MiB"):
        documents.read(sent(bomb, "a.docx"))


def test_entities_are_refused(sent):
    head = '<!DOCTYPE a [<!ENTITY e "eeee"><!ENTITY f "&e;&e;&e;">]>'

    with pytest.raises(NotMedia, match="declares entities"):
        documents.read(sent(docx(paragraph("&f;"), head), "a.docx"))


@pytest.mark.parametrize(
    ("content", "error", "told"),
    [
        pytest.param(b"", EmptyFile, "holds no text", id="empty"),
        pytest.param("……！\n——".encode(), EmptyFile, "holds no word", id="marks-only"),
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(600), NotMedia, r"\.docx", id="old-word"),
        pytest.param(docx(paragraph("x"), part="other.xml"), NotMedia, "no Word document", id="other-archive"),
        pytest.param(docx(paragraph("x" * 500))[:200], NotMedia, "damaged", id="cut-off"),
        pytest.param(docx("<w:p>"), NotMedia, "damaged", id="bad-xml"),
        pytest.param("天".encode() * 30_001, TooLarge, "30,001 characters", id="too-long"),
        pytest.param(b"a" * ((5 << 20) + 1), TooLarge, "a story may have 5 MiB", id="too-large"),
    ],
)
def test_what_is_refused_is_named_with_its_mend(sent, content, error, told):
    with pytest.raises(error, match=told):
        documents.read(sent(content))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ObjectNotFound, match=r"gone\.txt"):
        documents.read(tmp_path / "gone.txt")


def test_as_many_characters_as_are_allowed_are_read(sent):
    assert len(documents.read(sent("天".encode() * 30_000))) == 30_000
