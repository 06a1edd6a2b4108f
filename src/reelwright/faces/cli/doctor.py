"""`reelwright doctor`: can this machine do the work, and how well?

Each check looks at one thing and says what it found, whether that will do, and the mend.
Nothing is changed. Only what every function needs makes the exit code 1; what a few want is
a warning.
"""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer
from rich.text import Text

from reelwright import errors
from reelwright.faces.cli import faults, models, remote, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    import av

    from reelwright import operators
    from reelwright.faces.cli import sandbox
    from reelwright.models.port import Models
    from reelwright.operators import Params
else:
    av = lazy("av")
    operators = lazy("reelwright.operators")
    sandbox = lazy("reelwright.faces.cli.sandbox")

GIB = 1 << 30
LEAST_MEMORY, LEAST_DISK = 2 * GIB, 5 * GIB
ENCODERS_NEEDED = ("libx264", "aac", "png", "mjpeg", "gif", "pcm_s16le")
ENCODERS_WANTED = ("libx265", "libvpx-vp9", "libsvtav1", "libopus", "libmp3lame", "flac")
DECODERS_NEEDED = ("h264", "hevc", "vp8", "vp9", "aac", "mp3", "opus", "vorbis", "flac", "png", "mjpeg", "pcm_s16le")
DECODERS_WANTED = ("libdav1d", "mpeg2video", "prores", "wmv3", "amrnb")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
)
# What files with Chinese letters are called.
CJK = ("cjk", "wqy", "wenquan", "sourcehan", "source-han", "droidsansfallback", "pingfang", "simhei", "simsun", "uming")

State = Literal["ok", "warning", "missing"]
STYLES: dict[State, str] = {"ok": "green", "warning": "yellow", "missing": "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`missing` is what keeps reelwright from working; a `warning` keeps some function from working well."""

    name: str
    state: State
    found: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Ability:
    """An operator and the tier it would run at here."""

    operator: str
    tier: str
    provider: str
    tiers: tuple[str, ...]
    mend: str = ""


def doctor(
    json: terminal.JsonFlag = False,
    home: remote.HomeFlag = None,
) -> None:
    """Check this machine: codecs, fonts, cores, memory, disk, sandbox, models, and what each function can do here."""
    folder = (home or remote.default_home()).expanduser()
    findings = [check(folder) for check in CHECKS]
    abilities = list(able(folder))
    if json:
        terminal.echo_json(
            {"checks": [asdict(one) for one in findings], "operators": [asdict(one) for one in abilities]}
        )
    else:
        _show(findings, abilities)
    if any(one.state == "missing" for one in findings):
        raise typer.Exit(faults.FAILED)


def _show(findings: list[Finding], abilities: list[Ability]) -> None:
    out = terminal.out()
    rows = [(one.name, Text(one.state, STYLES[one.state]), one.found, one.mend) for one in findings]
    out.print(terminal.table(("check", "state", "found", "mend"), rows))
    out.print()
    tiers = [(one.operator, one.tier, one.provider, ", ".join(one.tiers), one.mend) for one in abilities]
    out.print(terminal.table(("function", "runs at", "by", "could run at", "mend"), tiers))


# ---- the checks


def _python(folder: Path) -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _encoders(folder: Path) -> Finding:
    return _codecs("encoders", "w", ENCODERS_NEEDED, ENCODERS_WANTED)


def _decoders(folder: Path) -> Finding:
    return _codecs("decoders", "r", DECODERS_NEEDED, DECODERS_WANTED)


def _codecs(name: str, mode: Literal["r", "w"], needed: tuple[str, ...], wanted: tuple[str, ...]) -> Finding:
    lacking = [one for one in needed if not _has_codec(one, mode)]
    unwanted = [one for one in wanted if not _has_codec(one, mode)]
    if lacking:
        return Finding(
            name, "missing", f"not here: {', '.join(lacking)}", "install the `av` wheel of the pinned version"
        )
    here = len(needed) + len(wanted) - len(unwanted)
    if unwanted:
        return Finding(name, "warning", f"{here} of {here + len(unwanted)}; not here: {', '.join(unwanted)}")
    return Finding(name, "ok", f"all {here} that matter")


def _has_codec(name: str, mode: Literal["r", "w"]) -> bool:
    try:
        av.Codec(name, mode)
    except (ValueError, av.FFmpegError):
        return False
    return True


def _fonts(folder: Path) -> Finding:
    found = next(_cjk_fonts(), None)
    if found is None:
        return Finding(
            "fonts", "warning", "no font with Chinese letters", "install Noto Sans CJK (Debian: fonts-noto-cjk)"
        )
    return Finding("fonts", "ok", found.name)


def _cjk_fonts() -> Iterator[Path]:
    for place in FONT_FOLDERS:
        for path in Path(place).expanduser().rglob("*.[to]t[cf]"):
            if any(mark in path.name.lower() for mark in CJK):
                yield path


def _cores(folder: Path) -> Finding:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", "ok" if usable > 1 else "warning", str(usable))


def _memory(folder: Path) -> Finding:
    whole = sandbox.memory_bytes()
    state: State = "ok" if whole >= LEAST_MEMORY else "warning"
    return Finding(
        "memory", state, terminal.bytes_text(whole), "" if state == "ok" else "long videos need 2 GiB or more"
    )


def _disk(folder: Path) -> Finding:
    place = next(one for one in (folder, *folder.parents) if one.exists())
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        return Finding("disk", "missing", f"{place} cannot be written to", "give another home by --home")
    state: State = "ok" if free >= LEAST_DISK else "warning"
    mend = "" if state == "ok" else "make room, or put the home elsewhere by --home"
    return Finding("disk", state, f"{terminal.bytes_text(free)} free at {place}", mend)


def _limits(folder: Path) -> Finding:
    if sandbox.limits_hold():
        return Finding("sandbox: limits", "ok", "memory and CPU limits hold in a child process")
    return Finding(
        "sandbox: limits", "missing", "a child went past its memory limit", "run on Linux, outside emulation"
    )


def _orphans(folder: Path) -> Finding:
    if sandbox.dies_with_parent():
        return Finding("sandbox: orphans", "ok", "workers die with the server (PDEATHSIG)")
    return Finding("sandbox: orphans", "missing", "a child can outlive its parent", "run on Linux 2.1.57 or later")


def _namespaces(folder: Path) -> Finding:
    if sandbox.has_user_namespaces():
        return Finding("sandbox: namespaces", "ok", "user namespaces can be made")
    return Finding("sandbox: namespaces", "warning", "user namespaces are off", "sysctl user.max_user_namespaces=1024")


CHECKS: tuple[Callable[[Path], Finding], ...] = (
    _python,
    _encoders,
    _decoders,
    _fonts,
    _cores,
    _memory,
    _disk,
    _limits,
    _orphans,
    _namespaces,
)


# ---- the operators


def able(folder: Path) -> Iterator[Ability]:
    """Every operator and the tier it would run at with the models that are installed."""
    weights = models.opened(folder)
    for name in operators.names():
        yield _ability(name, weights)


def _ability(name: str, weights: "Models") -> Ability:
    try:
        operator = operators.load(name)
    except Exception as error:  # noqa: BLE001 - a broken plug-in is a finding, not our end
        return Ability(name, "none", "", (), f"cannot be loaded: {error}")
    try:
        chosen = operator.provider(_likely(operator.params), weights)
    except errors.ReelwrightError as error:
        return Ability(name, "none", "", operator.tiers, error.message)
    return Ability(name, chosen.tier, chosen.name, operator.tiers)


def _likely(params: "type[Params]") -> "Params":
    """Parameters with their defaults. Required ones are empty: a provider is chosen before anything is read."""
    required: dict[str, Any] = {name: "" for name, field in params.model_fields.items() if field.is_required()}
    return params.model_construct(**required)
