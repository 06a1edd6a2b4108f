"""What operators that read aloud have in common: names of voices and engines, and how a recording becomes a file."""

from functools import partial
from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator

from reelwright.errors import InvalidParameter
from reelwright.media import sounds
from reelwright.media.levelled import Levelled
from reelwright.models import speakers
from reelwright.operators.context import Context

PHASES = {"speak": 0.8, "master": 0.2}
TIERS = ("builtin", "model")


def _known_as(field: str) -> AfterValidator:
    """`InvalidParameter` that names the field, for a voice that there is not."""

    def known(name: str) -> str:
        try:
            speakers.check(name)
        except InvalidParameter as error:
            raise InvalidParameter(error.message, field=field) from None
        return name

    return AfterValidator(known)


VoiceName = Annotated[str, _known_as("params.voice")]
NarratorName = Annotated[str, _known_as("params.narrator")]
EngineName = Literal["auto", "espeak-ng", "kokoro", "matcha", "piper"]


class File(Protocol):
    """What is asked of the file."""

    volume: int
    format: sounds.Format
    sample_rate: int


def mastered(tape: Levelled, file: File, ctx: Context, stem: str) -> dict[str, Any]:
    """Write the recording among the run's outputs. The fields that tell of it."""
    ctx.enter("master")
    path = ctx.output(f"{stem}.{file.format}")
    level = tape.master(path, file.format, volume=file.volume, told=partial(ctx.report, unit="sample"))
    ctx.media(tape.seconds)
    return {
        "audio": str(path),
        "seconds": tape.seconds,
        "sample_rate": file.sample_rate,
        "loudness": level.loudness,
        "limited": level.limited,
    }
