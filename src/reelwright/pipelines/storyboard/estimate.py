"""What a storyboard will probably take, from the size of its text alone.

The figures are means over novels in both languages: a shot holds about two lines of text, and a voice says some four
Chinese characters, or fourteen Latin letters, in a second.
"""

import math
from collections.abc import Iterator

from reelwright.pipelines.contract import Guess
from reelwright.pipelines.storyboard import sizes
from reelwright.pipelines.storyboard.params import StoryboardParams

USUAL_TEXT = 6000  # bytes, where the size is not known
BYTES_A_SECOND = 13.0  # of text: three a Chinese character, one a Latin letter
SHOT_SECONDS = 7.5
BOARD_SECONDS = 600.0
ELEMENTS = 8
BITS_A_PIXEL = {"draft": 0.16, "normal": 0.09, "high": 0.15}  # of H.264, a frame
RATE = 24
SOUND_BYTES = 20_000  # a second of a film's sound
SPEECH_BYTES = 96_000  # a second of speech, WAV
KEPT_SOUND_BYTES = 90_000  # a second, FLAC
PICTURE_BYTES = 0.9  # a pixel, PNG


def guesses(params: StoryboardParams, size: int) -> Iterator[Guess]:
    """For a text of `size` bytes; 0 if that is not known."""
    seconds = (size or USUAL_TEXT) / BYTES_A_SECOND
    shots, boards = max(1, math.ceil(seconds / SHOT_SECONDS)), max(1, math.ceil(seconds / BOARD_SECONDS))
    width, height = sizes.size(params.ratio, params.resolution)
    made_width, made_height = sizes.made(params.ratio, params.resolution)
    picture = round(made_width * made_height * PICTURE_BYTES)
    film = round(seconds * (width * height * RATE * BITS_A_PIXEL[params.quality] / 8 + SOUND_BYTES * params.sound))
    kept = round(seconds * KEPT_SOUND_BYTES) * params.sound
    yield Guess("story.read", 1)
    yield Guess("story.script", boards)
    has_pictures = params.only_storyboard or params.prompts == "default"
    pictures = ELEMENTS + shots * has_pictures
    yield Guess("image.generate", pictures, bytes=picture * pictures, params={"prompt": "a shot"})
    if not params.only_storyboard:
        if params.sound:
            speech = {"text": "a shot", "voice": params.narrator}
            yield Guess("speech.speak", shots, seconds, round(seconds * SPEECH_BYTES), params=speech)
        yield Guess("video.generate", shots, seconds, film, params={"prompt": "a shot"})
        yield Guess("story.take", shots, seconds, film + kept)
        yield Guess("story.join", boards, seconds, film + kept)
    yield Guess(
        "story.deliver", 1, 0.0 if params.only_storyboard else seconds, picture if params.only_storyboard else 2 * film
    )
