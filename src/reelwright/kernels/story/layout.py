"""Where a text begins and is parted: its title, its chapters, and storyboards of a length that can be watched.

The first line is the title if it looks like one, the next its author. Chapters begin at their headings ("第三回",
"CHAPTER II.", "# A heading"); a text without any, or a chapter that is too long, is parted between paragraphs, there
best where stars or a blank line say that a scene ends. Titles, the author's line, headings and lines of stars are not
told, nor what Project Gutenberg writes around a book: every other letter of the text is in just one board.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.kernels.story import cutting
from reelwright.kernels.wording.words import HAN, Language

TARGET = {"zh": 1500, "en": 6000}  # letters of a board: five to seven minutes
MOST = {"zh": 6000, "en": 20000}  # of a chapter that stays one board
LONGEST_TITLE = {"zh": 24, "en": 70}
LONGEST_NAME = {"zh": 12, "en": 40}
SCENE_BONUS, TIME_BONUS = 0.25, 0.1  # of a target's length: how far a better place to part may lie
_ZH_NUMBER = "[〇零一二三四五六七八九十百千两0-9０-９]+"
_CHAPTER = {
    "zh": re.compile(
        rf"^(?:第\s*{_ZH_NUMBER}\s*[章节回卷部篇幕集](?:[\s:：·、.　].{{0,40}}|.{{0,20}})|"
        r"(?:序[章言幕曲]?|楔子|引子|尾声|后记|终章|番外)(?:[\s:：·　].{0,30})?)$"
    ),
    "en": re.compile(
        r"^(?:(?:CHAPTER|Chapter|PART|Part|BOOK|Book|ACT|Act|CANTO|Canto|STAVE|Stave)\s+"
        r"(?:[IVXLC]+|\d+|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[A-Z]+)\b.{0,70}|"
        r"(?:PROLOGUE|EPILOGUE|Prologue|Epilogue|PREFACE|Preface|INTRODUCTION|Introduction|Foreword|Afterword)\b.{0,40})$"
    ),
}
_NUMBER = re.compile(r"^(?:[（(]?[一二三四五六七八九十]{1,3}[)）、]?|\d{1,3}[.、]?|[IVX]{1,6}\.?)$")
_MARKDOWN = re.compile(r"^#{1,4}\s+(.+?)\s*#*$")
_STARS = re.compile(r"^[\s*＊=_~·•#.+◇◆○●★☆※✦✧—–\-－]{3,}$")
_BEGINS = re.compile(r"^\*\*\*\s*START OF TH(?:E|IS) PROJECT GUTENBERG[^\n]*$", re.MULTILINE)
_ENDS = re.compile(
    r"^(?:\*\*\*\s*END OF TH(?:E|IS)|End of (?:the )?)\s*PROJECT GUTENBERG[^\n]*$", re.MULTILINE | re.IGNORECASE
)
_SENTENCE = re.compile(r"[。！？!?…；;，,][\"'”’」』）)]*$|[a-z]\.[\"'”’]*$")
_OPENS_SCENE = {
    "zh": re.compile(
        r"^(?:有一[天回次]|一天|第二[天日年]|次日|后来|几[天年]后|过了|到了|中秋|自此|这天|那天|当晚|清晨|傍晚|夜里)"
    ),
    "en": re.compile(
        r"^(?:One (?:day|morning|night|evening)|The next|Next (?:day|morning)|Later|After a|After that"
        r"|That (?:night|evening)|In the (?:morning|evening)|Years|Meanwhile|Soon|Presently|At last|When )"
    ),
}


@dataclass(frozen=True, slots=True)
class Board:
    """`text`: paragraphs, one a line; an empty line is where a scene ends. `number` from 1."""

    id: str
    number: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """`untold`: title, author's line, headings and lines of stars, in their order."""

    title: str
    boards: tuple[Board, ...]
    untold: tuple[str, ...]


@dataclass(slots=True)
class _Chapter:
    title: str
    paragraphs: list[str]


def laid_out(text: str, language: Language, *, title: str = "") -> Layout:
    """The boards of a text. `title`: what it is called, where its own first line is not to say it."""
    blocks = _blocks(_own(text), language)
    front, blocks = _front(blocks, language)
    chapters, headings = _chapters(blocks, language)
    called = (
        title
        or (front[0].lstrip("# ").strip().strip("《》") if front else "")
        or next((one.title for one in chapters), "")
    )
    has_headings = any(one.title for one in chapters)
    cut = [part for one in chapters for part in _parted(one, language, keeps=has_headings)]
    boards = []
    for number, one in enumerate(cut, 1):
        body = "\n".join(one.paragraphs).strip("\n")
        boards.append(Board(board_id(body, number), number, one.title or _numbered(called, number, len(cut)), body))
    return Layout(called, tuple(boards), (*front, *headings))


def board_id(text: str, number: int) -> str:
    """The same for the same text at the same place."""
    digest = hashlib.blake2b(f"{number}\n{text}".encode(), digest_size=8).digest()
    return f"st_{1_000_000_000 + int.from_bytes(digest) % 9_000_000_000}"


def _numbered(title: str, number: int, count: int) -> str:
    return f"{title} ({number})".strip() if count > 1 else title


# ---- blocks: paragraphs, headings, stars; "" stands for a scene's end


def _own(text: str) -> str:
    """Without what Project Gutenberg writes before and after a book."""
    begins, ends = _BEGINS.search(text), _ENDS.search(text)
    return text[begins.end() if begins else 0 : ends.start() if ends else len(text)]


def _blocks(text: str, language: Language) -> list[str]:
    lines = [line.strip().strip("\u3000\ufeff") for line in text.split("\n")]
    told = [at for at, line in enumerate(lines) if line][:2]
    if _heads_with_author([lines[at] for at in told], language) and not any(lines[told[1] + 1 : told[1] + 2]):
        lines.insert(told[1], "")
    parted_by_blanks = bool(re.search(r"\S[^\n]*\n[ \t\u3000]*\n", text.strip()))
    found: list[str] = []
    held: list[str] = []
    for line in [*lines, ""]:
        stands_alone = bool(_STARS.match(line)) or _is_heading(line, language)
        if not line or stands_alone or (held and not _goes_on(held[-1], line, language, parted_by_blanks)):
            if held:
                found.append(_joined(held))
            held = []
        if stands_alone:
            found.append(line)
        elif line:
            held.append(line)
    return found


def _heads_with_author(first: Sequence[str], language: Language) -> bool:
    """Are these a title, and below it who wrote the text?"""
    return len(first) == 2 and _is_title(first[0], language, LONGEST_TITLE) and _is_name(first[1], language)


def _goes_on(before: str, line: str, language: Language, parted_by_blanks: bool) -> bool:
    """Is the line of the same paragraph as the one before?"""
    if parted_by_blanks and language == "en":
        return True
    if re.search(r"[。！？!?….:：\"”」』’]$", before):
        return False
    return parted_by_blanks or (language == "en" and line[:1].islower() and len(before) > 40)


def _joined(lines: Sequence[str]) -> str:
    """Lines of one paragraph; between Chinese letters no blank."""
    text = lines[0]
    for line in lines[1:]:
        is_chinese = HAN.match(line[0]) or line[0] in "，。！？；：、“”（）「」…—《》"
        ended = HAN.match(text[-1]) or text[-1] in "，。！？；：、“”（）「」…—《》"
        text += line if is_chinese and ended else f" {line}"
    return text


def _is_heading(line: str, language: Language) -> bool:
    if _MARKDOWN.match(line):
        return True
    if not line or len(line) > 80:
        return False
    spoken = re.search(r"[。！？，；…]", line) if language == "zh" else len(line.split()) > 7 and _SENTENCE.search(line)
    return bool(not spoken and (_CHAPTER[language].match(line) or _NUMBER.match(line)))


# ---- title and chapters


def _front(blocks: list[str], language: Language) -> tuple[list[str], list[str]]:
    """(title and author's line, the rest). A title is a short line without an end, and more than titles follow it."""
    if len(blocks) > 2 and blocks[0].startswith("# ") and _is_chapter(blocks[1], language):
        return blocks[:1], blocks[1:]
    if len(blocks) < 2 or _is_chapter(blocks[0], language) or not _is_title(blocks[0], language, LONGEST_TITLE):
        return [], blocks
    rest = blocks[1:]
    told = [one for one in rest if not _STARS.match(one) and not _is_chapter(one, language)]
    if sum(_is_title(one, language, LONGEST_TITLE) for one in told) > max(1, len(told) // 2):
        return [], blocks  # verse, or a list: its first line is one of many
    front = [blocks[0]]
    if len(told) > 1 and rest[0] == told[0] and _is_name(rest[0], language):
        front.append(rest[0])
    return front, blocks[len(front) :]


def _is_title(block: str, language: Language, longest: dict[str, int]) -> bool:
    text = block.lstrip("# ")
    return len(text) <= longest[language] and not _SENTENCE.search(text) and not re.search(r"[“”\"「」:：]", text)


def _is_name(block: str, language: Language) -> bool:
    if re.match(r"^(?:by\s|作者|文[/／:： ]|著者)", block, re.IGNORECASE):
        return True
    if not _is_title(block, language, LONGEST_NAME):
        return False
    return (language == "zh" and len(block) <= 6) or (
        all(one[:1].isupper() for one in block.split()) and len(block.split()) < 5
    )


def _is_chapter(block: str, language: Language) -> bool:
    return _is_heading(block, language)


def _chapters(blocks: Sequence[str], language: Language) -> tuple[list[_Chapter], list[str]]:
    chapters, headings = [_Chapter("", [])], list[str]()
    for place, block in enumerate(blocks):
        if _STARS.match(block):
            headings.append(block)
            chapters[-1].paragraphs.append("")
        elif _is_chapter(block, language):
            headings.append(block)
            named = _MARKDOWN.match(block)
            chapters.append(_Chapter(named[1] if named else block, []))
        elif _goes_with_number(blocks, place, language):
            headings.append(block)
            chapters[-1].title += f" {block}"
        else:
            chapters[-1].paragraphs.append(block)
    told = [one for one in chapters if _has_words(one)]
    headings += [text for one in chapters if one not in told for text in one.paragraphs if text]
    return told, headings


def _has_words(chapter: _Chapter) -> bool:
    return any(letter.isalnum() for text in chapter.paragraphs for letter in text)


def _goes_with_number(blocks: Sequence[str], place: int, language: Language) -> bool:
    """A title that stands below "CHAPTER I", on a line of its own."""
    if not place or place + 1 >= len(blocks) or not _is_title(blocks[place], language, LONGEST_TITLE):
        return False
    above = blocks[place - 1]
    is_bare = _NUMBER.match(above) or re.fullmatch(rf"第{_ZH_NUMBER}[章节回卷部篇幕集]|\w+\s+[\w]+\.?", above)
    return bool(_is_chapter(above, language) and not _MARKDOWN.match(above) and is_bare)


# ---- boards


def _parted(chapter: _Chapter, language: Language, *, keeps: bool) -> list[_Chapter]:
    """The chapter as one board, or as several of about one length."""
    length = sum(map(len, chapter.paragraphs))
    most = MOST[language] if keeps else 1.5 * TARGET[language]
    if length <= most:
        return [chapter]
    count = max(2, round(length / TARGET[language]))
    units = _units(chapter.paragraphs, TARGET[language])
    ends = _ends(
        [len(text) for text, _ in units],
        length / count,
        count,
        [_bonus(units, at, language) for at in range(len(units))],
    )
    boards: list[_Chapter] = []
    for start, end in zip([0, *ends], [*ends, len(units)], strict=True):
        paragraphs: list[str] = []
        for text, goes_on in units[start:end]:
            if goes_on and paragraphs:
                paragraphs[-1] += text
            else:
                paragraphs.append(text)
        title = _numbered(chapter.title, len(boards) + 1, count) if chapter.title else ""
        if any(map(str.strip, paragraphs)):
            boards.append(_Chapter(title, paragraphs))
    return boards


def _units(paragraphs: Sequence[str], target: int) -> list[tuple[str, bool]]:
    """What must not be parted, and whether it goes on with the paragraph of the one before."""
    found: list[tuple[str, bool]] = []
    for paragraph in paragraphs:
        pieces = cutting.sentences(paragraph) if len(paragraph) > target // 2 else [paragraph]
        found += [(piece, place > 0) for place, piece in enumerate(pieces)]
    return found


def _bonus(units: Sequence[tuple[str, bool]], at: int, language: Language) -> float:
    """How good it is to begin a board with the unit, in shares of a board."""
    text, goes_on = units[at]
    if goes_on or not text:
        return -SCENE_BONUS
    after_stars = at > 0 and not units[at - 1][0]
    return SCENE_BONUS * after_stars + TIME_BONUS * bool(_OPENS_SCENE[language].match(text))


def _ends(lengths: Sequence[int], step: float, count: int, bonus: Sequence[float]) -> list[int]:
    """Before which units a board begins, without the first."""
    starts = [sum(lengths[:at]) for at in range(len(lengths))]
    found: list[int] = []
    for number in range(1, count):
        free = range((found[-1] if found else 0) + 1, len(lengths))
        if not free:
            break
        found.append(min(free, key=lambda at: abs(starts[at] - number * step) / step - bonus[at]))
    return found
