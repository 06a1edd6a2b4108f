"""Text generation: keywords in, as many texts as asked out; or a story in, a storyboard out.

`GenerateConfig` is told back as it came, a JSON text inside the JSON text of `EditingConfig`. `AiResult` is a list of
texts; of a storyboard one, with a line for each shot. `Usage` is `{"total_tokens": n}`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces.codecs import MISSING, bad, find
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.wire import Codec, Desk, Document, Table, integer, json_object, json_text, one_of, text
from reelwright.service import Submission

TYPES = {"copy": "MarketingCopy", "title": "Title", "storyboard": "StoryboardScript"}
LEAST_LENGTH, MOST_LENGTH, MOST_COUNT, MOST_KEYWORDS, MOST_TEXT = 5, 1000, 1000, 4000, 100_000
NEEDED = {
    "keywords": "GenerateConfig.keywords",
    "length": "GenerateConfig.textLength",
    "count": "GenerateConfig.targetCount",
}
NAMES = {f"params.{name}": wire for name, wire in NEEDED.items()} | {"params.text": "GenerateConfig.originText"}


@dataclass(frozen=True, slots=True)
class Keywords(Codec):
    """One text with commas in it, or a list of texts. Only read."""

    def take(self, value: object, name: str) -> str:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, Sequence) or not all(isinstance(one, str) for one in listed):
            raise bad(name, value, "give keywords, parted by commas")
        keywords = ",".join(listed)
        if len(keywords) > MOST_KEYWORDS:
            told = f"{name} is {len(keywords)} characters long; give at most {MOST_KEYWORDS}"
            raise InvalidParameter(told, field=name)
        return keywords

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class AsGiven(Codec):
    """A JSON text, or the text of what was parsed already. Only read."""

    def take(self, value: object, name: str) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


GENERATE: Table = {
    "keywords": Keywords("keywords"),
    "textLength": integer("length", least=LEAST_LENGTH, most=MOST_LENGTH),
    "targetCount": integer("count", least=1, most=MOST_COUNT),
    "originText": text("text", most=MOST_TEXT),
}


def wanted(domain: Document, desk: Desk) -> Submission:
    kind, config = str(domain["kind"]), domain["config"]
    assert isinstance(config, Mapping)
    if kind == "storyboard":
        params = {"text": _there(config, "text", "GenerateConfig.originText")}
    else:
        params = {name: _there(config, name, wire) for name, wire in NEEDED.items()}
    editing = {"Type": TYPES[kind], "GenerateConfig": str(domain["given"])}
    return Submission(
        operator="text.write",
        params={"kind": kind, **params},
        wire={"editing_config": json.dumps(editing, ensure_ascii=False), "keyword": config.get("keywords")},
        names=NAMES,
    )


def _there(config: Mapping[str, object], name: str, wire: str) -> object:
    value = find(config, name)
    if value is MISSING or value == "":
        raise MissingParameter(f"{wire} is missing; it is required", field=wire)
    return value


TEXT_GENERATE = Kind(
    job_type="TextGenerate",
    action="SubmitTextGenerateJob",
    wanted=wanted,
    takes={
        "Type": one_of("kind", TYPES, required=True),
        "GenerateConfig": (json_object(GENERATE, path="config", required=True), AsGiven("given")),
    },
    result={
        "AiResult": json_text(Codec("result.texts")),
        "Usage": json_text(json_object({"total_tokens": "total_tokens"}, path="result.usage")),
    },
)
