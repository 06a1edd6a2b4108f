"""What a job of many steps will probably take, told before it runs and compared with what it took.

A plan guesses how many steps of which operator it will want, and how much media they work on. How long that takes is
learned: the ledger notes the seconds of every step that ran, by operator and provider, and a new estimate is made at
that pace. Where nothing has run yet, figures stand in that were measured on two cores of a laptop.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from reelwright.jobs.job import Step
from reelwright.jobs.records import Keeping, Kept, Shelf
from reelwright.pipelines.contract import Guess

HOUSE = ""
"""Pace is of the machine, not of a tenant."""
PER_STEP, PER_MEDIA_SECOND = 1.0, 0.5
"""Seconds of work where nothing is known of an operator."""
USUAL: Mapping[str, tuple[float, float]] = {
    "video.generate": (1.0, 2.0),
    "image.generate": (1.0, 0.0),
    "speech.speak": (0.1, 0.02),
    "story.read": (2.0, 0.0),
    "story.script": (1.0, 0.0),
    "story.take": (0.5, 0.5),
    "story.join": (1.0, 0.1),
    "story.deliver": (2.0, 0.05),
}
"""(seconds a step, seconds a second of media) before anything has run here."""


class Share(msgspec.Struct, frozen=True):
    """Of an operator at a provider."""

    operator: str
    provider: str
    steps: int
    seconds: float
    """Of work, all steps added up."""
    bytes: int
    cost: float = 0.0


class Estimate(msgspec.Struct, frozen=True):
    steps: int
    seconds: float
    bytes: int
    cost: dict[str, float]
    """By provider, in whatever the prices of the settings are in."""
    shares: list[Share]


class Pace(msgspec.Struct, frozen=True):
    """What an operator's steps took so far."""

    steps: int = 0
    seconds: float = 0.0
    media_seconds: float = 0.0


ESTIMATES = Shelf("plan.estimate", Estimate)
PACES = Shelf("plan.pace", Pace)


def estimate(
    guesses: Iterable[Guess], kept: Kept, provider: Callable[[Guess], str], prices: Mapping[str, float]
) -> Estimate:
    """`provider` names who will do a guess's steps; `prices` are for a step or a second of media at a provider."""
    return _summed([_share(guess, kept, provider(guess), prices) for guess in guesses if guess.steps])


def actual(steps: Sequence[Step], prices: Mapping[str, float]) -> Estimate:
    """What the steps of a job have truly taken, found results not counted."""
    shares: dict[tuple[str, str], Share] = {}
    for step in steps:
        if not step.executions:
            continue
        provider = step.made.provider if step.made else ""
        old = shares.get((step.operator, provider), Share(step.operator, provider, 0, 0.0, 0))
        cost = _cost(prices.get(provider, 0.0), step.executions, step.usage.media_seconds)
        shares[step.operator, provider] = Share(
            step.operator,
            provider,
            old.steps + step.executions,
            round(old.seconds + step.usage.wall_seconds, 3),
            old.bytes + step.usage.bytes_out,
            round(old.cost + cost, 6),
        )
    return _summed(list(shares.values()))


def learn(tx: Keeping, step: Step, now: float) -> None:
    """Note what a step that ran has taken."""
    record = _pace_id(step.operator, step.made.provider if step.made else "")
    found = PACES.get(tx, HOUSE, record)
    old = found.body if found else Pace()
    media = old.media_seconds + step.usage.media_seconds
    PACES.put(tx, HOUSE, record, Pace(old.steps + 1, old.seconds + step.usage.wall_seconds, media), now=now)


def _share(guess: Guess, kept: Kept, provider: str, prices: Mapping[str, float]) -> Share:
    found = PACES.get(kept, HOUSE, _pace_id(guess.operator, provider))
    seconds = _by_habit(guess) if found is None else _by_pace(guess, found.body)
    cost = _cost(prices.get(provider, 0.0), guess.steps, guess.media_seconds)
    return Share(guess.operator, provider, guess.steps, round(seconds, 3), guess.bytes, round(cost, 6))


def _by_habit(guess: Guess) -> float:
    per_step, per_second = USUAL.get(guess.operator, (PER_STEP, PER_MEDIA_SECOND))
    return guess.steps * per_step + guess.media_seconds * per_second


def _by_pace(guess: Guess, pace: Pace) -> float:
    if guess.media_seconds and pace.media_seconds:
        return guess.media_seconds * pace.seconds / pace.media_seconds
    return guess.steps * pace.seconds / max(1, pace.steps)


def _cost(price: float, steps: int, media_seconds: float) -> float:
    return price * (media_seconds or steps)


def _summed(shares: list[Share]) -> Estimate:
    cost: dict[str, float] = {}
    for one in shares:
        if one.cost:
            cost[one.provider] = round(cost.get(one.provider, 0.0) + one.cost, 6)
    seconds = round(sum(one.seconds for one in shares), 3)
    return Estimate(sum(one.steps for one in shares), seconds, sum(one.bytes for one in shares), cost, shares)


def _pace_id(operator: str, provider: str) -> str:
    return f"{operator}@{provider}"
