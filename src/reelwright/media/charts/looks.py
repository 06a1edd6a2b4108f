"""The five styles: colours, ground, what drifts over it, how things come in; and what a user sets beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reelwright.kernels import easing

StyleName = Literal["normal", "mystery", "lively", "business", "green"]
Ground = Literal["plain", "orbs", "dots", "lines", "leaves"]

DARK, LIGHT = "#1B2430", "#F5F7FA"  # text on a light and on a dark ground
LIGHT_GROUND = 0.45  # luma from which a ground is light


@dataclass(frozen=True, slots=True)
class Style:
    """Colours are #RRGGBB. `top`, `bottom`: of the ground; `grid`: of axes; `muted`: of small text."""

    top: str
    bottom: str
    palette: tuple[str, ...]
    text: str
    muted: str
    grid: str
    drifting: Ground
    enters: easing.Easing
    radius: float
    """Of a bar's corners, as a share of half its thickness."""
    centred: bool = False
    """Whether the title stands in the middle."""
    glow: bool = False


STYLES: Mapping[StyleName, Style] = {
    "normal": Style(
        *("#FFFFFF", "#F1F5FA"),
        ("#2F6FED", "#13B5B1", "#F5A524", "#EE5D6C", "#7C5CFC", "#3AA655", "#E879A6", "#5B7083", "#C98A2B", "#2AA9E0"),
        *("#1B2430", "#66748A", "#DDE4EE"),
        drifting="plain",
        enters=easing.cubic_out,
        radius=0.35,
    ),
    "mystery": Style(
        *("#120B2E", "#2A1157"),
        ("#9D7BFF", "#35E0D8", "#FF6BC8", "#FFC857", "#5AA8FF", "#B8F35A", "#FF8A5B", "#D3A6FF", "#6CE5A9", "#F45B7A"),
        *("#F4EFFF", "#B9A9E6", "#46307F"),
        drifting="orbs",
        enters=easing.quint_out,
        radius=1.0,
        centred=True,
        glow=True,
    ),
    "lively": Style(
        *("#FFF8EC", "#FFEBD2"),
        ("#FF6B5E", "#FFB627", "#22B8A6", "#4D7CFE", "#F25CA2", "#8AC926", "#9B5DE5", "#00A6D6", "#F77F00", "#6A994E"),
        *("#40221B", "#8C6456", "#F3D9BA"),
        drifting="dots",
        enters=easing.back_out,
        radius=1.0,
        centred=True,
    ),
    "business": Style(
        *("#0E1B2E", "#16304F"),
        ("#4C9BE8", "#E3B75F", "#5CC6C0", "#A9BCD6", "#F08A5D", "#7E8CE0", "#8FCB7A", "#D47FA6", "#C6D24F", "#6FD3F2"),
        *("#F2F6FC", "#9DB2CE", "#2C4A70"),
        drifting="lines",
        enters=easing.cubic_out,
        radius=0.12,
    ),
    "green": Style(
        *("#F4FBF3", "#DDF1E0"),
        ("#2E8B57", "#8BC34A", "#00897B", "#C0A93A", "#5FAD8C", "#1F6F8B", "#B5651D", "#6B8E23", "#E09F3E", "#3C6E47"),
        *("#17382A", "#5B7F6C", "#C7E3CC"),
        drifting="leaves",
        enters=easing.cubic_out,
        radius=0.7,
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A text beside the chart. `size` in pixels, 0 for what fits; `colour` #RRGGBB or empty; `font` a file or None."""

    text: str = ""
    size: float = 0.0
    colour: str = ""
    font: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """All that is set about a chart's film. Times in seconds from its start."""

    size: tuple[int, int]
    style: Style
    title: Words = Words()
    subtitle: Words = Words()
    unit: Words = Words()
    source: Words = Words()
    colour: str = ""
    """Of the ground, instead of the style's."""
    image: str | None = None
    """A file that covers the ground."""
    title_at: float = 0.3
    chart_at: float = 0.8
    entrance: float = 0.8
    """How long one thing takes to come in."""
    hold: float = 2.0
    """How long the finished chart stays."""
    seconds: float = 15.0
    interval: int = 0
    """Every how many labels of the axis one is shown; 0 as fits."""
    top: int = 10
    """Bars of a race."""

    @property
    def moving(self) -> tuple[float, float]:
        """When the numbers begin and end to move. In a short film the end is held for a fifth of what there is."""
        start = self.chart_at + self.entrance
        return start, max(start, self.seconds - min(self.hold, 0.2 * max(0.0, self.seconds - start)))


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of #RRGGBB, 0-255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luma(colour: tuple[float, float, float]) -> float:
    """How light a colour is, 0-1 (ITU-R BT.709 weights)."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def mixed(one: str, other: str, share: float) -> str:
    """A colour between two."""
    parts = (round(a + (b - a) * share) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)
