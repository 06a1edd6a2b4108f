"""The demo's media: a few seconds each of a moving picture, of speech in noise, and of music."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright import operators
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.media import frames, images, making
    from reelwright.media.making import (
        Picture,
        Song,
        Speech,
        captioned,
        forms,
        marked,
        portraits,
        readers,
        screens,
        takes,
    )
    from reelwright.media.making.captioned import Captioned
    from reelwright.media.making.forms import Arranged
    from reelwright.media.making.marked import Marked
    from reelwright.media.making.portraits import Portrait
    from reelwright.media.making.readers import Reading
    from reelwright.media.making.screens import Screened
    from reelwright.media.making.takes import Film
else:
    frames = lazy("reelwright.media.frames")
    images = lazy("reelwright.media.images")
    captioned = lazy("reelwright.media.making.captioned")
    forms = lazy("reelwright.media.making.forms")
    making = lazy("reelwright.media.making")
    marked = lazy("reelwright.media.making.marked")
    portraits = lazy("reelwright.media.making.portraits")
    readers = lazy("reelwright.media.making.readers")
    screens = lazy("reelwright.media.making.screens")
    takes = lazy("reelwright.media.making.takes")

SPEECH_SECONDS = 8.0
SPEECH_RATE = 48000
SNR_DB = 5.0
BPM = 120.0
PHOTO_AT = Fraction(1)
SCREEN_SECONDS = 2.0
FACES_SECONDS, FACES_SIZE = 2.0, (640, 360)
WHOLE_BPM = 132.0
READ_AT, READ_SECONDS, MUSIC_AT = 1.0, 12.0, 7.5
READ_WORDS, READER, READ_PACE = "we will go to the market again on monday morning", "andy", -100
MARKED_SECONDS, SIGN = 3.2, (500, 16, 110, 44)
WORDS_SECONDS, WORDS_PAN = 3.2, 0.05
WORDS = ((0.4, 1.6, "These words will go"), (1.6, 2.8, "and leave no trace"))
FILM: tuple[dict[str, Any], ...] = (
    {"place": 0, "seconds": 3.0, "moves": False},
    {"place": 1, "seconds": 4.0, "talks": True},
    {"place": 9, "seconds": 1.0, "look": "black"},
    {"place": 2, "seconds": 3.0},
    {"place": 1, "seconds": 4.0, "talks": True},
    {"place": 3, "seconds": 1.6, "look": "blurred"},
    {"place": 4, "seconds": 3.0},
)


NUMBERS_OF = ("2019", "2020", "2021", "2022")
NUMBERS = {"Ebern": (40, 42, 45, 50), "Lund": (20, 30, 52, 80), "Orta": (30, 31, 33, 35), "Vik": (5, 22, 41, 64)}


@dataclass(frozen=True, slots=True)
class Samples:
    """The made files with the truth about them."""

    picture: "Picture"
    speech_path: Path
    speech: "Speech"
    song_path: Path
    song: "Song"
    whole_path: Path
    whole: "Arranged"
    """A song with all its verses and choruses."""
    screen: "Screened"
    """Somebody before a green screen."""
    faces: "Portrait"
    """Two drawn heads with spots on their skin."""
    film: "Film"
    """Places that come back, dull takes and bad ones, and somebody who talks."""
    worded: "Captioned"
    """A film with captions burned in."""
    wordless: "Captioned"
    """The same film without them."""
    marked: "Marked"
    """A film with a station's sign, and the same one without it."""
    read: "Reading"
    """A sentence that somebody reads, and music after it."""
    table: Path
    """`NUMBERS` as a table of numbers."""
    photo_path: Path
    """One moment of the first video."""

    def paths(self) -> tuple[Path, ...]:
        sounds = self.speech_path, self.song_path, self.whole_path, self.read.path
        films = self.film.path, self.worded.path, self.marked.path
        return self.picture.path, *sounds, self.screen.path, self.faces.path, *films, self.table, self.photo_path


def make(folder: Path) -> Samples:
    folder.mkdir(parents=True, exist_ok=True)
    voice = making.speech(SPEECH_SECONDS, rate=SPEECH_RATE, snr_db=SNR_DB)
    song = making.song(bpm=BPM, form=("verse", "chorus"))
    whole = forms.arranged(forms.FORMS["short"], bpm=WHOLE_BPM, seed=1)
    picture = making.picture(folder / "walk.mp4", sound=voice.clean, rate=SPEECH_RATE)
    return Samples(
        picture=picture,
        speech_path=making.write_wav(folder / "speech_in_noise.wav", voice.noisy, voice.rate),
        speech=voice,
        song_path=making.write_wav(folder / "song.wav", song.mix, song.rate),
        song=song,
        whole_path=making.write_wav(folder / "whole_song.wav", whole.mix, whole.rate),
        whole=whole,
        screen=screens.screen(
            folder / "green.mp4", seconds=SCREEN_SECONDS, sound=voice.clean[: int(SCREEN_SECONDS * SPEECH_RATE)]
        ),
        faces=_faces(folder / "faces.mp4", voice),
        film=takes.film(folder / "film.mp4", [takes.Take(**one) for one in FILM]),
        worded=_captioned(folder / "words.mp4", WORDS),
        wordless=_captioned(folder / "no_words.mp4", ()),
        marked=_marked(folder / "sign.mp4", voice),
        table=_table(folder / "numbers.csv"),
        read=_read(folder / "read.wav"),
        photo_path=Path(images.save(frames.at(picture.path, PHOTO_AT).rgb, folder / "photo.png")),
    )


def _read(path: Path) -> "Reading":
    """A machine reads, for want of a person; then there is music."""
    speak = operators.load("speech.speak")
    params = speak.params(text=READ_WORDS, voice=READER, speech_rate=READ_PACE, format="wav")
    voice = speak(params, operators.Context.local(out=path.parent / "reader"))
    song = making.song(bpm=BPM, form=("verse",), rate=readers.RATE).accompaniment.mean(axis=0)
    behind = np.concatenate([np.zeros(round(MUSIC_AT * readers.RATE), np.float32), song.astype(np.float32)])
    return readers.reading(path, Path(voice.audio), READ_WORDS, at=(READ_AT,), seconds=READ_SECONDS, behind=behind)


def _table(path: Path) -> Path:
    rows = [["city", *NUMBERS_OF], *([name, *map(str, listed)] for name, listed in NUMBERS.items())]
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    return path


def _captioned(path: Path, words: tuple[tuple[float, float, str], ...]) -> "Captioned":
    cues = [captioned.Cue(*one) for one in words]
    return captioned.captioned(path, cues, seconds=WORDS_SECONDS, pan=WORDS_PAN)


def _marked(path: Path, voice: "Speech") -> "Marked":
    sound = voice.clean[: int(MARKED_SECONDS * SPEECH_RATE)]
    return marked.marked(path, [marked.Mark(SIGN)], seconds=MARKED_SECONDS, sound=sound)


def _faces(path: Path, voice: "Speech") -> "Portrait":
    heads = (
        portraits.Head(x=0.28, breadth=0.4, tone=portraits.FAIR, sway=0.05),
        portraits.Head(x=0.72, breadth=0.42, tone=portraits.BROWN, sway=-0.04, seed=1),
    )
    sound = voice.clean[: int(FACES_SECONDS * SPEECH_RATE)]
    return portraits.portrait(path, heads, seconds=FACES_SECONDS, size=FACES_SIZE, sound=sound, rate=SPEECH_RATE)
