"""What a film seems to be, by rules on what was measured: labels with a score and the reason for it.

Each rule is a few conditions that hold more or less; a label's score is that of its weakest condition, so that one
strong sign cannot carry the others. The rules know how films of a kind are made, not what they show: an interview has
one or two faces that stay and somebody who talks, a match has motion and a crowd. Thresholds are ramps, from where a
condition does not hold at all to where it holds wholly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reelwright.kernels.faces import Face

Group = Literal["category", "people", "motion", "light", "colour", "sound", "text", "editing"]
Ramp = tuple[float, float]
"""Where a condition begins to hold, and where it holds wholly; falling if the second is the smaller."""

LEAST = 0.5  # score of a label that is told
MOVED = 1.5  # widths of a face by which it may have moved between two looks
GROWN = 2.0  # times by which its width may have changed


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured of a film or of a part of it. Shares are 0 to 1."""

    picture: bool = False
    seconds: float = 0.0
    cuts_a_minute: float = 0.0
    motion: float = 0.0
    """Mean of `importance.motion`."""
    brightness: float = 0.5
    """Mean luma, 0 to 1."""
    colourful: float = 0.0
    """Mean of `stills.colourfulness`, 0 to 110."""
    colours: Mapping[str, float] | None = None
    """The share of each colour (`kernels.colours`)."""
    faces: float = 0.0
    """Share of the pictures that show one at least."""
    people: float = 0.0
    """Mean number of faces in the pictures that show any."""
    face_height: float = 0.0
    """Of the picture, the largest face, mean."""
    text: float = 0.0
    """Share of the pictures looked at that have words in them."""
    lines: float = 0.0
    """Mean number of lines of words in those."""
    speech: float = 0.0
    music: float = 0.0
    cheering: float = 0.0
    silence: float = 1.0
    sound: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    group: Group
    score: float
    why: str


def with_words(known: Facts, text: float, lines: float) -> Facts:
    """The facts with what was read: the share of pictures with words, and the lines in those."""
    return replace(known, text=text, lines=lines)


def ramp(value: float, span: Ramp) -> float:
    """0 to 1."""
    low, high = span
    return min(1.0, max(0.0, (value - low) / (high - low)))


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    group: Group
    needs: Mapping[str, Ramp]

    def judge(self, facts: Facts) -> Label:
        found = {what: ramp(float(getattr(facts, what)), span) for what, span in self.needs.items()}
        told = ", ".join(f"{_WORDS[what]} {getattr(facts, what):.2g}" for what in self.needs)
        return Label(self.name, self.group, min(found.values()), told)


_WORDS = {
    "seconds": "length",
    "cuts_a_minute": "cuts a minute",
    "motion": "motion",
    "brightness": "brightness",
    "colourful": "colour",
    "faces": "share with faces",
    "people": "faces at once",
    "face_height": "height of the largest face",
    "text": "share with words",
    "lines": "lines of words",
    "speech": "share of speech",
    "music": "share of music",
    "cheering": "share of cheering",
    "silence": "share of silence",
    "sound": "sound",
}

HEARD = frozenset({"speech", "music", "cheering", "silence", "sound"})  # what sound alone tells

RULES: tuple[_Rule, ...] = (
    _Rule("talking head", "category", {"faces": (0.15, 0.5), "people": (1.8, 1.3), "speech": (0.2, 0.5)}),
    _Rule(
        "interview",
        "category",
        {"faces": (0.2, 0.5), "people": (1.1, 1.5), "speech": (0.2, 0.5), "motion": (0.85, 0.6)},
    ),
    _Rule("sports", "category", {"motion": (0.2, 0.45), "cheering": (0.005, 0.03)}),
    _Rule("action", "category", {"motion": (0.4, 0.65), "cuts_a_minute": (8, 20)}),
    _Rule(
        "scenery",
        "category",
        {"faces": (0.15, 0.05), "speech": (0.3, 0.1), "motion": (0.6, 0.35), "lines": (5, 2)},
    ),
    _Rule("music film", "category", {"music": (0.4, 0.75), "speech": (0.5, 0.25)}),
    _Rule("slides or screen", "category", {"text": (0.5, 0.8), "lines": (2.5, 5), "motion": (0.25, 0.1)}),
    _Rule("lecture", "category", {"text": (0.4, 0.7), "lines": (2, 4), "speech": (0.4, 0.65)}),
    _Rule("no faces", "people", {"faces": (0.08, 0.02)}),
    _Rule("one person", "people", {"faces": (0.2, 0.5), "people": (1.6, 1.2)}),
    _Rule("several people", "people", {"faces": (0.2, 0.5), "people": (1.3, 2.0)}),
    _Rule("close-up", "people", {"faces": (0.2, 0.5), "face_height": (0.25, 0.45)}),
    _Rule("still", "motion", {"motion": (0.12, 0.03)}),
    _Rule("lively", "motion", {"motion": (0.4, 0.65)}),
    _Rule("dark", "light", {"brightness": (0.3, 0.15)}),
    _Rule("bright", "light", {"brightness": (0.6, 0.75)}),
    _Rule("colourful", "colour", {"colourful": (35.0, 60.0)}),
    _Rule("black and white", "colour", {"colourful": (6.0, 2.0)}),
    _Rule("speech", "sound", {"speech": (0.1, 0.4)}),
    _Rule("music", "sound", {"music": (0.1, 0.4)}),
    _Rule("cheering", "sound", {"cheering": (0.005, 0.03)}),
    _Rule("silent", "sound", {"silence": (0.8, 0.98)}),
    _Rule("words on screen", "text", {"text": (0.2, 0.6)}),
    _Rule("quick cuts", "editing", {"cuts_a_minute": (12, 25)}),
    _Rule("one take", "editing", {"cuts_a_minute": (0.5, 0.05), "seconds": (3, 8)}),
)


def labels(facts: Facts, *, least: float = LEAST) -> list[Label]:
    """The labels whose score is `least` or more, the surest first; colours by their names among them."""
    found = [rule.judge(facts) for rule in RULES if facts.picture or rule.needs.keys() <= HEARD]
    for name, share in (facts.colours or {}).items():
        found.append(Label(name, "colour", ramp(share, (0.08, 0.3)), f"share of the picture {share:.2g}"))
    return sorted((one for one in found if one.score >= least), key=lambda one: -one.score)


# ---- Faces that are there


def believed(looks: Sequence[Sequence[Face]]) -> list[list[Face]]:
    """The faces of each look that a look before or after shows as well: detectors see faces where none are.

    A look without neighbours is believed: there is nothing to hold against it.
    """
    if len(looks) < 2:
        return [list(one) for one in looks]
    kept = []
    for index, here in enumerate(looks):
        beside = [face for at in (index - 1, index + 1) if 0 <= at < len(looks) for face in looks[at]]
        kept.append([face for face in here if any(_is_same(face, other) for other in beside)])
    return kept


def _is_same(one: Face, other: Face) -> bool:
    apart = abs(one.x + one.width / 2 - other.x - other.width / 2) + abs(one.y - other.y)
    low, high = sorted((one.width, other.width))
    return apart < MOVED * high and high < GROWN * low
