"""How the video functions of IProduction jobs write their JobParams."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import Codec, JsonObject, Text, bad, parsed, read
from reelwright.faces.wire import Table, boolean, integer, number, one_of


@dataclass(frozen=True, slots=True)
class Address(Text):
    """Where a file lies, if one is named. Only read."""

    @property
    def keeps_empty(self) -> bool:
        return False


# ---- VideoClip


@dataclass(frozen=True, slots=True)
class Seconds(Codec):
    """Seconds as a text, to the millisecond. Only written."""

    def give(self, value: object) -> str:
        return str(round(float(value), 3))  # type: ignore[arg-type]


CLIP: Table = {"StartTime": Seconds("start"), "EndTime": Seconds("end")}


# ---- FaceBeauty


@dataclass(frozen=True, slots=True)
class Switch(Codec):
    """0 or 1. Only read."""

    def take(self, value: object, name: str) -> bool:
        if str(value) not in ("0", "1"):
            raise bad(name, value, "give 0 or 1")
        return str(value) == "1"

    @property
    def keeps_empty(self) -> bool:
        return False


AMOUNTS = (
    *("smooth", "whiten", "detail", "cheek_thin", "face_cut", "face_thin", "chin_thin", "eye_size", "smile"),
    *("face_length", "chin_length", "eye_corner1", "eye_distance", "nose_thin", "nose_wing", "nose_length"),
    *("mouth_size", "mouth_position", "lip_thickness", "hair_line"),
)
BEAUTY: Table = {
    **{name: number(name) for name in AMOUNTS},
    "skin_beauty_enable": Switch("skin_enabled"),
    "shape_beauty_enable": Switch("shape_enabled"),
    "skin_model": Switch("skin_model"),
    "detect_mode": one_of("detect_mode", {"video": "0", "image": "1"}),
    **{name: integer(name) for name in ("detect_level", "detect_interval", "max_face_num", "min_face")},
    "threshold": number("threshold"),
}


@dataclass(frozen=True, slots=True)
class BeautyKeys(JsonObject):
    """`key=value,key=value`. Only read; each fault names its key."""

    table: Table = field(default_factory=lambda: BEAUTY)

    def take(self, value: object, name: str) -> dict[str, object]:
        if not isinstance(value, str):
            raise bad(name, value, "give a text like smooth=50,face_thin=30")
        given: dict[str, object] = {}
        for part in filter(None, (one.strip() for one in value.split(","))):
            key, equals, amount = (one.strip() for one in part.partition("="))
            if not equals or not amount:
                raise bad(name, part, "write each key as key=value, with commas between them")
            if key in given:
                raise InvalidParameter(f"{name} has {key} twice; give it once", field=f"{name}.{key}")
            given[key] = amount
        _refuse_unknown(given, self.table, name)
        return read(self.table, given, within=f"{name}.")


def _refuse_unknown(given: Mapping[str, object], table: Table, name: str) -> None:
    """A misspelt key would silently do nothing."""
    unknown = next((key for key in given if key not in table), None)
    if unknown is not None:
        told = f"{name} has no key {unknown!r}; it knows {', '.join(table)}"
        raise InvalidParameter(told, field=f"{name}.{unknown}")


# ---- VideoDetext


@dataclass(frozen=True, slots=True)
class NumberLists(Codec):
    """Lists of `length` numbers each, as a list or as its JSON text; a single one may stand bare. Only read.

    `least` and `most`: how many of them.
    """

    length: int = 0
    example: str = ""
    least: int = 1
    most: int | None = None

    def take(self, value: object, name: str) -> object:
        given = parsed(value, name) if isinstance(value, str) else value
        lists = [given] if isinstance(given, list) and given and not isinstance(given[0], list) else given
        if not isinstance(lists, list) or not lists or not all(map(self._is_one, lists)):
            raise bad(name, value, f"give lists of {self.length} numbers, like {self.example}")
        if len(lists) < self.least or (self.most is not None and len(lists) > self.most):
            count = f"{self.least}" if self.least == self.most else f"at most {self.most}"
            raise bad(name, value, f"give {count} lists of {self.length} numbers, like {self.example}")
        return lists

    def _is_one(self, one: object) -> bool:
        return isinstance(one, list) and len(one) == self.length and all(map(_is_number, one))

    @property
    def keeps_empty(self) -> bool:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


DETEXT: Table = {
    "LimitRegion": NumberLists("regions", length=4, example="[[0,0.7,1,0.3]]"),
    "Time": NumberLists("times", length=2, example="[0,12.5]"),
}
DETEXT_MODELS: Mapping[str, Mapping[str, object]] = {
    "": {"method": "quick"},
    "algo-video-detext-new": {"method": "thorough"},
}


# ---- CaptionExtraction

CAPTIONS: Table = {
    "fps": integer("fps", least=2, most=10),
    "roi": NumberLists("roi", length=2, example="[[0.75,1],[0,1]]", least=2, most=2),
    "lang": one_of("lang", {word: word for word in ("ch", "en", "ch_ml")}),
    "track": one_of("track", {"all": "", "main": "main"}),
    # The sister product's.
    "sep": boolean("split"),
    "formatter": one_of("format", {word: word for word in ("srt", "vtt", "ass")}),
}


# ---- VideoDelogo


@dataclass(frozen=True, slots=True)
class Names(Codec):
    """Names with commas between them, as a list. Only read."""

    known: tuple[str, ...] = ()

    def take(self, value: object, name: str) -> list[str]:
        given = [one.strip() for one in str(value).split(",") if one.strip()]
        if not given or any(one not in self.known for one in given):
            raise bad(name, value, f"give {' or '.join(self.known)}, or both with a comma between them")
        return list(dict.fromkeys(given))

    @property
    def keeps_empty(self) -> bool:
        return False


DELOGO: Table = {
    "LogoModel": Names("logo_model", known=("tv", "internet")),
    "Boxes": NumberLists("boxes", length=4, example="[[0,0,0.3,0.3],[0.7,0,0.3,0.3]]", most=2),
}
