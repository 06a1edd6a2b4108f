"""English speech to words: PocketSphinx with the model and dictionary that its package brings (BSD-2-Clause).

A passage is decoded twice: with the language model for the words, and as a plain loop of phones for what can
be said of the sound at best. How far the words' score falls behind the loop's, and how sure the lattice is of
each word, tell words that were heard from words that were made up: noise, music and other languages fit a loop
of phones well and English words badly. A span of speech whose words are not trusted gives none.

Hot words are a boost of the language model: each gets an entry of its own, spoken as the dictionary says (or by
two known words that it is made of, or by its letters), with a probability that rises tenfold for each two of its
weight. Negative weights take the word out of the trigrams and give it less than its plain probability; -6
takes it out of the dictionary.
"""

import hashlib
import math
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import letter_sounds
from reelwright.kernels.passages import Passage, Span
from reelwright.kernels.transcripts import Heard, Word
from reelwright.loading import lazy
from reelwright.models.port import Models

if TYPE_CHECKING:
    pocketsphinx: Any
else:
    pocketsphinx = lazy("pocketsphinx")

NAME = "pocketsphinx"
LANGUAGE = "en"
RATE, FRAME = 16000, 0.01
WORDS, PHONES = "_default", "phones"
QUIET = 0.1  # full scale's share below which a passage is turned up; by powers of two, so that nothing is rounded
VARIANT = re.compile(r"\(\d+\)$")
ALIAS = "~"  # at the end of an entry of the language model that is a hot word
SILENT = "<[+"  # how words that are none begin
REACH = 0.1  # seconds that a word may lie outside a span
LOWEST = -720.0  # ln of what underflows
LONGEST_PHONE = 0.4  # seconds, on the average of a word
BANNED = -6.0

LEAST_TRUST = 0.2  # clear speech has 0.5 and more, an old recording 0.3, Mandarin 0.1, noise less

Signal = NDArray[np.float64]
GAP_AT_EASE = 3.5  # nats a frame by which words of clear speech fall behind the loop of phones
WORTH_OF_GAP = 0.25  # of trust, a nat

PLAINEST = 1e-5  # probability of a hot word of weight 0: about that of a rare word
TENFOLD = 2.0  # of weight
MOST = 0.05  # probability of any hot word
LEAST_HALF = 3  # letters of either word that a new one is made of


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    posterior: float
    score: float
    """ln of the acoustic likelihood, a frame."""


class Sphinx:
    """Implements `kernels.transcripts.Recogniser` for English. Not to be used from two threads at once."""

    language = LANGUAGE

    def __init__(self, hotwords: Mapping[str, float]) -> None:
        lowered = {word for word, weight in hotwords.items() if weight < 0}
        with tempfile.TemporaryDirectory() as folder:
            given, self._taken_out = _dictionary_without(lowered, Path(folder)) if lowered else ({}, {})
            self._decoder = pocketsphinx.Decoder(loglevel="FATAL", samprate=RATE, **given)
        self._decoder.add_allphone_file(PHONES, pocketsphinx.get_model_path("en-us/en-us-phone.lm.bin"))
        self._shown: dict[str, str] = {}
        self._boost({word: weight for word, weight in hotwords.items() if weight > BANNED})

    def hear(self, passage: Passage, language: str = "") -> Heard:
        pcm = _pcm(passage.samples)
        tokens = list(self._decoded(pcm, WORDS))
        spoken = [one for one in tokens if one.text[0] not in SILENT and self._can_be_said(one)]
        if not spoken:
            return Heard((), LANGUAGE, doubtful=sum(one.end - one.start for one in passage.spans))
        best = _by_frame(self._decoded(pcm, PHONES))
        # A span is judged with its surroundings: a few words alone may fit anything by chance.
        around = trust(spoken, best)
        words: list[Word] = []
        doubtful = 0.0
        for span in passage.spans:
            own = [one for one in spoken if _is_in(one, span, passage.start)]
            if own and (trust(own, best) + around) / 2 >= LEAST_TRUST:
                words += [self._word(one, passage.start) for one in own]
            else:
                doubtful += span.end - span.start
        return Heard(tuple(words), LANGUAGE, doubtful)

    def ends(self, words: Sequence[Word], place: int) -> float:
        """ln of the odds, by the language model, that a sentence ends after the word at `place`."""
        before = [word.text.lower() for word in words[max(0, place - 1) : place + 1]][::-1]
        following = words[place + 1].text.lower()
        end = self._nats("</s>", *before) + self._nats(following, "<s>")
        return end - self._nats(following, *before)

    def _nats(self, *words: str) -> float:
        """ln of the chance of the first word after the others, the latest of which comes first."""
        return _ln(self._decoder.logmath.exp(self._decoder.get_lm(WORDS).prob(list(words))))

    # ---- decoding

    def _decoded(self, pcm: bytes, search: str) -> Iterator[_Token]:
        self._decoder.activate_search(search)
        # What was heard before must not matter: the same passage gives the same words.
        self._decoder.reinit_feat()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        for one in self._decoder.seg() or ():
            frames = one.end_frame - one.start_frame + 1
            yield _Token(one.word, one.start_frame, one.end_frame + 1, one.prob, _ln(one.ascore) / max(1, frames))

    def _can_be_said(self, token: _Token) -> bool:
        """Nobody says "dog" for two seconds: a hum may be taken for it."""
        phones = len((self._decoder.lookup_word(token.text) or "").split())
        return (token.end - token.start) * FRAME <= LONGEST_PHONE * max(1, phones)

    def _word(self, token: _Token, since: float) -> Word:
        text = VARIANT.sub("", token.text)
        return Word(
            self._shown.get(text, text),
            since + token.start * FRAME,
            since + token.end * FRAME,
            min(1.0, token.posterior),
        )

    # ---- hot words

    def _boost(self, hotwords: Mapping[str, float]) -> None:
        model, said = self._decoder.get_lm(WORDS), []
        model.add_word(ALIAS, 1.0)
        even = self._chance(model, ALIAS)  # what a weight of 1 means to the library
        # Of words that the dictionary has lost, the decoder's own model has lost the chance too.
        whole = pocketsphinx.NGramModel.readfile(pocketsphinx.get_model_path("en-us/en-us.lm.bin"))
        for number, (word, weight) in enumerate(sorted(hotwords.items())):
            plain = PLAINEST if weight >= 0 else self._chance(whole, word)
            ways = list(pronounced(word, self._lookup))
            if not ways or not plain:
                continue  # not to be spoken in English; or to be told less often than never
            name = f"hot{number}{ALIAS}"
            self._shown[name] = word
            model.add_word(name, min(MOST, plain * 10 ** (weight / TENFOLD)) / even)
            said += [(f"{name}({way + 1})" if way else name, phones) for way, phones in enumerate(ways)]
        for place, (name, phones) in enumerate(said, 1):
            # Told last of all: each time takes a tenth of a second.
            self._decoder.add_word(name, phones, place == len(said))

    def _lookup(self, word: str) -> str | None:
        found: str | None = self._taken_out.get(word) or self._decoder.lookup_word(word)
        return found

    def _chance(self, model: Any, word: str) -> float:
        return float(self._decoder.logmath.exp(model.prob([word])))


def recogniser(models: Models, hotwords: Mapping[str, float]) -> Sphinx:
    """A recogniser with these hot words (word -> weight), kept warm in this process."""
    given = sorted((word.lower(), weight) for word, weight in hotwords.items())
    key = hashlib.sha256(repr(given).encode()).hexdigest()[:16]
    return models.warm(f"{NAME}-{key}", lambda: Sphinx(dict(given)))


# ---- how words are spoken


def pronounced(words: str, lookup: Callable[[str], str | None]) -> Iterator[str]:
    """Each way to speak a word or a phrase, as phones parted by spaces; for a phrase, the first way of each word.

    None for what has no English letter to be spoken.
    """
    parts = words.split()
    ways = [[way for way in _ways(part, lookup) if way] for part in parts]
    if len(parts) == 1:
        yield from dict.fromkeys(ways[0])
    elif all(ways):
        yield " ".join(way[0] for way in ways)


def _ways(word: str, lookup: Callable[[str], str | None]) -> Iterator[str]:
    known = lookup(word)
    if known is not None:
        yield known
        number = 2
        while (known := lookup(f"{word}({number})")) is not None:
            yield known
            number += 1
        return
    halves = _halves(word, lookup)
    if halves:
        yield halves
    yield " ".join(letter_sounds.phones(word))


def _halves(word: str, lookup: Callable[[str], str | None]) -> str | None:
    """The phones of two known words that the word is made of; of several such pairs, the most even."""
    for place in sorted(range(LEAST_HALF, len(word) - LEAST_HALF + 1), key=lambda at: abs(2 * at - len(word))):
        first, second = lookup(word[:place]), lookup(word[place:])
        if first and second:
            return f"{first} {second}"
    return None


def _dictionary_without(words: Set[str], folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The decoder's setting of a dictionary that lacks the words, and how these are spoken."""
    path, taken_out = folder / "words.dict", {}
    with path.open("w") as kept:
        for line in Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict")).read_text().splitlines():
            spelling, _, phones = line.partition(" ")
            if VARIANT.sub("", spelling) in words:
                taken_out[spelling] = phones.strip()
            else:
                kept.write(f"{line}\n")
    return {"dict": str(path)}, taken_out


# ---- how far words are to be trusted


def trust(words: Sequence[_Token], best: Signal) -> float:
    """Posterior of the words, and how near they come to the best that phones can do.

    `best`: ln of the likelihood of each frame, [n], by a loop of phones.
    """
    frames = [min(one.end, len(best)) - one.start for one in words]
    whole = max(1, sum(frames))
    posterior = sum(count * min(1.0, one.posterior) for count, one in zip(frames, words, strict=True)) / whole
    gap = sum((one.score - best[one.start : one.end]).sum() for one in words) / whole
    return posterior + WORTH_OF_GAP * min(0.0, float(gap) + GAP_AT_EASE)


def _by_frame(tokens: Iterator[_Token]) -> Signal:
    found: list[float] = []
    for one in tokens:
        found += [one.score] * (one.end - one.start)
    return np.array(found)


def _is_in(token: _Token, span: Span, since: float) -> bool:
    middle = since + (token.start + token.end) / 2 * FRAME
    return span.start - REACH <= middle <= span.end + REACH


def _ln(likelihood: float) -> float:
    return math.log(likelihood) if likelihood > 0 else LOWEST


def _pcm(samples: NDArray[np.float32]) -> bytes:
    """16 bits, little end first; a quiet passage is turned up."""
    peak = float(np.abs(samples).max(initial=0.0))
    gain = 2.0 ** math.floor(math.log2(2 * QUIET / peak)) if 0 < peak < QUIET else 1.0
    scaled: NDArray[np.int16] = np.clip(samples * gain * 32767, -32768, 32767).astype("<i2")
    return scaled.tobytes()
