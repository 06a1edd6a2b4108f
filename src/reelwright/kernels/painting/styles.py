"""The 32 styles a storyboard may ask for, each a preset for every tier.

For the painter a style is a grade (what it does to each colour before it is painted), lines, light, a texture and the
proportions of figures; `palette` applies the grade, `finish` draws what hangs on the finished frame. For models it is
words (`styles.json`): what to add to a prompt, and what not to show, in English and Chinese. The ids are those of the
vendor's list; what they look like is our own.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal

from reelwright.errors import InvalidParameter

Line = Literal["none", "fine", "ink", "bold", "brush"]
Light = Literal["flat", "soft", "dramatic", "rim"]
Texture = Literal["none", "paper", "halftone", "grain", "woodblock"]
HAN = re.compile(r"[一-鿿]")
NEAREST = 3  # names told of for one that is not known


@dataclass(frozen=True, slots=True)
class Grade:
    """What a style does to a colour. Of 1.0, `saturation`, `contrast` and `gamma` change nothing.

    `dark` and `bright` are what black and white are drawn towards, by the share `tint` (split toning). `levels` are
    the steps that each channel of the frame keeps; 0 for all of them.
    """

    saturation: float = 1.0
    contrast: float = 1.0
    gamma: float = 1.0
    dark: str = "#000000"
    bright: str = "#ffffff"
    tint: float = 0.0
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Style:
    """`ink` is the colour of lines, `head` the size of heads, that of real ones as 1.

    `is_eastern`: roofs, boats and clothes are those of old China.
    """

    title: str
    kind: Literal["real", "drawn", "modelled"]
    grade: Grade = Grade()
    line: Line = "none"
    ink: str = "#101014"
    light: Light = "flat"
    texture: Texture = "none"
    head: float = 1.0
    is_eastern: bool = False


def find(name: str, *, field: str = "style") -> Style | None:
    """The style of that id; None for an empty one. `InvalidParameter` names the nearest ids of one that is unknown."""
    if not name:
        return None
    if name in STYLES:
        return STYLES[name]
    folded = {one.lower(): one for one in STYLES}
    near = [folded[one] for one in get_close_matches(name.lower(), folded, n=NEAREST, cutoff=0.4)]
    hint = f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(STYLES)}"
    raise InvalidParameter(f"{field} {name!r} is no style; {hint}", field=field)


def asked(prompt: str, name: str) -> str:
    """The prompt for a model, with the style's words in the prompt's own language; as it is without a style."""
    if not name:
        return prompt
    words, comma = _words()[name], ("，" if HAN.search(prompt) else ", ")
    return comma.join(filter(None, (prompt.rstrip("。.，, "), words["zh" if comma == "，" else "en"])))


def refused(prompt: str, unwanted: str, name: str) -> str:
    """What a model is told not to show: what the user named, and what would spoil the style."""
    if not name:
        return unwanted
    words, comma = _words()[STYLES[name].kind], ("，" if HAN.search(prompt) else ", ")
    return comma.join(filter(None, (unwanted.strip(), words["zh" if comma == "，" else "en"])))


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    told: Mapping[str, Mapping[str, str]] = json.loads((Path(__file__).parent / "styles.json").read_text("utf-8"))
    return told


STYLES: Mapping[str, Style] = {
    "RealisticPhotographyPro": Style(
        "Realistic photography, fine",
        "real",
        Grade(saturation=1.12, contrast=1.16, dark="#0a1018", bright="#fff6ea", tint=0.1),
        light="soft",
        texture="grain",
    ),
    "RealisticGuzhuangPro": Style(
        "Costume drama, fine",
        "real",
        Grade(saturation=0.92, contrast=1.14, gamma=1.14, dark="#2a1408", bright="#ffdca0", tint=0.34),
        light="dramatic",
        is_eastern=True,
    ),
    "RealisticXianxiaPro": Style(
        "Immortal heroes, fine",
        "real",
        Grade(saturation=0.95, contrast=0.98, gamma=0.92, dark="#2c1f5c", bright="#d8ecff", tint=0.4),
        light="soft",
        is_eastern=True,
    ),
    "RealisticWesternPro": Style(
        "Western epic, fine",
        "real",
        Grade(saturation=0.64, contrast=1.32, gamma=0.95, dark="#201006", bright="#ffe4b0", tint=0.34),
        light="dramatic",
        texture="grain",
    ),
    "RealisticPhotography": Style("Realistic photography", "real", Grade(saturation=0.9, contrast=1.04), light="soft"),
    "RealisticGuzhuang": Style(
        "Costume drama",
        "real",
        Grade(saturation=0.84, contrast=1.0, gamma=0.94, dark="#3a1c16", bright="#fff0dc", tint=0.26),
        light="soft",
        is_eastern=True,
    ),
    "RealisticXianxia": Style(
        "Immortal heroes",
        "real",
        Grade(saturation=0.72, contrast=0.88, gamma=0.82, dark="#1f5a50", bright="#eefff4", tint=0.38),
        light="soft",
        is_eastern=True,
    ),
    "RealisticWasteland": Style(
        "Wasteland",
        "real",
        Grade(saturation=0.38, contrast=1.3, gamma=1.1, dark="#2a1e10", bright="#e8c890", tint=0.46),
        light="dramatic",
        texture="grain",
    ),
    "RealisticEra": Style(
        "Period of the last century",
        "real",
        Grade(saturation=0.6, contrast=0.82, gamma=1.0, dark="#2e3a2c", bright="#f2ecb4", tint=0.42),
        texture="grain",
    ),
    "GuofengAnime": Style(
        "Chinese-style animation",
        "drawn",
        Grade(saturation=1.1, contrast=1.02, gamma=0.92, dark="#3a1810", bright="#fbe6c4", tint=0.24, levels=12),
        line="fine",
        ink="#5a2418",
        texture="paper",
        is_eastern=True,
    ),
    "GuofengAnime3D": Style(
        "Chinese-style animation in 3D",
        "modelled",
        Grade(saturation=1.34, contrast=1.12, gamma=0.98, dark="#0a4450", bright="#ffd690", tint=0.28),
        light="rim",
        is_eastern=True,
    ),
    "AncientRomanceAnime": Style(
        "Old-time romance",
        "drawn",
        Grade(saturation=0.86, contrast=0.9, gamma=0.84, dark="#7a2c4c", bright="#ffeef0", tint=0.36),
        line="fine",
        ink="#8a3c58",
        light="soft",
        is_eastern=True,
    ),
    "PostApocalypticAnime": Style(
        "After the end, drawn",
        "drawn",
        Grade(saturation=0.46, contrast=1.16, gamma=1.22, dark="#0c1c1a", bright="#c4dcc8", tint=0.4, levels=9),
        line="ink",
        light="dramatic",
    ),
    "Cartoon3D": Style(
        "Cartoon in 3D",
        "modelled",
        Grade(saturation=1.42, contrast=1.04, gamma=0.84, dark="#28184c", bright="#fffae0", tint=0.1),
        light="rim",
        head=1.35,
    ),
    "Photorealistic3D": Style(
        "Real in 3D",
        "modelled",
        Grade(saturation=0.88, contrast=1.34, gamma=1.24, dark="#060f20", bright="#e4efff", tint=0.22),
        light="rim",
    ),
    "SciFiRealism": Style(
        "Science fiction",
        "real",
        Grade(saturation=0.74, contrast=1.24, gamma=1.12, dark="#04203c", bright="#bfeaff", tint=0.44),
        light="dramatic",
    ),
    "Chibi3D": Style(
        "Chibi in 3D",
        "modelled",
        Grade(saturation=1.22, contrast=0.92, gamma=0.74, dark="#5a3c7c", bright="#fff4f8", tint=0.2),
        light="rim",
        head=1.8,
    ),
    "ShojoManga": Style(
        "Girls' comic",
        "drawn",
        Grade(saturation=0.7, contrast=0.94, gamma=0.74, dark="#6c3c8c", bright="#fff0fa", tint=0.44),
        line="fine",
        ink="#6a2c70",
        light="soft",
        texture="halftone",
    ),
    "ShonenManga": Style(
        "Boys' comic",
        "drawn",
        Grade(saturation=0.04, contrast=1.34, gamma=0.8, levels=5),
        line="bold",
        texture="halftone",
    ),
    "NewPeriodAnime": Style(
        "New animation",
        "drawn",
        Grade(saturation=1.32, contrast=1.06, gamma=0.86, dark="#102c6c", bright="#f0faff", tint=0.2),
        line="fine",
        ink="#1c2c5c",
    ),
    "FairyTale2D": Style(
        "Fairy tale",
        "drawn",
        Grade(saturation=1.0, contrast=0.76, gamma=0.62, dark="#6a4a34", bright="#fff4d4", tint=0.3),
        line="fine",
        ink="#6a4a30",
        texture="paper",
    ),
    "Wasteland2D": Style(
        "Wasteland, drawn",
        "drawn",
        Grade(saturation=0.56, contrast=1.1, gamma=1.0, dark="#3c2410", bright="#f0c880", tint=0.52, levels=5),
        line="bold",
        ink="#382010",
        texture="paper",
    ),
    "InkWuxia": Style(
        "Ink wash heroes",
        "drawn",
        Grade(saturation=0.1, contrast=1.3, gamma=0.92, dark="#14161a", bright="#f2ebda", tint=0.72),
        line="brush",
        ink="#16181c",
        texture="paper",
        is_eastern=True,
    ),
    "ShadiaoMeme": Style(
        "Silly meme", "drawn", Grade(saturation=1.6, contrast=1.1, gamma=0.82, levels=4), line="bold", head=1.6
    ),
    "Chibi2D": Style(
        "Chibi",
        "drawn",
        Grade(saturation=1.14, contrast=0.84, gamma=0.7, dark="#74402c", bright="#fff2d8", tint=0.18, levels=8),
        line="bold",
        ink="#6c3a2c",
        head=1.8,
    ),
    "Ghibli": Style(
        "Hand-painted film",
        "drawn",
        Grade(saturation=1.36, contrast=0.98, gamma=0.9, dark="#144a2a", bright="#fbf8c4", tint=0.28),
        texture="paper",
        light="soft",
    ),
    "SciFiComic": Style(
        "Science fiction comic",
        "drawn",
        Grade(saturation=0.9, contrast=1.16, gamma=1.0, dark="#2a0c5c", bright="#a8fbff", tint=0.46, levels=7),
        line="ink",
        ink="#0c1440",
        texture="halftone",
    ),
    "AmericanSuperhero": Style(
        "American superhero",
        "drawn",
        Grade(saturation=1.7, contrast=1.3, gamma=1.04, levels=6),
        line="bold",
        light="dramatic",
        texture="halftone",
    ),
    "Hokusai": Style(
        "Woodblock print",
        "drawn",
        Grade(saturation=0.9, contrast=1.12, gamma=1.1, dark="#0a3c86", bright="#f8e6b4", tint=0.5, levels=6),
        line="ink",
        ink="#142c54",
        texture="woodblock",
    ),
    "RealisticComic": Style(
        "Realistic comic",
        "drawn",
        Grade(saturation=0.78, contrast=1.26, gamma=1.16, dark="#141010", bright="#f6e8d8", tint=0.16, levels=10),
        line="ink",
        light="dramatic",
        texture="paper",
    ),
    "CinematicRealism": Style(
        "Cinema",
        "real",
        Grade(saturation=1.02, contrast=1.2, gamma=1.14, dark="#06303a", bright="#ffd8a8", tint=0.34),
        light="dramatic",
        texture="grain",
    ),
    "MinimalistRealism": Style(
        "Minimal realism",
        "real",
        Grade(saturation=0.4, contrast=0.78, gamma=0.66, dark="#4a4c50", bright="#fbfaf6", tint=0.3),
    ),
}
