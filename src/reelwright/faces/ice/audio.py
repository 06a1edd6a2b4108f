"""How the vendor's audio functions write their odd documents: the track to mix in, and the scores of a voice.

`AudioQualityAssessment` tells everything in texts, every score as a number and as a word,
and some of the job's own facts once more for each channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reelwright import timing
from reelwright.faces.codecs import MISSING, bad, parsed
from reelwright.faces.wire import Codec, Table, find, one_of, write
from reelwright.storage import address

# ---- AudioMixing


@dataclass(frozen=True, slots=True)
class OneTrack(Codec):
    """`{"file": address}`, alone or in a list of one. Only read."""

    def take(self, value: object, name: str) -> str:
        given = parsed(value, name)
        if isinstance(given, Sequence) and not isinstance(given, str):
            if len(given) != 1:
                raise bad(name, value, "give exactly one track")
            given = given[0]
        file = given.get("file") if isinstance(given, Mapping) else None
        if not isinstance(file, str) or not file:
            raise bad(name, value, 'give {"file": address}')
        return file

    @property
    def keeps_empty(self) -> bool:
        return False


# ---- AudioQualityAssessment

WORDS = ((4, "Excellent"), (3, "Good"), (2, "Fair"), (1, "Poor"))
"""A score above the number has the word; what is above none is bad."""
TAGS = {"valid": "Valid", "too_short": "File too Short", "mute": "Mute", "little_speech": "Voice too Short"}


@dataclass(frozen=True, slots=True)
class Figure(Codec):
    """A number as a text of two decimals, `scale` wire units for one of ours, held within limits. Only written."""

    scale: float = 1.0
    least: float = 0.0
    most: float = float("inf")

    def give(self, value: object) -> str:
        number = min(max(float(value) * self.scale, self.least), self.most)  # type: ignore[arg-type]
        return f"{number:.2f}"


@dataclass(frozen=True, slots=True)
class Word(Codec):
    """A score of 0 to 5 in the vendor's words; the number is rounded first, so that both always agree. Only written."""

    def give(self, value: object) -> str:
        score = round(float(value), 2)  # type: ignore[arg-type]
        return next((word for bound, word in WORDS if score > bound), "Bad")


@dataclass(frozen=True, slots=True)
class Whole(Codec):
    """An integer as a text. Only written."""

    def give(self, value: object) -> str:
        return str(value)


def _graded(wire: str, path: str) -> Table:
    return {
        f"{wire}(0-5)": Figure(path, most=5.0),
        f"Worst {wire}(0-5)": Figure(f"worst_{path}", most=5.0),
        wire: Word(path),
    }


CHANNEL: Table = {
    "Channel": Whole("channel"),
    "Tag": one_of("tag", TAGS),
    "Total Duration": Figure("seconds"),
    **_graded("MOS", "mos"),
    **_graded("Discontinuity", "discontinuity"),
    **_graded("Coloration", "coloration"),
    **_graded("Noisiness", "noisiness"),
    "Loudness(0-5)": Figure("loudness_score", most=5.0),
    "Loudness": Word("loudness_score"),
    "Loudness(-90dB-0dB)": Figure("loudness", least=-90.0, most=0.0),
    "Speech Ratio": Figure("speech_ratio", most=1.0),
    "Double Talk Ratio(%)": Figure("double_talk_ratio", scale=100.0, most=100.0),
    "Bad Mute Ratio(%)": Figure("bad_mute_ratio", scale=100.0, most=100.0),
    "Saturated Ratio(%)": Figure("saturated_ratio", scale=100.0, most=100.0),
}


@dataclass(frozen=True, slots=True)
class Assessment(Codec):
    """The list for a finished job: each channel's table, with the input and the time of the job. Only written."""

    table: Table = field(default_factory=lambda: CHANNEL)

    def give(self, value: object) -> object:
        channels = find(value, "result.channels")
        if not isinstance(channels, Sequence):
            return MISSING
        # The job's own address: `Input.Media` may be the id of an asset.
        facts = {"Time": _time(find(value, "finished_at")), "Input": _path(find(value, "params.audio"))}
        return [{**write(self.table, one), **facts} for one in channels]


def _time(at: object) -> str:
    """`2026-01-02 03:04:05`, UTC."""
    moment = at if isinstance(at, int | float) else timing.now()
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S}"


def _path(media: object) -> str:
    where = address.parse(str(media))
    return where.key if isinstance(where, address.Stored) else where.url
