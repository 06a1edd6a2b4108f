"""Segmentation and highlights: films in, clips or one reel out, and what is told of each clip.

`AiResult` is `{"Clips": [{"In", "Out", "Title", …}]}`, times in seconds; for highlights with `Score` and `Reason`.
What the vendor can do with faces, scoreboards, transitions and named actions is not done here; such wishes are noted
in the job's log.
"""

from collections.abc import Mapping, Sequence

from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import find
from reelwright.faces.ice import library
from reelwright.faces.ice.smart.clips import MEDIUM, ONCE, OUTPUT_ROW, Clips, FirstFile, Media, once, place
from reelwright.faces.ice.smart.kinds import Kind
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    any_object,
    each,
    integer,
    json_object,
    json_text,
    number,
    one_of,
    text,
)
from reelwright.service import Submission

MODES = {"ranges": "UserDefined", "split": "BasicClipSplit"}
MOST_COUNT, LEAST_CLIP, MOST_CLIP = 10, 3, 60
NOT_DONE = {
    "EnableActionRecog": "actions are not recognised",
    "CustomActions": "actions are not recognised",
    "FaceRegister": "faces are not recognised",
    "SlowMotionLogoRegister": "slow motion is not told by its logo",
    "TransferNameRegister": "scoreboards are not read",
    "SportsCategory": "all sports are looked at in one way",
    "MediaConfig": "the sound stays as loud as it is",
    "ProcessConfig": "clips are joined without transitions",
}
MEDIA_URL = FirstFile("")


# ---- Segmentation


def segmentation(domain: Document, desk: Desk) -> Submission:
    given, medium = domain.get("job", {}), domain["medium"]
    assert isinstance(given, Mapping)
    ranges = _ranges(given)
    film = _film(desk, medium)
    where = place(domain, desk, "segment", roles=("clips",))
    return Submission(
        operator="video.segments",
        params={"video": film, **({"ranges": ranges} if ranges is not None else {}), **where.params},
        destination=where.destination,
        wire={"input_file": str(find(medium, "media")), **where.wire},
        names={**where.names, "params.video": "InputConfig.Media", "params.ranges": "JobParams.Ranges"},
    )


def _ranges(given: Mapping[str, object]) -> object:
    """What is asked for; None where the film is to be split by itself."""
    if given.get("mode") == "split":
        return None
    if not given.get("ranges"):
        told = "JobParams.Ranges is missing; give it, or Mode BasicClipSplit to have the film split by its shots"
        raise InvalidParameter(told, field="JobParams.Ranges")
    return given["ranges"]


def _film(desk: Desk, medium: object) -> str:
    """Of `InputConfig`, whose `Type` says if it is an id or an address."""
    kind, given = find(medium, "type"), str(find(medium, "media"))
    return library.source(desk, given, field="InputConfig.Media", kind=kind if isinstance(kind, str) else "")


RANGE: Table = {
    "In": number("start", required=True),
    "Out": number("end", required=True),
    "Title": text("title", most=128),
}
SEGMENTATION = Kind(
    job_type="Segmentation",
    action="SubmitSegmentationJob",
    wanted=once("SubmitSegmentationJob", segmentation),
    takes={
        **ONCE,
        "InputConfig": json_object(MEDIUM, path="medium", required=True),
        "JobParams": (
            json_object({"Mode": one_of("mode", MODES, required=True), "Ranges": each("ranges", RANGE)}, path="job"),
            text("wire.job_parameters"),
        ),
        **OUTPUT_ROW,
    },
    result={"AiResult": json_text(Clips("", of="clips")), "MediaUrl": MEDIA_URL},
)


# ---- Highlights


def highlights(domain: Document, desk: Desk) -> Submission:
    given, strategy = domain["input"], find(domain, "input.strategy")
    wishes = {"count": find(strategy, "count"), "clip": find(strategy, "clip")}
    export = find(domain, "output.export") is True
    where = place(domain, desk, "highlight", roles=("highlights",)) if export else None
    return Submission(
        operator="video.highlights",
        params={
            "videos": _films(desk, given),
            **{name: value for name, value in wishes.items() if isinstance(value, int | float)},
            "write": "clips" if export else "none",
            **(where.params if where else {}),
        },
        destination=where.destination if where else None,
        wire={"input_file": _first(given), **(where.wire if where else {})},
        names={**(where.names if where else {}), "params.videos": "InputConfig.MediaArray"},
        notes=_notes(find(strategy, "other")),
    )


def _films(desk: Desk, given: object) -> list[str]:
    media = find(given, "media")
    assert isinstance(media, Sequence)
    return [
        library.source(desk, str(one), field=f"InputConfig.MediaArray.{number}") for number, one in enumerate(media)
    ]


def _first(given: object) -> str:
    media = find(given, "media")
    return str(media[0]) if isinstance(media, Sequence) and media else ""


def _notes(given: object) -> list[str]:
    """What was asked for and is not done."""
    asked = [name for name, value in given.items() if value] if isinstance(given, Mapping) else []
    return [f"{name} was passed over: {NOT_DONE[name]}" for name in asked if name in NOT_DONE]


STRATEGY: Table = {
    "Count": integer("count", least=1, most=MOST_COUNT),
    "ClipDuration": integer("clip", least=LEAST_CLIP, most=MOST_CLIP),
}
HIGHLIGHT_EXTRACTION = Kind(
    job_type="HighlightExtraction",
    action="SubmitHighlightExtractionJob",
    wanted=once("SubmitHighlightExtractionJob", highlights),
    takes={
        **ONCE,
        "InputConfig": json_object(
            {
                "MediaArray": Media("media", required=True),
                "Strategy": (json_object(STRATEGY, path="strategy"), any_object("strategy.other")),
            },
            path="input",
            required=True,
        ),
        **OUTPUT_ROW,
    },
    result={"AiResult": json_text(Clips("", of="highlights")), "MediaUrl": MEDIA_URL},
)


# ---- one reel of them


def screen_media(domain: Document, desk: Desk) -> Submission:
    films = _films(desk, domain["input"])
    return _reel(domain, desk, films, "drama", "InputConfig.MediaArray", find(domain, "editing"))


def sports(domain: Document, desk: Desk) -> Submission:
    given = str(find(domain, "input.medium"))
    film = library.source(desk, given, field="InputConfig.InputMedia")
    return _reel(domain, desk, [film], "sports", "InputConfig.InputMedia", find(domain, "input.other"))


def _reel(domain: Document, desk: Desk, films: list[str], kind: str, field: str, other: object) -> Submission:
    count = find(domain, "output.count")
    if isinstance(count, int) and count > 1:
        told = f"OutputConfig.Count is {count}; this server makes one film of the best moments, give 1"
        raise InvalidParameter(told, field="OutputConfig.Count")
    where = place(domain, desk, "highlights", roles=("reel",), media=1)
    shown = find(domain, "input.medium")
    return Submission(
        operator="video.highlights",
        params={"videos": films, "kind": kind, "write": "reel", **where.params},
        destination=where.destination,
        wire={"input_file": shown if isinstance(shown, str) else _first(domain["input"]), **where.wire},
        names={**where.names, "params.videos": field},
        notes=_notes(other),
    )


REEL: Table = {"AiResult": json_text(Clips("", of="highlights")), "MediaId": "wire.media_id", "MediaUrl": MEDIA_URL}
SCREEN_MEDIA = Kind(
    job_type="ScreenMediaHighlights",
    action="SubmitScreenMediaHighlightsJob",
    wanted=screen_media,
    takes={
        "InputConfig": json_object({"MediaArray": Media("media", required=True)}, path="input", required=True),
        "EditingConfig": (any_object("editing"), text("wire.editing_config")),
        **OUTPUT_ROW,
    },
    result=REEL,
)
SPORTS = Kind(
    job_type="SportsHighlights",
    action="SubmitSportsHighlightsJob",
    wanted=once("SubmitSportsHighlightsJob", sports),
    takes={
        **ONCE,
        "InputConfig": (
            json_object({"InputMedia": text("medium", required=True)}, path="input", required=True),
            any_object("input.other"),
        ),
        **OUTPUT_ROW,
    },
    result=REEL,
)

CUTTING = (SEGMENTATION, HIGHLIGHT_EXTRACTION, SCREEN_MEDIA, SPORTS)
