"""Charts: a table in, a film out.

Every text of a chart is `{"Text", "FontSize", "FontColor", "FontFile"}`, numbers may be texts, times are milliseconds.
`Background` is a colour, an address, or `{"Color"}` or `{"Image"}`. Beside the vendor's three types `BarRace` is taken.
What was asked for is told back in `EditingConfig`, each parameter a JSON text inside the JSON text.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from reelwright.faces.codecs import parsed_object
from reelwright.faces.ice import library
from reelwright.faces.ice.smart.clips import OUTPUT, FirstFile, place
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.ice.smart.texts import AsGiven
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Table,
    integer,
    json_object,
    milliseconds,
    number,
    one_of,
    text,
)
from reelwright.service import Submission

TYPES = {"line": "Line", "bars": "Histogram", "pie": "Pie"}
MORE_TYPES = {"BarRace": "race"}
STYLES = {name.lower(): name for name in ("Normal", "Mystery", "Lively", "Business", "Green")}
TEXTS = {"title": "ChartTitle", "subtitle": "Subtitle", "unit": "Unit", "source": "DataSource"}
TIMES = {"title_start": "TitleStartTime", "chart_start": "ChartStartTime", "duration": "VideoDuration"}
LOOKS = {"size": "FontSize", "colour": "FontColor", "font": "FontFile"}
COLOUR = re.compile(r"(?:#|0x)([0-9a-fA-F]{6})")
IMAGES = ("Image", "ImageUrl", "ImageURL", "MediaURL", "MediaId")
LONGEST_KBITS = 100_000

WORDS: Table = {
    "Text": text("text"),
    "FontSize": number("size"),
    "FontColor": text("colour"),
    "FontFile": text("font"),
}
CHART: Table = {"Style": one_of("style", STYLES), **{wire: milliseconds(name) for name, wire in TIMES.items()}}
OUTPUT_CONFIG: Table = {**OUTPUT, "Bitrate": integer("bitrate", least=1, most=LONGEST_KBITS)}


@dataclass(frozen=True, slots=True)
class Ground(Codec):
    """A colour or an address, as text or in an object: `{"colour"}` or `{"image"}`. Only read."""

    def take(self, value: object, name: str) -> dict[str, str]:
        given = value
        if isinstance(value, Mapping) or (isinstance(value, str) and value.lstrip().startswith("{")):
            said = parsed_object(value, name)
            given = next((said[one] for one in ("Color", *IMAGES) if said.get(one)), "")
        told = str(given).strip()
        if not told:
            return {}
        return {"colour": told} if COLOUR.fullmatch(told) or told.startswith("#") else {"image": told}

    @property
    def keeps_empty(self) -> bool:
        return False


def wanted(domain: Document, desk: Desk) -> Submission:
    table = str(_object(domain, "input")["table"])
    where = place(domain, desk, "chart", roles=("video",), media=1)
    # H.264 halves the colour planes: an odd side loses its last row.
    sides = {name: side - side % 2 for name, side in where.params.items() if isinstance(side, int)}
    params: dict[str, object] = {
        "table": library.source(desk, table, field="Input.XlsFile"),
        "kind": domain["kind"],
        **_object(domain, "chart"),
        **_texts(domain, desk),
        **_ground(domain, desk),
        **_object(domain, "axis"),
        **sides,
    }
    output = _object(domain, "output")
    if "bitrate" in output:
        params["bitrate"] = output["bitrate"]
    given = {wire: said for wire, said in _object(domain, "given").items() if said}
    return Submission(
        operator="video.chart",
        params=params,
        destination=where.destination,
        wire={"input_file": table, "editing_config": json.dumps(given, ensure_ascii=False), **where.wire},
        names={**NAMES, **where.names},
    )


def _object(domain: Document, name: str) -> Mapping[str, object]:
    found = domain.get(name)
    return found if isinstance(found, Mapping) else {}


def _texts(domain: Document, desk: Desk) -> dict[str, object]:
    """Words and how they are written, of those that were given."""
    params: dict[str, object] = {}
    for name, wire in TEXTS.items():
        said = dict(_object(domain, name))
        words = said.pop("text", "")
        if said.get("colour"):
            said["colour"] = _colour(str(said["colour"]))
        if said.get("font"):
            said["font"] = library.source(desk, str(said["font"]), field=f"{wire}.FontFile")
        if words:
            params[name] = words
            params[f"{name}_look"] = {key: value for key, value in said.items() if value}
    return params


def _ground(domain: Document, desk: Desk) -> dict[str, object]:
    given = _object(domain, "ground")
    if "image" in given:
        return {"background_image": library.source(desk, str(given["image"]), field="Background")}
    return {"background": _colour(str(given["colour"]))} if "colour" in given else {}


def _colour(given: str) -> str:
    """`0xRRGGBB` as `#RRGGBB`; what is no colour is left for the operator to refuse."""
    found = COLOUR.fullmatch(given.strip())
    return f"#{found[1]}" if found else given


NAMES = {
    "params.table": "Input.XlsFile",
    "params.kind": "ChartType",
    "params.style": "ChartConfig.Style",
    "params.interval": "AxisParams.XAxisFontInterval",
    "params.background": "Background",
    "params.background_image": "Background",
    "params.bitrate": "OutputConfig.Bitrate",
    **{f"params.{name}": f"ChartConfig.{wire}" for name, wire in TIMES.items()},
    **{f"params.{name}": f"{wire}.Text" for name, wire in TEXTS.items()},
    **{f"params.{name}_look.{key}": f"{wire}.{said}" for name, wire in TEXTS.items() for key, said in LOOKS.items()},
}

DYNAMIC_CHART = Kind(
    job_type="DynamicChart",
    action="SubmitDynamicChartJob",
    wanted=wanted,
    takes={
        "ChartType": (one_of("kind", TYPES, required=True, also=MORE_TYPES), text("given.ChartType")),
        "Input": json_object({"XlsFile": text("table", required=True)}, path="input", required=True),
        "OutputConfig": json_object(OUTPUT_CONFIG, path="output"),
        "ChartConfig": (json_object(CHART, path="chart"), AsGiven("given.ChartConfig")),
        **{wire: (json_object(WORDS, path=name), AsGiven(f"given.{wire}")) for name, wire in TEXTS.items()},
        "Background": (Ground("ground"), AsGiven("given.Background")),
        "AxisParams": (
            json_object({"XAxisFontInterval": integer("interval", least=0, most=1000)}, path="axis"),
            AsGiven("given.AxisParams"),
        ),
    },
    result={"MediaId": "wire.media_id", "MediaUrl": FirstFile("")},
)
