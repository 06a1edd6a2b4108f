"""Nodes that bring files in, and those that make files results of the graph.

A load node whose file is empty gives nothing: an input that may be left out is left out then, and one that may not
says so. What ComfyUI's own would save as a folder of frames or an animated picture is saved as a film.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from reelwright.operators.files import Kind
from reelwright.pipelines.graph import sockets
from reelwright.pipelines.graph.sockets import (
    ANY,
    AUDIO,
    FILE,
    FLOAT,
    IMAGE,
    INT,
    MASK,
    TEXT,
    VIDEO,
    VIDEO_INFO,
    Call,
    NodeType,
    choice,
    ignored,
    link,
    media,
    number,
    outputs,
)
from reelwright.pipelines.graph.values import Batch, File, Film, Later, Lazy, Maybe

# ---- loading


def _image(call: Call) -> Sequence[Any]:
    address = call.one("image")
    return [Batch((address,)), Lazy(partial(_hidden, call, address))]


def _hidden(call: Call, address: File) -> Batch:
    """ComfyUI's mask of a picture: white where it is transparent."""
    return Batch((call.step("image.mask", {"image": address, "channel": "alpha", "invert": True})("mask"),))


def _mask(call: Call) -> Sequence[Any]:
    address, channel = call.one("image"), call.known("channel")
    if channel == "alpha":
        return [_hidden(call, address)]
    return [Batch((call.step("image.mask", {"image": address, "channel": channel})("mask"),))]


def _single(name: str, call: Call) -> Sequence[Any]:
    return [call.one(name)]


def _frames(call: Call) -> Sequence[Any]:
    """A film as its frames, with its sound: the film itself goes on, and frames are taken where they are asked for."""
    address = call.one("video")
    for name in ("force_rate", "frame_load_cap", "skip_first_frames"):
        if call.known(name):
            raise call.wrong(
                name, f"is {call.known(name)}; 0 is the one that is served: use video.trim for a part of a film"
            )
    if call.known("select_every_nth") not in (None, 1):
        raise call.wrong("select_every_nth", f"is {call['select_every_nth']}; 1 is the one that is served")
    video = address
    width, height = call.known("custom_width") or None, call.known("custom_height") or None
    if width or height:
        video = call.step(
            "video.scale",
            {"video": address, "width": width, "height": height, "fit": "stretch"},
            names={"width": (call.node.id, "custom_width"), "height": (call.node.id, "custom_height")},
        )("video")
    sound = Lazy(lambda: call.step("audio.extract", {"audio": address})("audio"))
    counted = Lazy(lambda: call.step("video.frames", {"video": address, "count": 1})("count"))
    return [Film(video), counted, sound, None]


def _either(call: Call) -> Sequence[Any]:
    """What the second one hangs on is not worked out where the first one is there."""
    is_there = call["first"] is not None and not call.is_lost("first")
    if is_there and isinstance(call["first"], Maybe):
        is_there = bool(call.each("first"))
    return [call["first"] if is_there else call["second"]]


# ---- keeping


def _keep(name: str, kind: Kind, call: Call) -> Sequence[Any]:
    if not (call.known("may_fail") and call.is_lost(name)):
        call.keep(kind, call.each(name))
    return []


def _pictures(call: Call) -> Sequence[Any]:
    if call.is_film("images"):
        shown = call.step("video.frames", {"video": call.film("images")})
        call.keep("image", call.counted(Later(shown.name, "images", "image")))
    else:
        call.keep("image", call.each("images"))
    return []


def _video(call: Call) -> Sequence[Any]:
    call.keep("video", [call.film("video")] if call.is_film("video") else call.each("video"))
    return []


def _animation(call: Call) -> Sequence[Any]:
    call.keep("video", [_combined(call, "fps", None)])
    return []


def _combine(call: Call) -> Sequence[Any]:
    film = _combined(call, "frame_rate", "audio")
    if call.known("save_output") is not False:
        call.keep("video", [film])
    return [film]


def _create(call: Call) -> Sequence[Any]:
    return [_combined(call, "fps", "audio")]


def _combined(call: Call, rate: str, sound: str | None) -> Any:
    """Frames, of a film or single ones, as a film with its sound."""
    audio = call.one(sound) if sound and call[sound] is not None else None
    if not call.is_film("images"):
        return call.step(
            "video.assemble",
            {"images": list(call.each("images")), "fps": call[rate], "audio": audio},
            names={"fps": (call.node.id, rate)},
        )("video")
    film = call.film("images", rate)
    return film if audio is None else call.step("video.sound", {"video": film, "audio": audio})("video")


def _components(call: Call) -> Sequence[Any]:
    video = call.film("video")
    sound = Lazy(lambda: call.step("audio.extract", {"audio": video})("audio"))
    rate = Lazy(lambda: call.step("video.frames", {"video": video, "count": 1})("fps"))
    return [Film(video), sound, rate]


MAY_FAIL = sockets.truth("may_fail", False)
"""Where a step has failed, the other results are given without this one."""


def _load(name: str, input: str, kind: Kind, gives: str, summary: str) -> NodeType:
    return NodeType(
        name, summary, (media(input, kind, summary),), outputs(gives), make=partial(_single, input), main=input
    )


def _save(name: str, input: str, kind: Kind, summary: str, *types: str, shows: bool = False) -> NodeType:
    takes = (
        link(input, *types, many=True),
        MAY_FAIL,
        *(ignored(one) for one in ("filename_prefix", "format", "codec")),
    )
    return NodeType(name, summary, takes, (), make=partial(_keep, input, kind), keeps=not shows, shows=shows)


IMAGES = link("images", IMAGE, MASK, many=True)
RATE = number("fps", 24.0, 0.01, 1000.0)
PLAYED = number("frame_rate", 8.0, 0.01, 1000.0)
SOUND = link("audio", AUDIO, required=False)
ANIMATION_WIDGETS = tuple(ignored(one) for one in ("filename_prefix", "lossless", "quality", "method", "codec", "crf"))

NODES = (
    NodeType(
        "LoadImage",
        "A picture, and as a mask what is transparent in it.",
        (media("image", "image", "The picture."), ignored("upload")),
        outputs(IMAGE, MASK),
        make=_image,
        main="image",
    ),
    NodeType(
        "LoadImageMask",
        "One channel of a picture as a mask.",
        (
            media("image", "image", "The picture."),
            choice("channel", "alpha", "red", "green", "blue"),
            ignored("upload"),
        ),
        outputs(MASK),
        make=_mask,
        main="image",
    ),
    _load("LoadVideo", "file", "video", VIDEO, "A film."),
    _load("LoadAudio", "audio", "audio", AUDIO, "A sound."),
    _load("LoadText", "text", "text", TEXT, "A text file: subtitles, a script."),
    _load("LoadFile", "file", "any", FILE, "A file of any kind."),
    *(
        NodeType(
            name,
            "A film, as its frames and its sound.",
            (
                media("video", "video", "The film."),
                number("force_rate", 0, 0, 1000),
                sockets.integer("custom_width", 0, 0, 8192),
                sockets.integer("custom_height", 0, 0, 8192),
                sockets.integer("frame_load_cap", 0, 0, 1 << 31),
                sockets.integer("skip_first_frames", 0, 0, 1 << 31),
                sockets.integer("select_every_nth", 1, 1, 1 << 31),
            ),
            outputs(IMAGE, ("frame_count", INT), ("audio", AUDIO), ("video_info", VIDEO_INFO)),
            make=_frames,
            main="video",
        )
        for name in ("VHS_LoadVideo", "VHS_LoadVideoPath")
    ),
    NodeType(
        "Either",
        "The first, if the files that it hangs on were given and no step to it fails; else the second.",
        (link("first", ANY, required=False), link("second", ANY)),
        outputs(ANY),
        make=_either,
    ),
    NodeType(
        "SaveImage",
        "Pictures as results.",
        (IMAGES, ignored("filename_prefix")),
        (),
        make=_pictures,
        keeps=True,
    ),
    NodeType(
        "PreviewImage", "Pictures as results, where the graph saves nothing.", (IMAGES,), (), make=_pictures, shows=True
    ),
    NodeType(
        "SaveVideo",
        "Films as results.",
        (link("video", VIDEO, IMAGE, many=True), *(ignored(one) for one in ("filename_prefix", "format", "codec"))),
        (),
        make=_video,
        keeps=True,
    ),
    _save("SaveAudio", "audio", "audio", "Sounds as results.", AUDIO),
    _save("SaveAudioMP3", "audio", "audio", "Sounds as results, as they are.", AUDIO),
    _save("PreviewAudio", "audio", "audio", "Sounds as results, where the graph saves nothing.", AUDIO, shows=True),
    _save("SaveText", "text", "text", "Text files as results.", TEXT),
    _save("SaveFile", "file", "any", "Files of any kind as results.", FILE, TEXT, IMAGE, MASK, VIDEO, AUDIO),
    *(
        NodeType(
            name,
            "Frames as a film among the results (MP4, in place of an animated picture).",
            (IMAGES, RATE, *ANIMATION_WIDGETS),
            (),
            make=_animation,
            keeps=True,
        )
        for name in ("SaveAnimatedWEBP", "SaveAnimatedPNG", "SaveWEBM")
    ),
    NodeType(
        "CreateVideo",
        "Frames, and a sound, as a film.",
        (IMAGES, RATE, SOUND),
        outputs(VIDEO),
        make=_create,
    ),
    NodeType(
        "VHS_VideoCombine",
        "Frames, and a sound, as a film among the results (MP4).",
        (
            IMAGES,
            PLAYED,
            SOUND,
            sockets.truth("save_output", True),
            *(ignored(one) for one in ("loop_count", "filename_prefix", "format", "pingpong", "meta_batch", "vae")),
        ),
        outputs(("Filenames", VIDEO)),
        make=_combine,
        keeps=True,
    ),
    NodeType(
        "GetVideoComponents",
        "The frames, the sound and the speed of a film.",
        (link("video", VIDEO),),
        outputs(("images", IMAGE), ("audio", AUDIO), ("fps", FLOAT)),
        make=_components,
    ),
)
