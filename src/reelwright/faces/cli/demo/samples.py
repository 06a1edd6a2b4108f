"""The demo's media: a few seconds each of a moving picture, of speech in noise, and of music."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.media import making
    from reelwright.media.making import Picture, Song, Speech, forms
    from reelwright.media.making.forms import Arranged
else:
    forms = lazy("reelwright.media.making.forms")
    making = lazy("reelwright.media.making")

SPEECH_SECONDS = 8.0
SPEECH_RATE = 48000
SNR_DB = 5.0
BPM = 120.0
WHOLE_BPM = 132.0


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

    def paths(self) -> tuple[Path, ...]:
        return self.picture.path, self.speech_path, self.song_path, self.whole_path


def make(folder: Path) -> Samples:
    folder.mkdir(parents=True, exist_ok=True)
    voice = making.speech(SPEECH_SECONDS, rate=SPEECH_RATE, snr_db=SNR_DB)
    song = making.song(bpm=BPM, form=("verse", "chorus"))
    whole = forms.arranged(forms.FORMS["short"], bpm=WHOLE_BPM, seed=1)
    return Samples(
        picture=making.picture(folder / "walk.mp4", sound=voice.clean, rate=SPEECH_RATE),
        speech_path=making.write_wav(folder / "speech_in_noise.wav", voice.noisy, voice.rate),
        speech=voice,
        song_path=making.write_wav(folder / "song.wav", song.mix, song.rate),
        song=song,
        whole_path=making.write_wav(folder / "whole_song.wav", whole.mix, whole.rate),
        whole=whole,
    )
