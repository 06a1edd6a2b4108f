"""Lines spoken into given spans of time, one after the other on one track.

Every line is spoken once to learn how long it takes, and then as fast as its span needs, between a slowest
and a fastest tempo. One that is too long even then goes on into the silence after its span; what comes after waits
for it, so that two lines never sound at once, and catches up in the next silence.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from reelwright.kernels import script
from reelwright.kernels.utterance import Mono, Row, Utterance, joined
from reelwright.models.speaking import Narrator

BETWEEN = 0.04  # seconds of silence between a late line and the next
WITHIN = 0.2  # seconds between two sentences of one line, at the usual tempo
AFTER = 0.1  # seconds after the last line where no length is given
NEAR = 0.02  # seconds: an end this much late is on time
TRIES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be said in [start, end), seconds; `voice` None is that of the whole."""

    text: str
    start: float
    end: float
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it was said, measured on the sound. `late`: seconds its speech ends after its span."""

    text: str
    start: float
    end: float
    tempo: float
    late: float


@dataclass
class Booth:
    """A narrator at work on lines, one of them in memory. `language`: None has it told by the letters.

    `told` hears how many lines are done, and of how many; it may raise to stop.
    """

    narrator: Narrator
    language: str | None = None
    slowest: float = 0.85
    fastest: float = 1.8
    told: Callable[[int, int], None] = lambda done, of: None
    said: list[Said] = field(default_factory=list)

    def blocks(self, lines: Sequence[Line], *, length: float | None = None) -> Iterator[Mono]:
        """The track, in a row, `length` seconds long if that is given; `said` fills as it comes."""
        left = None if length is None else round(self.narrator.rate * length)
        for block in self._laid(lines, left):
            part = block if left is None else block[:left]
            left = None if left is None else left - len(part)
            yield part

    def _laid(self, lines: Sequence[Line], length: int | None) -> Iterator[Mono]:
        """The same, and what goes on beyond `length` samples."""
        row, rate, end = Row(), self.narrator.rate, 0
        for number, line in enumerate(lines, 1):
            start = max(line.start, end / rate + BETWEEN) if self.said else line.start
            # Where two spans touch, the first line makes room, so that the second begins on its cue.
            cue = lines[number].start - BETWEEN if number < len(lines) else line.end
            spoken, tempo = self._fitted(line, (min(line.end, cue) if cue > line.start else line.end) - start)
            self.told(number, len(lines))
            if spoken.length:
                at = round(rate * start)
                yield row.lay(spoken.samples, at - spoken.first)
                end = at + spoken.length
                self.said.append(self._measured(line, at, end, tempo))
        yield row.finish(end + round(rate * AFTER) if length is None else length)

    def _measured(self, line: Line, start: int, end: int, tempo: float) -> Said:
        rate = self.narrator.rate
        late = end / rate - line.end
        return Said(line.text, start / rate, end / rate, tempo, late if late > NEAR else 0.0)

    def _fitted(self, line: Line, wanted: float) -> tuple[Utterance, float]:
        """The line in `wanted` seconds of speech, or as near to it as may be; and its tempo."""
        sentences, tempo = self._sentences(line), 1.0
        spoken = self._read(sentences, tempo)
        for _ in range(TRIES):
            seconds = spoken.length / self.narrator.rate
            if not seconds or abs(seconds - wanted) <= NEAR / 2:
                break
            # What is late already has no span left: it is said as fast as it may be.
            needed = tempo * seconds / wanted if wanted > 0 else self.fastest
            needed = min(max(needed, self.slowest), self.fastest)
            if needed == tempo:
                break
            tempo = needed
            spoken = self._read(sentences, tempo)
        return spoken, tempo

    def _sentences(self, line: Line) -> tuple[script.Sentence, ...]:
        return script.sentences([script.Run(line.text, script.Style(voice=line.voice))], self.language)

    def _read(self, sentences: Sequence[script.Sentence], tempo: float) -> Utterance:
        gap = round(self.narrator.rate * WITHIN / tempo)
        return joined((self.narrator.read(one, pace=tempo), gap) for one in sentences)
