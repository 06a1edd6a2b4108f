"""Speech recognition: an address or an asset in, sentences with their times out.

`AiResult` is `[{"content", "from", "to"}]`, seconds. A sound without speech fails with the vendor's
`SpeechTranslationNoValidVocal`. The language is found out where the installed recogniser can.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import bad
from reelwright.faces.ice import hotwords, library
from reelwright.faces.ice.smart.kinds import CREATED, Kind
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Table,
    boolean,
    each,
    find,
    json_object,
    json_text,
    number,
    text,
)
from reelwright.service import Submission

CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]?\d(?:\.\d{1,3})?)")
LEAST_LENGTH, MOST_LENGTH = 4, 50
LIBRARY = "EditingConfig.HotwordLibraryIdList"


@dataclass(frozen=True, slots=True)
class Clock(Codec):
    """`HH:MM:SS` as seconds. Only read."""

    def take(self, value: object, name: str) -> float:
        told = CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
        if told is None:
            raise bad(name, value, "give HH:MM:SS")
        hours, minutes, seconds = told.groups()
        return 3600 * int(hours) + 60 * int(minutes) + float(seconds)

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class SentenceLength(Codec):
    """A whole number; what is none, or out of range, is refused in the vendor's own words. Only read."""

    def take(self, value: object, name: str) -> int:
        given = int(value) if isinstance(value, str) and value.strip().lstrip("-").isdigit() else value
        if isinstance(given, bool) or not isinstance(given, int) or not LEAST_LENGTH <= given <= MOST_LENGTH:
            told = f"'{name}' is invalid, input: {_as_written(value)}, value range: {LEAST_LENGTH}-{MOST_LENGTH}"
            raise InvalidParameter(told, field=name)
        return given

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class OneLibrary(Codec):
    """The id of a hotword library, as a text or in a list of one. Only read."""

    def take(self, value: object, name: str) -> str:
        given = value
        if isinstance(value, Sequence) and not isinstance(value, str):
            if len(value) > 1:
                raise InvalidParameter(f"{name} names {len(value)} libraries; give one", field=name)
            given = value[0] if value else ""
        if not isinstance(given, str):
            raise bad(name, value, "give the id of one library")
        return given


def _as_written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


EDITING: Table = {
    "HotwordLibraryIdList": OneLibrary("library"),
    "SentenceMaxLength": SentenceLength("sentence_max_length"),
    "EnableSemanticSentenceDetection": boolean("semantic_sentences"),
}
NAMES = {
    "params.audio": "InputFile",
    "params.start": "StartTime",
    "params.duration": "Duration",
    "params.sentence_max_length": "EditingConfig.SentenceMaxLength",
    "params.semantic_sentences": "EditingConfig.EnableSemanticSentenceDetection",
    "params.hotwords": LIBRARY,
}


def wanted(domain: Document, desk: Desk) -> Submission:
    given, editing = str(domain["input"]), domain.get("editing")
    said = editing if isinstance(editing, Mapping) else {}
    params: dict[str, object] = {
        "audio": library.source(desk, given, field="InputFile"),
        "require_speech": True,
        **_stretch(domain),
        **{name: said[name] for name in ("sentence_max_length", "semantic_sentences") if name in said},
    }
    if said.get("library"):
        words = hotwords.of(desk, str(said["library"]), field=LIBRARY)
        params["hotwords"] = [{"word": word.text, "weight": word.weight} for word in words]
    asked = {name: find(domain, f"wire.{name}") for name in ("duration", "start_time")}
    parameters = {name: value for name, value in asked.items() if isinstance(value, str)}
    wire = {"input_file": given, **({"job_parameters": json.dumps(parameters)} if parameters else {})}
    return Submission(operator="speech.transcribe", params=params, wire=wire, names=NAMES)


def _stretch(domain: Document) -> dict[str, object]:
    """`start` and `duration`, where they are given."""
    found = {name: domain[name] for name in ("start", "duration") if name in domain}
    if found.get("duration") == 0:
        raise InvalidParameter(
            f"Duration is {shown('00:00:00')}; give more, or leave it out to hear all", field="Duration"
        )
    return found


SENTENCE: Table = {"content": "text", "from": number("start"), "to": number("end")}
ASR = Kind(
    job_type="ASR",
    action="SubmitASRJob",
    wanted=wanted,
    takes={
        "InputFile": text("input", required=True),
        "StartTime": (Clock("start"), text("wire.start_time")),
        "Duration": (Clock("duration"), text("wire.duration")),
        "EditingConfig": (json_object(EDITING, path="editing"), text("wire.editing_config")),
    },
    gives=CREATED,
    result={"AiResult": json_text(each("result.sentences", SENTENCE))},
    faults={"NoSpeech": "SpeechTranslationNoValidVocal"},
)
