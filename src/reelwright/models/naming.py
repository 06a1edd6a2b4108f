"""Things, places and activities that a network named in pictures of a film, with the shots they were named for."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from reelwright.models import labels, seeing

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Named:
    """`tier`: of what named it."""

    name: str
    group: labels.Group
    score: float
    why: str
    spans: tuple[Span, ...]
    tier: Literal["model", "upstream"]


def by_language_model(seen: seeing.Seen, times: Sequence[Fraction], shots: Sequence[Span]) -> list[Named]:
    """What it named, in the shots of the pictures (taken at `times`) it was named for."""
    told = []
    for one in seen.things:
        spans = _shots([times[number - 1] for number in one.pictures], shots)
        why = f"named by a language model in {len(one.pictures)} of {len(times)} pictures"
        told.append(Named(one.name, "thing", one.score, why, spans, "upstream"))
    return told


def by_labels(
    found: Sequence[labels.Seen],
    times: Sequence[Fraction],
    shots: Sequence[Span],
    *,
    by: str,
    least: float,
    language: Literal["en", "zh"],
) -> list[Named]:
    """The labels that score `least` or more in any picture, the surest first. `by` names the networks."""
    told = []
    for one in found:
        held = [time for time, score in zip(times, one.scores, strict=True) if score >= least]
        if held:
            why = f"seen by {by} in {len(held)} of {len(times)} pictures"
            name = one.zh if language == "zh" else one.en
            told.append(Named(name, one.group, max(one.scores), why, _shots(held, shots), "model"))
    return sorted(told, key=lambda one: -one.score)


def _shots(times: Sequence[Fraction], shots: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(span for span in shots if any(span[0] <= time < span[1] for time in times))
