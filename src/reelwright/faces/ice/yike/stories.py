"""What may be asked of a storyboard: the vendor's names and lengths, with its own codes for what is none of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from reelwright.errors import EmptyFile, InvalidParameter, NotMedia
from reelwright.faces.codecs import Codec, parsed, parsed_object
from reelwright.faces.ice.errors import FileSizeExceed, InvalidFileType, InvalidStyleId, InvalidVoiceId
from reelwright.faces.ice.library import places
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, boolean
from reelwright.kernels import voices
from reelwright.kernels.painting.styles import STYLES
from reelwright.kernels.story.decoding import decoded
from reelwright.media import documents
from reelwright.storage import address

MOST_BYTES = 5 * 1024 * 1024
ENDINGS = (".txt", ".docx")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
UNTOLD = ("", "application/octet-stream")
"""Media types that tell nothing of a file."""

SOURCES = {"novel": "Novel", "script": "Script"}
MODES = {
    "first_person": "firstPersonNarration",
    "first_person_vo": "firstPersonNarrationPureVO",
    "third_person": "thirdPersonNarration",
    "dialogue": "dialogue",
}
PROMPTS = {"multi": "multi", "default": "default"}
RESOLUTIONS = {name: name for name in ("360P", "480P", "720P", "1080P", "2K", "4K")}
"""The vendor's begin at 720P; the smaller ones are for drafts."""
ALSO_RESOLUTIONS = {"1K": "1080P"}
RATIOS = {name: name for name in ("9:16", "16:9", "4:3", "3:4")}
ONLY_STORYBOARD = {"False": "FullPipeline", "True": "StoryboardOnly"}
"""The vendor's two ways of running, as `only_storyboard`."""
NARRATORS = next(group.voices for group in voices.GROUPS if group.title == "Storyboards")
ALSO_STYLES = {"Hokusei": "Hokusai"}
"""The vendor writes the painter's name in a way of its own."""
AUDIO = "AudioEnable"


@dataclass(frozen=True, slots=True)
class Named(Codec):
    """One of the vendor's ids; any other is refused with a code of its own. Only read."""

    names: Mapping[str, str] = field(default_factory=dict)
    """As it is written -> as the plan knows it."""
    fault: type[InvalidParameter] = InvalidParameter

    def take(self, value: object, name: str) -> str:
        found = self.names.get(str(value))
        if found is None:
            told = f"{name} is {shown(value)}; give one of {', '.join(self.names)}"
            raise self.fault(told, field=name)
        return found

    @property
    def keeps_empty(self) -> bool:
        return False


def style(path: str) -> Codec:
    also = {name: ours for name, ours in ALSO_STYLES.items() if ours in STYLES}
    return Named(path, names={name: name for name in STYLES} | also, fault=InvalidStyleId)


def narrator(path: str) -> Codec:
    return Named(path, names={voice.name: voice.name for voice in NARRATORS}, fault=InvalidVoiceId)


@dataclass(frozen=True, slots=True)
class JsonTextOfObject(Codec):
    """A JSON text that must hold an object, kept as it was written. Only read."""

    def take(self, value: object, name: str) -> str:
        parsed_object(value, name)
        return str(value)

    @property
    def keeps_empty(self) -> bool:
        return False


def sound(model_params: str) -> bool:
    """`AudioEnable` of `ModelParams`; with sound where nothing is said."""
    given = parsed(model_params, "ModelParams")
    assert isinstance(given, Mapping)  # Read as an object before.
    name = f"ModelParams.{AUDIO}"
    return bool(boolean("").take(given[AUDIO], name)) if given.get(AUDIO) is not None else True


def unknown(model_params: str) -> list[str]:
    """Keys that mean nothing here."""
    given = parsed(model_params, "ModelParams")
    return [str(name) for name in given if name != AUDIO] if isinstance(given, Mapping) else []


def check_file(desk: Desk, text: str) -> None:
    """Is it a text, as far as its name and type tell, and not too long? What it holds is seen when it is read."""
    where = address.parse(text, own_hosts=places.own_hosts(desk), field="FileURL")
    if not isinstance(where, address.Stored):
        _check_ending(PurePosixPath(unquote(urlsplit(text).path)).suffix, text, "")
        return
    objects = desk.service.objects
    there = objects.head(where.bucket, where.key) if objects.exists(where.bucket, where.key) else None
    _check_ending(PurePosixPath(where.key).suffix, text, there.media_type if there else "")
    if there is not None and there.size > MOST_BYTES:
        told = f"FileURL is a file of {there.size} bytes; give at most {MOST_BYTES}, in several jobs if need be"
        raise FileSizeExceed(told, field="FileURL")
    if there is not None and there.size > documents.MOST_CHARACTERS:
        _check_length(b"".join(objects.read(where.bucket, where.key)))


def _check_length(content: bytes) -> None:
    """Of a plain text. What cannot be read, and how long a Word document is, is seen when it is read."""
    if content.startswith(documents.ZIP):
        return
    try:
        length = len(decoded(content).strip())
    except (NotMedia, EmptyFile):
        return
    if length > documents.MOST_CHARACTERS:
        most = documents.MOST_CHARACTERS
        told = f"FileURL is a text of {length} characters; give at most {most}, in several jobs if need be"
        raise FileSizeExceed(told, field="FileURL")


def _check_ending(ending: str, text: str, media_type: str) -> None:
    if ending.lower() in ENDINGS:
        return
    family = media_type.partition(";")[0].strip().lower()
    if not ending and (family in UNTOLD or family == DOCX or family.startswith("text/")):
        return
    told = f"FileURL is {shown(text)}, which is no text by its name; give a file that ends in {' or '.join(ENDINGS)}"
    raise InvalidFileType(told, field="FileURL")
