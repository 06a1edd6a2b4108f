"""Animated GIFs from RGB pictures: one palette for all frames, dithered, looping for ever.

FFmpeg's palettegen and paletteuse do the work. All pictures are held in memory while the
palette is found, so keep to a few seconds at a small size.
"""

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.loading import lazy

if TYPE_CHECKING:
    import av
    from av.filter import Graph
else:
    av = lazy("av")

Picture = NDArray[np.uint8]

CENTISECONDS = Fraction(1, 100)  # GIF counts time in these, and players slow down below two of them
LEAST_DELAY = 2


def save(pictures: Sequence[Picture], path: str | Path, *, fps: Fraction, colours: int = 256) -> str:
    """Write uint8 [h, w, 3] RGB pictures of one size as a GIF that loops for ever; gives the path.

    `fps` is kept to the nearest centisecond, at most 50. `colours` is 4 to 256.
    """
    if not pictures:
        raise InvalidParameter("an animation needs at least one picture")
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    height, width = pictures[0].shape[:2]
    delay = max(LEAST_DELAY, round(1 / fps / CENTISECONDS))
    graph = _palette_graph(width, height, delay, colours)
    with av.open(str(part), "w", format="gif", options={"loop": "0"}) as container:
        stream = container.add_stream("gif", rate=1 / (delay * CENTISECONDS))
        stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
        stream.time_base = CENTISECONDS
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number * delay, CENTISECONDS
            graph.push(frame)
        graph.push(None)
        for number in range(len(pictures)):
            coloured = graph.vpull()
            coloured.pts, coloured.time_base = number * delay, CENTISECONDS
            container.mux(stream.encode(coloured))
        container.mux(stream.encode(None))
    os.replace(part, path)
    return str(path)


def looped(pictures: Sequence[Picture], overlap: int) -> list[Picture]:
    """The same without a jump where it starts again: the last `overlap` pictures blend into the first ones.

    The result begins after those first ones, with a picture that is not blended, and is `overlap` shorter.
    Too few pictures come back as they are.
    """
    length = len(pictures) - overlap
    if overlap <= 0 or length < overlap:
        return list(pictures)
    blended = []
    for number in range(overlap):
        part = (number + 1) / (overlap + 1)
        late, early = pictures[length + number].astype(np.float32), pictures[number].astype(np.float32)
        blended.append(np.rint(late * (1 - part) + early * part).astype(np.uint8))
    return [*pictures[overlap:length], *blended]


def _palette_graph(width: int, height: int, delay: int, colours: int) -> "Graph":
    graph = av.filter.Graph()
    source = graph.add_buffer(width=width, height=height, format=av.VideoFormat("rgb24"), time_base=CENTISECONDS)
    split = graph.add("split")
    palette = graph.add("palettegen", f"max_colors={colours}:stats_mode=full")
    # Ordered dither stays put from frame to frame, so still parts cost no bytes.
    use = graph.add("paletteuse", "dither=bayer:bayer_scale=4:diff_mode=rectangle")
    sink = graph.add("buffersink")
    source.link_to(split)
    split.link_to(use, 0, 0)
    split.link_to(palette, 1, 0)
    palette.link_to(use, 0, 1)
    use.link_to(sink)
    graph.configure()
    return graph
