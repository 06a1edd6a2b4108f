"""Read a text aloud: Chinese, English and a hundred other languages, plain or SSML, with the moment of every sentence.

The built-in voices are espeak-ng's, at work in a process of their own: clear and quick, and plainly a
machine's. Every name of the vendor's list has a voice that is told from all others. Tempo and pitch are
kept exactly: a sentence at half the tempo lasts twice as long. Sentence times are measured on the sound
itself. With a model installed (Kokoro, Matcha, Piper) its voices sound like people. No voice is cloned,
and no feeling is played that the text does not bring along.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import field_validator

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import prosody, script, ssml, voices, word_times
from reelwright.kernels.script import PARAGRAPH_PAUSE, SENTENCE_PAUSE, Mark, Sentence
from reelwright.kernels.utterance import Mono, Row, Word
from reelwright.media import sounds
from reelwright.media.levelled import LOUDNESS, Levelled
from reelwright.models import speakers
from reelwright.models.port import Models, Provider
from reelwright.models.speaking import Narrator
from reelwright.operators import Context, Params, Quality, Result, files, narrating, operator, param

MOST_CHARACTERS = 10_000
MOST_MARKUP = 60_000
BEFORE, AFTER = 0.05, 0.1  # seconds of silence around it all, at the usual tempo


class SpeakParams(Params):
    text: str = param(
        "What is to be said: plain text, or an SSML document (it begins with `<speak`). SSML may hold speak, p, s, "
        "break, prosody, emphasis, say-as, sub, phoneme (IPA, pinyin as `py`, ARPABET as `cmu`), voice and lang. "
        f"At most {MOST_CHARACTERS:,} characters, markup not counted.",
        min_length=1,
        max_length=MOST_MARKUP,
        example="你好，世界。Hello, world.",
    )
    voice: narrating.VoiceName = param(
        "Who says it: a name of the vendor's list, in any case of letters (siqi, zhitian, emily, …), or `engine:name` "
        "for a voice of an installed model.",
        voices.DEFAULT,
    )
    language: str = param(
        "The language of what names none: `auto` tells it by the letters, else a code such as zh-CN, en-GB, fr, ja.",
        "auto",
    )
    engine: narrating.EngineName = param(
        "What speaks. `auto` takes the best that is installed and has such a voice, else the built-in espeak-ng.",
        "auto",
    )
    speech_rate: int = param(
        "Tempo, in the vendor's steps: -500 is half, 0 as usual, 500 twice. Below 0 a step adds 0.002 of the usual "
        "time, above 0 it takes off 0.001: -125 is 0.8 times as fast, 166 is 1.2 times.",
        0,
        ge=-prosody.STEPS,
        le=prosody.STEPS,
    )
    pitch_rate: int = param(
        "Pitch, on the scale of the tempo: -500 is an octave lower, 500 an octave higher.",
        0,
        ge=-prosody.STEPS,
        le=prosody.STEPS,
    )
    volume: int = param(
        f"Loudness: 0 is silence, 50 is {LOUDNESS:g} LUFS, 100 is 6 dB more; in a straight line between.",
        prosody.USUAL_VOLUME,
        ge=0,
        le=2 * prosody.USUAL_VOLUME,
    )
    format: sounds.Format = param("The file: WAV or raw PCM (both of 16 bits), or MP3.", "wav")
    sample_rate: int = param("Samples a second.", 16000, ge=8000, le=48000, unit="Hz")
    words: bool = param("Tell the moment of each word too, where the voice knows it; the built-in one does.", False)

    @field_validator("text")
    @classmethod
    def _can_be_said(cls, text: str) -> str:
        try:
            found = marks_of(text)
            for name in sorted(ssml.voices_named(found)):
                speakers.check(name)
        except InvalidParameter as error:
            raise InvalidParameter(error.message, field="params.text") from None
        length = sum(len(one.text) for one in found if isinstance(one, script.Run))
        if length > MOST_CHARACTERS:
            told = f"the text has {length:,} characters; {MOST_CHARACTERS:,} can be said at once, send it in parts"
            raise InvalidParameter(told, field="params.text")
        if not script.sentences(found):
            raise InvalidParameter("the text holds no letter and no digit; give words to say", field="params.text")
        return text


class SpokenWord(Result):
    text: str = param("The word as it was written, with the marks and blanks after it.")
    start: float = param("Where it begins in the file.", unit="s")


class SpokenSentence(Result):
    text: str = param("The sentence as it was written.")
    start: float = param("Where its speech begins in the file.", unit="s")
    end: float = param("Where its speech ends in the file.", unit="s")
    words: tuple[SpokenWord, ...] = param("Its words; together they are the sentence. Empty unless asked for.", ())


class SpeakResult(Result):
    audio: files.Audio = param("The speech, mono.")
    seconds: float = param("Length of the file.", unit="s")
    sample_rate: int = param("Samples a second.", unit="Hz")
    sentences: tuple[SpokenSentence, ...] = param("What was said when, measured on the sound.")
    engine: str = param("What spoke.")
    voice: str = param("Whose voice it was, where the text names no other.")
    languages: tuple[str, ...] = param("Languages it was read in, by their first use.")
    characters: int = param("Letters, digits and signs that were said.")
    loudness: float | None = param("Loudness of the file; none if it is silent.", unit="LUFS")
    limited: float = param("Greatest reduction of a peak by the limiter; 0 if it never acted.", unit="dB")


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech of one sentence: samples of the file."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]


def choose(params: SpeakParams, models: Models) -> Provider:
    """The engine asked for, or the best that is installed and has the voice."""
    return speakers.provider(params.voice, params.engine, _languages(_sentences(params)), models)


@operator(
    version=3,
    quality=Quality("sentence_time_error_ms", at_most=40),
    phases=narrating.PHASES,
    choose=choose,
    tiers=narrating.TIERS,
)
def speak(params: SpeakParams, ctx: Context) -> SpeakResult:
    sounds.check_rate(params.format, params.sample_rate)
    sentences = _sentences(params)
    provider = choose(params, ctx.models)
    narrator = Narrator(
        speakers.speaker(provider, ctx.models),
        params.sample_rate,
        params.voice,
        prosody.factor_of(params.speech_rate),
        prosody.factor_of(params.pitch_rate),
    )
    reading = Reading(ctx, narrator)
    tape = Levelled(ctx.scratch / "speech.raw.wav", params.sample_rate)
    tape.record(reading.blocks(sentences, script.trailing_pause(marks_of(params.text))))
    if not reading.heard:
        raise NothingFound("the voice has no sound for any letter of this text; name its language")
    return SpeakResult(
        **narrating.mastered(tape, params, ctx, "speech"),
        sentences=tuple(_told(one, params) for one in reading.heard),
        engine=provider.name,
        voice=params.voice.lower(),
        languages=_languages(sentences),
        characters=sum(len(one.text) for one in sentences),
    )


def _told(one: Heard, params: SpeakParams) -> SpokenSentence:
    rate = params.sample_rate
    words = word_times.written(one.text, one.words) if params.words else ()
    return SpokenSentence(
        text=one.text,
        start=one.start / rate,
        end=one.end / rate,
        words=tuple(SpokenWord(text=word.text, start=word.at / rate) for word in words),
    )


def _sentences(params: SpeakParams) -> tuple[Sentence, ...]:
    return script.sentences(marks_of(params.text), None if params.language == "auto" else params.language)


def _languages(sentences: tuple[Sentence, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase.language for one in sentences for phrase in one.phrases))


def marks_of(text: str) -> tuple[Mark, ...]:
    return ssml.marks(text) if ssml.is_ssml(text) else script.plain(text)


@dataclass
class Reading:
    """A narrator at work on a script, one sentence in memory."""

    ctx: Context
    narrator: Narrator
    heard: list[Heard] = field(default_factory=list)

    def blocks(self, sentences: tuple[Sentence, ...], trailing: float) -> Iterator[Mono]:
        """The sound, in a row; `heard` fills as it comes. `trailing`: seconds of silence asked for after it all."""
        row, end, rate = Row(), 0, self.narrator.rate
        self.ctx.enter("speak")
        for number, sentence in enumerate(sentences, 1):
            self.ctx.check()
            spoken = self.narrator.read(sentence)
            self.ctx.report(number, len(sentences), unit="sentence")
            if not spoken.length:
                continue
            start = end + round(rate * self._silence(sentence))
            yield row.lay(spoken.samples, start - spoken.first)
            end = start + spoken.length
            words = tuple(Word(one.text, start - spoken.first + one.at) for one in spoken.words)
            self.heard.append(Heard(sentence.text, start, end, words))
        yield row.finish(end + round(rate * (AFTER / self.narrator.pace + trailing)))

    def _silence(self, sentence: Sentence) -> float:
        """Seconds before it: to the letter what was asked for; what is only usual goes with the tempo."""
        if sentence.pause is not None:
            return sentence.pause
        usual = BEFORE if not self.heard else PARAGRAPH_PAUSE if sentence.paragraph else SENTENCE_PAUSE
        return usual / (self.narrator.pace * sentence.phrases[0].spans[0].pace)
