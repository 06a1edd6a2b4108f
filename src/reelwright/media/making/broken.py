"""Files that a server meets in the wild and must answer with an error, not with a crash."""

from fractions import Fraction
from pathlib import Path

from reelwright.media.making.voices import speech
from reelwright.media.making.writing import write_sound, write_video


def empty(path: Path) -> Path:
    """No bytes at all."""
    path.write_bytes(b"")
    return path


def not_media(path: Path) -> Path:
    """Text, whatever its name says."""
    path.write_text("This is a shopping list: milk, bread, apples.\n" * 40, encoding="utf-8")
    return path


def cut_short(path: Path, whole: Path, *, keep: float = 0.5) -> Path:
    """The first part of a file, as an upload leaves it that broke off.

    With the index in front (`fast_start`) such a file opens and ends early; with the index
    at the end it does not open at all.
    """
    content = whole.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def no_frames(path: Path) -> Path:
    """An MP4 with a video track that holds not one frame."""
    # Only a fragmented file announces its tracks before it has seen a frame.
    return write_video(path, (), size=(64, 48), fps=Fraction(25), fragments=True)


def sound_only(path: Path, *, seconds: float = 2.0) -> Path:
    """An MP4 with a sound track and no video."""
    return write_sound(path, speech(seconds, rate=48000).clean, 48000)
