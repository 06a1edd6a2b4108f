"""Video translation: films, sounds or subtitle files in, the same in another language out.

By level: subtitles alone (neither `NeedSpeechTranslate` nor `NeedFaceTranslate`), or the voice too
(`NeedSpeechTranslate`). Lips are not moved, and the request for it is refused. A finished translation
(`CustomSrtType` `TargetSrt`) needs nothing; everything else needs the language model that the settings name, and the
submit says so. The reply is nested, as this operation's is: `{"Data": {"JobId"}, "Success": true}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reelwright.errors import FunctionNotSupported, InvalidParameter, MissingParameter, ModelNotInstalled
from reelwright.faces.codecs import MISSING, Codec, bad, find, parsed
from reelwright.faces.ice import library
from reelwright.faces.ice.smart.clips import ONCE, FirstFile, address, once
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    always,
    boolean,
    json_object,
    json_text,
    number,
    one_of,
    text,
)
from reelwright.service import Submission

FACE = "it needs a model that moves the lips of a face, and none with a free licence is known"
TYPES = {"Video": "Video", "Audio": "Audio", "Subtitle": "Subtitle"}
TEXT_SOURCES = {"auto": "OCR_ASR", "picture": "OCR", "speech": "ASR", "file": "SubtitleFile"}
CUSTOM = {"source": "SourceSrt", "target": "TargetSrt"}
LINES_HIGH = 1080  # lines of the picture that a font size in pixels is meant for
WHOLE_NAMES = {"chinese": "zh", "english": "en", "japanese": "ja", "korean": "ko", "french": "fr", "german": "de"}


@dataclass(frozen=True, slots=True)
class Language(Codec):
    """`en`, `zh-CN` or `English`, as a code of two letters. Only read."""

    def take(self, value: object, name: str) -> str:
        word = str(value).strip().lower().replace("_", "-")
        code = WHOLE_NAMES.get(word, word.partition("-")[0])
        if not isinstance(value, str) or not (code.isalpha() and 2 <= len(code) <= 3):
            raise bad(name, value, "give the code of a language, like zh, en or ja")
        return code

    @property
    def keeps_empty(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Area(Codec):
    """`Auto`, or a text of boxes: `[[x,y,w,h]]`, shares of the picture. Only read."""

    def take(self, value: object, name: str) -> object:
        if value == "Auto":
            return "auto"
        boxes = parsed(value, name)
        if not isinstance(boxes, Sequence) or isinstance(boxes, str) or not all(map(_is_box, boxes)):
            raise bad(name, value, 'give "Auto", or boxes like "[[0,0.8,1,0.2]]"')
        return [list(map(float, box)) for box in boxes]

    @property
    def keeps_empty(self) -> bool:
        return False


def _is_box(box: object) -> bool:
    return isinstance(box, Sequence) and len(box) == 4 and all(isinstance(one, int | float) for one in box)


LOOK: Table = {
    "FontSize": number("size"),
    "FontColor": text("colour"),
    "OutlineColour": text("outline_colour"),
    "FontFace": json_object({"Bold": boolean("bold")}),
}
LEVEL: Table = {
    "SubtitleConfig": json_object(LOOK, path="look"),
    "CustomSrtType": one_of("custom", CUSTOM),
    "VoiceConfig": json_object({"Voice": text("voice")}),
}
EDITING: Table = {
    "SourceLanguage": Language("source_language"),
    "TargetLanguage": Language("target_language", required=True),
    "NeedSpeechTranslate": boolean("speak"),
    "NeedFaceTranslate": boolean("face"),
    "BilingualSubtitle": boolean("bilingual"),
    "TextSource": one_of("source", TEXT_SOURCES, also={"ALL": "auto"}),
    "CustomSrtType": one_of("custom", CUSTOM),
    "DetextArea": Area("area"),
    "SubtitleTranslate": json_object(LEVEL, path="level"),
    "SpeechTranslate": json_object(LEVEL, path="level"),
}
INPUT: Table = {
    "Type": one_of("type", TYPES, required=True),
    "Video": text("video"),
    "Audio": text("audio"),
    "Subtitle": text("subtitle"),
}


# ---- asking


def wanted(domain: Document, desk: Desk) -> Submission:
    given, editing = domain["input"], domain["editing"]
    assert isinstance(given, Mapping)
    assert isinstance(editing, Mapping)
    if editing.get("face"):
        told = f"EditingConfig.NeedFaceTranslate is not offered: {FACE}; translate speech or subtitles"
        raise FunctionNotSupported(told, field="EditingConfig.NeedFaceTranslate")
    kind = str(given["type"])
    params = {**_media(given, kind, editing, desk), **_params(editing, kind)}
    if "translation" not in params and not desk.service.settings.llm_url:
        told = (
            "this server has no language model to translate with: name one in the setting `llm_url`, or give a "
            "finished translation (TextSource SubtitleFile, CustomSrtType TargetSrt, InputConfig.Subtitle)"
        )
        raise ModelNotInstalled(told, field="EditingConfig.TextSource")
    makes_film = kind == "Video"
    url, title = (_text(domain, path) for path in ("output.url", "wire.title"))
    role = "video" if makes_film else "subtitles"
    lands = library.lands(desk, kind="video" if makes_film else "text", media=1, roles=(role,), title=title)
    destination = url or library.destination(desk, "translated")
    return Submission(
        operator="video.translate",
        params=params,
        destination=destination.removesuffix(".mp4").removesuffix(".srt"),
        wire={"input_file": str(given[kind.lower()]), **({"output": {"object": url}} if url else {}), **lands},
        names=NAMES,
    )


def _text(domain: Document, path: str) -> str:
    found = find(domain, path)
    return found if isinstance(found, str) else ""


NAMES = {
    "destination": "OutputConfig.MediaURL",
    "params.video": "InputConfig.Video",
    "params.subtitles": "InputConfig.Subtitle",
    "params.translation": "InputConfig.Subtitle",
    "params.regions": "EditingConfig.DetextArea",
    "params.look": "EditingConfig.SubtitleTranslate.SubtitleConfig",
    "params.voice": "EditingConfig.SpeechTranslate.VoiceConfig.Voice",
    "params.target_language": "EditingConfig.TargetLanguage",
    "params.source_language": "EditingConfig.SourceLanguage",
}


def _media(given: Mapping[str, object], kind: str, editing: Mapping[str, object], desk: Desk) -> dict[str, object]:
    """Film and subtitle file, as addresses."""
    named = {name: str(given[name]) for name in ("video", "audio", "subtitle") if given.get(name)}
    if kind.lower() not in named:
        raise MissingParameter(f"InputConfig.{kind} is missing; Type is {kind}", field=f"InputConfig.{kind}")
    film = named.get("video") if kind == "Video" else named.get("audio") if kind == "Audio" else None
    found: dict[str, object] = {}
    if film is not None:
        found["video"] = library.source(desk, film, field=f"InputConfig.{kind}")
    custom = editing.get("custom") or find(editing, "level.custom")
    from_file = kind == "Subtitle" or editing.get("source") == "file"
    if from_file and "subtitle" not in named:
        told = "InputConfig.Subtitle is missing; TextSource SubtitleFile needs it"
        raise MissingParameter(told, field="InputConfig.Subtitle")
    if from_file and kind != "Subtitle" and custom is MISSING:
        told = "EditingConfig.CustomSrtType is missing; give SourceSrt or TargetSrt"
        raise MissingParameter(told, field="EditingConfig.CustomSrtType")
    if from_file:
        role = "translation" if custom == "target" else "subtitles"
        found[role] = library.source(desk, named["subtitle"], field="InputConfig.Subtitle")
    return found


def _params(editing: Mapping[str, object], kind: str) -> dict[str, object]:
    names = ("source_language", "target_language", "speak", "bilingual")
    params: dict[str, object] = {name: editing[name] for name in names if name in editing}
    if "area" in editing:
        params |= {"erase": True, **({} if editing["area"] == "auto" else {"regions": editing["area"]})}
    source = editing.get("source")
    if source not in (None, "file"):
        params["source"] = source
    if kind != "Video":
        params["burn"] = False
    if kind == "Audio":
        if params.get("speak"):
            told = "NeedSpeechTranslate needs a film: give Type Video, or translate the text alone"
            raise InvalidParameter(told, field="EditingConfig.NeedSpeechTranslate")
        params["source"] = "speech"
    voice, look = find(editing, "level.voice"), find(editing, "level.look")
    if isinstance(voice, str):
        params["voice"] = voice
    if isinstance(look, Mapping):
        params["look"] = _look(look)
    return params


def _look(given: Mapping[str, object]) -> dict[str, object]:
    look = dict(given)
    size = look.get("size")
    if isinstance(size, int | float):
        look["size"] = size / LINES_HIGH
    return look


# ---- telling


@dataclass(frozen=True, slots=True)
class Lines(Codec):
    """The lines of both languages with their times, and the files of them. Only written."""

    def give(self, value: object) -> dict[str, object]:
        lines = find(value, "result.lines")
        files = {"Subtitle": find(value, "result.subtitles"), "SourceSubtitle": find(value, "result.source_subtitles")}
        return {
            "Lines": [
                {
                    "from": find(one, "start"),
                    "to": find(one, "end"),
                    "content": find(one, "text"),
                    "source": find(one, "source"),
                }
                for one in (lines if isinstance(lines, Sequence) else ())
            ],
            **{name: address(mark) for name, mark in files.items() if isinstance(mark, str)},
        }


VIDEO_TRANSLATION = Kind(
    job_type="VideoTranslation",
    action="SubmitVideoTranslationJob",
    wanted=once("SubmitVideoTranslationJob", wanted),
    takes={
        **ONCE,
        "InputConfig": json_object(INPUT, path="input", required=True),
        "OutputConfig": json_object({"MediaURL": text("url")}, path="output"),
        "EditingConfig": (json_object(EDITING, path="editing", required=True), text("wire.editing_config")),
    },
    gives={"Data": json_object({"JobId": "id"}), "Success": always(value=True)},
    result={"AiResult": json_text(Lines("")), "MediaId": "wire.media_id", "MediaUrl": FirstFile("")},
)
