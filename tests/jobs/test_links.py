"""Download links: signed, cached for an hour, filled into documents."""

import json

from hypothesis import given
from hypothesis import strategies as st

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Key
from reelwright.jobs.links import Links

KEY = Key("AK", "secret", "sk")
LINKS = Links(lambda: KEY, 3600)


def test_a_link_names_its_key_and_its_end():
    link = LINKS.mint("films", "a b/ü.mp4", "http://host:1")

    assert link.startswith("http://host:1/films/a%20b/%C3%BC.mp4?OSSAccessKeyId=AK&Expires=")
    assert "&Signature=" in link


def test_a_link_stays_the_same_within_the_hour():
    assert LINKS.mint("films", "a", "http://h") == LINKS.mint("films", "a", "http://h")


def test_without_a_key_there_is_no_signature():
    assert Links(lambda: None, 3600).mint("b", "k", "http://h") == "http://h/b/k"


@given(st.text(min_size=1).filter(lambda key: "\x00" not in key))
def test_any_key_in_a_document_is_filled(key):
    document = json.dumps({"url": f"{LINK}films/{key}", "other": "text"}, ensure_ascii=False).encode(
        errors="surrogatepass"
    )
    try:
        document.decode()
    except UnicodeDecodeError:
        return  # no JSON encoder of ours writes lone surrogates

    filled = json.loads(LINKS.fill(document, "http://h"))

    assert filled["url"] == LINKS.mint("films", key, "http://h")
    assert filled["other"] == "text"


def test_a_document_without_marks_is_left_alone():
    document = b'{"status":"QUEUED"}'

    assert LINKS.fill(document, "http://h") is document
