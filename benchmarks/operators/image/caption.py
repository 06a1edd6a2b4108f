"""`image.caption`: captions that the text reader reads back, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.caption [--json FILE]
"""

from typing import Any

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import pictures
from reelwright.models import ocr

TEXTS = ("HELLO WORLD", "Fresh fish, every day!", "你好世界", "第十二章 归来", "Chapter 7 · 出发", "2026-07-14 19:30")


def main() -> None:
    nodes.measure(
        "image.caption", lambda given: {"image": given.picture, "text": TEXTS[0], "size": 0.08}, judged, "picture"
    )


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    reader, read = ocr.warm(nodes.MODELS), 0
    for number, text in enumerate(TEXTS):
        place = ("top", "middle", "bottom")[number % 3]
        params = {"image": given.picture, "text": text, "size": 0.08, "position": place}
        shown: Any = nodes.run("image.caption", params, given)
        found = reader.find_and_read(pictures.rgb(pictures.opened(shown.image).pixels))
        read += _plain("".join(said.text for _, said in found)) == _plain(text)
    return [Figure("text_read_back", read / len(TEXTS), reach=1.0, note=f"of {len(TEXTS)} captions")]


def _plain(text: str) -> str:
    """Marks and blanks left out: the reader has its own."""
    return "".join(one for one in text if one.isalnum())


if __name__ == "__main__":
    main()
