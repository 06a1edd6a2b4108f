"""The vendor's models: what each makes, from what, and in which lengths and sizes.

A name is found by its pattern, the first one that fits, so that a version that came later is
served like its family. What a model cannot do at the vendor is a warning here and no
error: the job's log has it. Names that mean nothing here are refused.
"""

import re
from dataclasses import dataclass
from typing import Literal

from reelwright.faces.dashscope.errors import ModelNotFound
from reelwright.faces.request import shown

Task = Literal["text", "image", "frames", "reference", "edit", "any", "picture"]
"""Which input there must be: a text, a picture to begin with, two pictures, references, a film; or what there is."""

OLD, MIDDLE, FREE = (5,), (5, 10), tuple(range(2, 16))


@dataclass(frozen=True, slots=True)
class Model:
    """`seconds`: lengths that the vendor offers, the first one by default. `tier`: lines of the default size."""

    pattern: str
    task: Task
    seconds: tuple[int, ...] = (5,)
    tier: int = 720
    sounds: bool = False
    """Does it make sound unless told not to?"""
    prompt: int = 800
    """Characters of the prompt that count; the rest is cut off, as the vendor does."""

    def fits(self, name: str) -> bool:
        return re.search(self.pattern, name, re.IGNORECASE) is not None


MODELS = (
    # pictures
    Model(
        r"t2i|image-?edit|imageedit|i2i|qwen-image|z-image|wan[\w.]*-image|flux|stable-diffusion",
        "picture",
        prompt=2000,
    ),
    # films
    Model(r"kf2v", "frames", OLD, 720),
    Model(r"vace|videoedit|video-edit", "edit", OLD, 720),
    Model(r"wan2\.6-r2v", "reference", (5, *FREE), 1080, sounds=True, prompt=1500),
    Model(r"r2v", "reference", (5, *FREE), 1080, sounds=True, prompt=1500),
    Model(r"wan2\.6-i2v", "image", (5, *FREE), 1080, sounds=True, prompt=1500),
    Model(r"wan2\.5-i2v", "image", MIDDLE, 1080, sounds=True, prompt=2000),
    Model(r"wan2\.7-i2v|wan[3-9][\w.]*-i2v", "any", (5, *FREE), 1080, sounds=True, prompt=5000),
    Model(r"i2v", "image", OLD, 720),
    Model(r"wan2\.6-t2v", "text", (5, *FREE), 1080, sounds=True, prompt=1500),
    Model(r"wan2\.5-t2v", "text", MIDDLE, 1080, sounds=True, prompt=2000),
    Model(r"wan2\.7-t2v|wan[3-9][\w.]*-t2v", "text", (5, *FREE), 1080, sounds=True, prompt=5000),
    Model(r"t2v", "text", OLD, 1080),
    Model(r"^wan2\.7|^wan[3-9]|^happyhorse", "any", (5, *FREE), 1080, sounds=True, prompt=5000),
)

EXAMPLES = "wan2.6-t2v, wan2.6-i2v, wan2.6-r2v, wan2.2-kf2v-flash, wanx2.1-vace-plus, wan2.5-t2i-preview"


def find(name: str, *, picture: bool) -> Model:
    """The model of that name, of those that make pictures or of those that make films."""
    for model in MODELS:
        if (model.task == "picture") == picture and model.fits(name):
            return model
    made = "pictures" if picture else "films"
    told = f"no model that makes {made} is called {shown(name)}; names like these are known: {EXAMPLES}"
    raise ModelNotFound(told, field="model")
