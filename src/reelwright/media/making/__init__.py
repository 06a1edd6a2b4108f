"""Media made from nothing, with the truth about them: for the demo, the tests and the benchmarks.

`pictures` moves a figure through shots, `voices` speaks syllables, `songs` plays chords over
drums, `broken` writes files that a server must survive. All are seeded: the same call
makes the same medium. Nothing is downloaded, and none of it aims to please: only to
have what an operator looks for, in places that are known.
"""

from reelwright.media.making.broken import cut_short, empty, no_frames, not_media, sound_only
from reelwright.media.making.pictures import BLACK, BLURRED, SCENE, WHITE, Box, Picture, Shot, picture
from reelwright.media.making.songs import Section, Song, song
from reelwright.media.making.voices import Speech, mixed_at, noise, speech
from reelwright.media.making.writing import read_wav, write_sound, write_video, write_wav

__all__ = [
    "BLACK",
    "BLURRED",
    "SCENE",
    "WHITE",
    "Box",
    "Picture",
    "Section",
    "Shot",
    "Song",
    "Speech",
    "cut_short",
    "empty",
    "mixed_at",
    "no_frames",
    "noise",
    "not_media",
    "picture",
    "read_wav",
    "song",
    "sound_only",
    "speech",
    "write_sound",
    "write_video",
    "write_wav",
]
