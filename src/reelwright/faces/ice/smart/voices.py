"""Text to speech: a text or an SSML document in, a sound in the library out; and the list of voices.

`EditingConfig` is shown with what was left out filled in, keys in order; `AiResult` is `[{"content", "from", "to"}]`,
seconds. The object's name gets the ending of its format.
"""

import asyncio
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import msgspec

from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import MISSING, bad
from reelwright.faces.ice import library
from reelwright.faces.ice.smart.asr import SENTENCE
from reelwright.faces.ice.smart.clips import FirstFile
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.objects import LinkTo
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Table,
    always,
    boolean,
    each,
    find,
    handled,
    integer,
    json_object,
    json_text,
    one_of,
    text,
)
from reelwright.kernels import voices
from reelwright.models import speakers
from reelwright.models.hub import Hub
from reelwright.service import Submission

FORMATS = {name: name.upper() for name in ("pcm", "wav", "mp3")}
DEFAULTS: Mapping[str, object] = {
    "format": "mp3",
    "pitch_rate": 0,
    "sample_rate": 16000,
    "speech_rate": 0,
    "voice": "Siqi",
    "volume": 50,
}
STEPS, MOST_VOLUME = 500, 100
RATES = (8000, 16000, 24000, 48000)
BUCKET = "OutputConfig.bucket"


@dataclass(frozen=True, slots=True)
class ObjectName(Codec):
    """A key in a bucket, without a slash before it. Only read."""

    def take(self, value: object, name: str) -> str:
        if not isinstance(value, str) or not value.strip("/"):
            raise bad(name, value, "give the name of an object, without its ending")
        return value.lstrip("/")


EDITING: Table = {
    "voice": text("voice"),
    "customizedVoice": text("customised"),
    "format": one_of("format", FORMATS, also={name: name for name in FORMATS}),
    "volume": integer("volume", least=0, most=MOST_VOLUME),
    "speech_rate": integer("speech_rate", least=-STEPS, most=STEPS),
    "pitch_rate": integer("pitch_rate", least=-STEPS, most=STEPS),
    "sample_rate": integer("sample_rate", least=RATES[0], most=RATES[-1]),
}
OUTPUT: Table = {"bucket": text("bucket", required=True), "object": ObjectName("object", required=True)}
NAMES = {
    "destination": BUCKET,
    "params.text": "InputConfig",
    "params.voice": "EditingConfig.voice",
    "params.format": "EditingConfig.format",
    "params.sample_rate": "EditingConfig.sample_rate",
    "params.speech_rate": "EditingConfig.speech_rate",
    "params.pitch_rate": "EditingConfig.pitch_rate",
    "params.volume": "EditingConfig.volume",
}


def produce(domain: Document, desk: Desk) -> Submission:
    said, given, place = str(domain["text"]), domain["editing"], domain["output"]
    assert isinstance(given, Mapping)
    settings = {**DEFAULTS, **{name: value for name, value in given.items() if name in DEFAULTS}}
    bucket, key = str(find(place, "bucket")), _key(str(find(place, "object")), str(settings["format"]))
    if domain.get("overwrite") is not True and desk.service.objects.size(bucket, key) is not None:
        told = f"OutputConfig.object: oss://{bucket}/{key} is there already; set Overwrite, or name another object"
        raise InvalidParameter(told, field="OutputConfig.object")
    title = find(domain, "wire.title")
    lands = library.lands(desk, title=title if isinstance(title, str) else "", kind="audio", roles=("audio",), media=1)
    return Submission(
        operator="speech.speak",
        params={**settings, "text": said, "voice": _voice(given, str(settings["voice"]))},
        destination=f"oss://{bucket}/{key}",
        wire={
            "input_file": said,
            "editing_config": _shown(settings, given),
            "output": {"bucket": bucket, "object": key},
            **lands,
        },
        names=NAMES,
    )


def _key(name: str, kind: str) -> str:
    return name if name.lower().endswith(f".{kind}") else f"{name}.{kind}"


def _voice(given: Mapping[str, object], usual: str) -> str:
    """A voice of one's own wins over one of the list; here those are the voices of models that are installed."""
    own = given.get("customised")
    if not own:
        return usual
    if ":" not in str(own):
        told = (
            f"EditingConfig.customizedVoice is {shown(own)}; this server trains no voices: give a voice of an "
            "installed model, such as kokoro:af_heart, or leave it out"
        )
        raise InvalidParameter(told, field="EditingConfig.customizedVoice")
    return str(own)


def _shown(settings: Mapping[str, object], given: Mapping[str, object]) -> str:
    told = {**settings, "format": str(settings["format"]).upper()}
    if given.get("customised"):
        told["customizedVoice"] = given["customised"]
    return msgspec.json.encode(told, order="sorted").decode()


AUDIO_PRODUCE = Kind(
    job_type="TextToSpeech",
    action="SubmitAudioProduceJob",
    wanted=produce,
    takes={
        "InputConfig": text("text", required=True),
        "EditingConfig": json_object(EDITING, path="editing", required=True),
        "OutputConfig": json_object(OUTPUT, path="output", required=True),
        "Overwrite": boolean("overwrite"),
    },
    gives={"JobId": "id", "MediaId": "wire.media_id", "State": always("Created")},
    result={
        "AiResult": json_text(each("result.sentences", SENTENCE)),
        "MediaId": "wire.media_id",
        "MediaUrl": FirstFile(""),
    },
    also_named=NAMES,
)


# ---- the list of voices

TYPES = {"standard": "", "CosyVoice": "CosyVoice"}
KINDS = {"woman": "Female", "man": "Male", "girl": "Female", "boy": "Male"}
CHINESE = {"cmn": "Mandarin Chinese and English", "yue": "Cantonese and English"}
SPEAKS = {"en-us": "American English and Mandarin Chinese", "en-gb": "British English and Mandarin Chinese"}
ARCHIVE, SAMPLES = "voice_samples.zip", "voices/1"  # made by `tools/voice_samples.py`; the number rises with them
SAMPLE_RATES = "/".join(f"{rate // 1000}K" for rate in RATES)


async def list_groups(desk: Desk, given: Document) -> Document:
    family = given.get("family", "standard")
    groups = [one for one in voices.GROUPS if one.family == family]
    models = Hub(desk.service.settings.models_folder)
    await asyncio.to_thread(_put_samples, desk, [voice for one in groups for voice in one.voices])
    # With a model these names sound otherwise than in the samples.
    bucket = "" if speakers.is_model_best(models) else _place(desk)
    own = list(_installed(models)) if family == "standard" else []
    return {"groups": [*(_group(one, bucket) for one in groups), *own]}


def _put_samples(desk: Desk, wanted: Sequence[voices.Voice]) -> None:
    """The samples that come with the server become objects, once, so that links can lead to them."""
    objects, bucket = desk.service.objects, _place(desk)
    missing = [one for one in wanted if bucket and objects.size(bucket, _sample(one)) is None]
    if not missing:
        return
    with resources.files(__package__).joinpath(ARCHIVE).open("rb") as file, zipfile.ZipFile(file) as archive:
        for voice in missing:
            objects.put(bucket, _sample(voice), archive.read(f"{voice.name}.mp3"), media_type="audio/mpeg")


def _place(desk: Desk) -> str:
    """The bucket of the samples; empty if it is not there."""
    bucket = desk.service.settings.results_bucket
    return bucket if desk.service.objects.has_bucket(bucket) else ""


def _sample(voice: voices.Voice) -> str:
    return f"{SAMPLES}/{voice.name}.mp3"


def _group(group: voices.Group, bucket: str) -> dict[str, object]:
    return {"type": group.shown, "voices": [_told(one, group, bucket) for one in group.voices]}


def _told(voice: voices.Voice, group: voices.Group, bucket: str) -> dict[str, object]:
    english = group.title == "English"
    return {
        "sample": [{"bucket": bucket, "key": _sample(voice)}] if bucket else [],
        "desc": f"{voice.manner} {voice.kind}",
        "name": voice.shown,
        "remark": SPEAKS[voice.latin] if english else CHINESE[voice.chinese],
        "rates": SAMPLE_RATES,
        "tag": group.title,
        "voice": voice.name,
        "source": "builtin",
        "type": KINDS[voice.kind],
    }


def _installed(models: Hub) -> Iterator[dict[str, object]]:
    """A group for each model that is there."""
    found: dict[str, list[dict[str, object]]] = {}
    for one in speakers.installed(models):
        name = one.name.partition(":")[2]
        told: dict[str, object] = {
            "desc": f"a voice of {one.engine}",
            "name": name,
            "rates": SAMPLE_RATES,
            "tag": one.engine,
        }
        found.setdefault(one.engine, []).append({**told, "voice": one.name, "source": "model"})
    return ({"type": engine, "voices": told} for engine, told in found.items())


@dataclass(frozen=True, slots=True)
class SampleLink(Codec):
    """A link to how a voice sounds. Only written."""

    def give(self, value: object) -> object:
        return LinkTo("").give(value[0]) if isinstance(value, Sequence) and value else MISSING


VOICE: Table = {
    "Desc": "desc",
    "Name": "name",
    "Remark": "remark",
    "SupportSampleRate": "rates",
    "Tag": "tag",
    "Voice": "voice",
    "VoiceSource": "source",
    "VoiceType": "type",
    "VoiceUrl": SampleLink("sample"),
}
VOICE_GROUPS = handled(
    "ListSmartVoiceGroups",
    list_groups,
    takes={"VoiceType": one_of("family", TYPES)},
    gives={"VoiceGroups": each("groups", {"Type": "type", "VoiceList": each("voices", VOICE)})},
)
