"""A film handed over to an editor: a timeline as OpenTimelineIO and as FCPXML 1.10, which refer to its parts by name.

Every shot is a clip of its take's picture with its speech below it. All times are whole frames in FCPXML, and whole
frames or samples in OpenTimelineIO; names of files are relative, so that the timeline opens wherever its folder lies.
The title card and the music are in the finished film only: the card's place is left free.

Sources: OpenTimelineIO's schema (ASWF); Apple, "FCPXML Reference", version 1.10.
"""

import shutil
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from reelwright.loading import lazy

if TYPE_CHECKING:
    import opentimelineio as otio
else:
    otio = lazy("opentimelineio")

SAMPLES = 48000  # a second of speech, in timelines
FCPXML = "1.10"
RATES = {48000: "48k"}
PACKED = (1980, 1, 1, 0, 0, 0)  # the time of each file in a bundle: the same files make the same bundle


@dataclass(frozen=True, slots=True)
class Voice:
    """Speech beside a shot: the file's name, its frames before it, and how long it is (seconds)."""

    file: str
    lead: int
    seconds: Fraction

    def frames(self, rate: int) -> int:
        """Whole frames of it: what is less than one is silence."""
        return max(1, int(self.seconds * rate))


@dataclass(frozen=True, slots=True)
class Shot:
    """A clip of the timeline. `first`, `frames`: where it lies in the film."""

    name: str
    file: str
    first: int
    frames: int
    text: str = ""
    voice: Voice | None = None
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`shots` in order; what lies between them is left free."""

    title: str
    rate: int
    size: tuple[int, int]
    frames: int
    shots: Sequence[Shot]


# ---- OpenTimelineIO


def save_otio(timeline: Timeline, path: Path) -> str:
    """Write it as OpenTimelineIO's JSON, and give the path."""
    made = otio.schema.Timeline(timeline.title)
    made.global_start_time = otio.opentime.RationalTime(0, timeline.rate)
    picture = otio.schema.Track("Picture", kind=otio.schema.TrackKind.Video)
    speech = otio.schema.Track("Speech", kind=otio.schema.TrackKind.Audio)
    shown, heard = 0, Fraction(0)
    for shot in timeline.shots:
        shown = _gap(picture, shown, shot.first, timeline.rate)
        picture.append(_clip(shot.name, shot.file, shot.frames, timeline.rate, _about(shot)))
        shown += shot.frames
        if shot.voice is not None:
            begin = Fraction(shot.first + shot.voice.lead, timeline.rate) * SAMPLES
            heard = Fraction(_gap(speech, int(heard), round(begin), SAMPLES))
            length = round(shot.voice.seconds * SAMPLES)
            speech.append(_clip(shot.name, shot.voice.file, length, SAMPLES, {}))
            heard += length
    _gap(picture, shown, timeline.frames, timeline.rate)
    made.tracks.append(picture)
    if len(speech):
        made.tracks.append(speech)
    otio.adapters.write_to_file(made, str(path), adapter_name="otio_json")
    return str(path)


def _gap(track: "otio.schema.Track", at: int, until: int, rate: int) -> int:
    """Leaves free what lies between, and gives where the track ends now."""
    if until > at:
        track.append(otio.schema.Gap(duration=otio.opentime.RationalTime(until - at, rate)))
    return max(at, until)


def _clip(name: str, file: str, length: int, rate: int, about: dict[str, object]) -> "otio.schema.Clip":
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(length, rate))
    media = otio.schema.ExternalReference(target_url=file, available_range=span)
    return otio.schema.Clip(name, media_reference=media, source_range=span, metadata=about)


def _about(shot: Shot) -> dict[str, object]:
    return {"reelwright": {"text": shot.text, **shot.notes}}


# ---- FCPXML


def save_fcpxml(timeline: Timeline, path: Path) -> str:
    """Write it as FCPXML, and give the path."""
    root = ElementTree.Element("fcpxml", version=FCPXML)
    resources = ElementTree.SubElement(root, "resources")
    frame = _told(1, timeline.rate)
    width, height = map(str, timeline.size)
    ElementTree.SubElement(
        resources, "format", id="r1", frameDuration=frame, width=width, height=height, colorSpace="1-1-1 (Rec. 709)"
    )
    event = ElementTree.SubElement(ElementTree.SubElement(root, "library"), "event", name=timeline.title)
    project = ElementTree.SubElement(event, "project", name=timeline.title)
    sequence = ElementTree.SubElement(
        project,
        "sequence",
        format="r1",
        duration=_told(timeline.frames, timeline.rate),
        tcStart="0s",
        tcFormat="NDF",
        audioLayout="stereo",
        audioRate=RATES[SAMPLES],
    )
    _spine(timeline, ElementTree.SubElement(sequence, "spine"), resources)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n', encoding="utf-8")
    return str(path)


def _spine(timeline: Timeline, spine: ElementTree.Element, resources: ElementTree.Element) -> None:
    at, number, rate = 0, 2, timeline.rate
    for shot in timeline.shots:
        at = _free(spine, at, shot.first, rate)
        _asset(resources, f"r{number}", shot.name, shot.file, _told(shot.frames, rate), video=True)
        clip = ElementTree.SubElement(
            spine,
            "asset-clip",
            ref=f"r{number}",
            name=shot.name,
            offset=_told(shot.first, rate),
            start="0s",
            duration=_told(shot.frames, rate),
            format="r1",
            tcFormat="NDF",
            srcEnable="video",
        )
        number += 1
        if shot.text:
            ElementTree.SubElement(clip, "note").text = shot.text
        if shot.voice is not None:
            _beside(clip, shot, shot.voice, f"r{number}", rate)
            length = _told(shot.voice.frames(rate), rate)
            _asset(resources, f"r{number}", f"{shot.name} speech", shot.voice.file, length, video=False)
            number += 1
        at = shot.first + shot.frames
    _free(spine, at, timeline.frames, rate)


def _free(spine: ElementTree.Element, at: int, until: int, rate: int) -> int:
    if until > at:
        ElementTree.SubElement(
            spine, "gap", name="Gap", offset=_told(at, rate), start="0s", duration=_told(until - at, rate)
        )
    return max(at, until)


def _beside(clip: ElementTree.Element, shot: Shot, voice: Voice, ref: str, rate: int) -> None:
    ElementTree.SubElement(
        clip,
        "asset-clip",
        ref=ref,
        lane="-1",
        name=f"{shot.name} speech",
        offset=_told(voice.lead, rate),
        start="0s",
        duration=_told(voice.frames(rate), rate),
        audioRole="dialogue",
    )


def _asset(resources: ElementTree.Element, ref: str, name: str, file: str, length: str, *, video: bool) -> None:
    about = {"id": ref, "name": name, "start": "0s", "duration": length}
    if video:
        about |= {"hasVideo": "1", "format": "r1"}
    else:
        about |= {"hasAudio": "1", "audioSources": "1", "audioChannels": "1", "audioRate": str(SAMPLES)}
    asset = ElementTree.SubElement(resources, "asset", about)
    ElementTree.SubElement(asset, "media-rep", kind="original-media", src=file)


def _told(frames: int, rate: int) -> str:
    """So many frames as FCPXML writes seconds: a fraction over the rate."""
    return f"{frames}/{rate}s" if frames else "0s"


# ---- all in one


def save_bundle(packed: Sequence[tuple[Path, str]], path: Path, *, check: Callable[[], None] = lambda: None) -> str:
    """Write files under their names into a ZIP, uncompressed, and give its path. The same files make the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for source, name in packed:
            check()
            about = zipfile.ZipInfo(name, PACKED)
            about.external_attr = 0o644 << 16
            with source.open("rb") as given, out.open(about, "w", force_zip64=True) as taken:
                shutil.copyfileobj(given, taken)
    return str(path)
