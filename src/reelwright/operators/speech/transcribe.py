"""Write down what is said: sentences with their times, as JSON, SRT and WebVTT.

Only where somebody speaks is there anything to recognise: silence, noise, music and songs give no words, and words
that the sound does not bear out are left out. The built-in tier is PocketSphinx, for English, and makes mistakes: one
word in six of clear reading. Whisper, SenseVoice and Paraformer are far better and know other languages; each
needs its weights. With `language` auto the best installed one is taken, and it tells the language where it can.

Any sound or video that can be decoded is taken, of any length: it is heard in passages of up to half a minute. A
job that was cut off goes on after the last passage that was done. Times are seconds of the whole sound, also with
`start`. Several voices at once are heard as one; who speaks is not told.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import field_validator

from reelwright.errors import NoSpeech
from reelwright.kernels import transcripts
from reelwright.kernels.passages import Cutter, Passage, Span
from reelwright.kernels.transcripts import Recogniser, Word
from reelwright.kernels.voice_activity import RATE, Mono
from reelwright.media import probe, samples, subtitles
from reelwright.models import listening
from reelwright.models.port import Models, Provider
from reelwright.models.silero import Silero
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

BLOCK = RATE  # one second
MILLISECONDS = 3  # digits of a time
FOREIGN = 2.0  # seconds of speech without a word that could be told: it may be another language
MOST_HOTWORDS = 500


class Hotword(Params):
    word: str = param("A word or a short phrase that may well be said.", min_length=1, max_length=100)
    weight: float = param(
        "How much likelier than by the language alone: 1 to 5 raise it, -1 to -5 lower it, -6 is never told.",
        4.0,
        ge=-6,
        le=5,
    )

    @field_validator("word")
    @classmethod
    def _is_written(cls, word: str) -> str:
        told = " ".join(word.split())
        if not any(one.isalnum() for one in told):
            raise ValueError("give a word with a letter in it")
        return told


class TranscribeParams(Params):
    audio: files.Audio = param("Speech, or a video whose sound is heard.", example="oss://media/interview.mp4")
    language: str = param(
        "Language that is spoken, by its code (en, zh, …); `auto` lets the recogniser find out if it can.",
        "auto",
        pattern=r"^(auto|[a-z]{2,3})$",
    )
    engine: Literal["auto", "pocketsphinx", "whisper", "sensevoice", "paraformer"] = param(
        "What recognises the words; `auto` takes the best one installed that knows the language.", "auto"
    )
    start: float = param("Where to begin.", 0.0, ge=0, unit="s")
    duration: float | None = param("How much to hear; all to the end without it.", None, gt=0, unit="s")
    sentence_max_length: int | None = param(
        "Most words of a sentence (characters, in Chinese and Japanese); given, sentences are punctuated too.",
        None,
        ge=4,
        le=50,
        unit="words",
    )
    semantic_sentences: bool = param(
        "End sentences by what the words mean and not by pauses alone: a speaker may think in mid-sentence.", False
    )
    hotwords: tuple[Hotword, ...] = param(
        "Names and terms to expect. SenseVoice and Paraformer take none.", (), max_length=MOST_HOTWORDS
    )
    words: bool = param("Tell the times of every word in the JSON file.", False)
    formats: tuple[Literal["json", "srt", "vtt"], ...] = param("Files to write.", ("json",), min_length=1)
    require_speech: bool = param("Fail with NoSpeech where no word can be told, and not with an empty list.", False)


class Sentence(Result):
    text: str = param("What is said.")
    start: float = param("Where its first word begins.", unit="s")
    end: float = param("Where its last word ends.", unit="s")
    confidence: float = param("How sure the recogniser is: 0 to 1. Compare within one engine only.")


class TranscribeReport(Result):
    speech: float = param("Time in which somebody speaks.", unit="s")
    refused: float = param("Time that was taken for a voice at first, but is music, song or noise.", unit="s")
    doubtful: float = param("Time of speech whose words could not be told; they are left out.", unit="s")
    confidence: float = param("How sure the words are, over all: 0 to 1; 0 without words.")


class TranscribeResult(Result):
    sentences: tuple[Sentence, ...] = param("What is said, in order of time.")
    language: str = param("Language of the words: the one asked for, or what the recogniser took it for.")
    engine: str = param("What recognised the words.")
    words: int = param("Words told (characters, in Chinese and Japanese).")
    seconds: float = param("Length of the sound that was heard.", unit="s")
    json_file: files.Text | None = param("The sentences as a JSON file, with their words where asked for.", None)
    srt_file: files.Text | None = param("The sentences as SRT.", None)
    vtt_file: files.Text | None = param("The sentences as WebVTT.", None)
    report: TranscribeReport = param("How good this is.")


def choose(params: TranscribeParams, models: Models) -> Provider:
    """The engine asked for, or the best one installed for the language."""
    return listening.best(params.language, models, engine=params.engine).provider(models)


@operator(
    version=1,
    quality=Quality("word_error_rate", at_most=0.25),
    resources=Resources(memory=4 << 30),
    choose=choose,
    tiers=("builtin", "model"),
)
def transcribe(params: TranscribeParams, ctx: Context) -> TranscribeResult:
    engine = listening.best(params.language, ctx.models, engine=params.engine)
    made = engine.provider(ctx.models)
    hotwords = {one.word.lower(): one.weight for one in params.hotwords}
    if hotwords and not engine.takes_hotwords:
        ctx.log(f"{engine.name} takes no hot words; the {len(hotwords)} given change nothing", level="warning")
    recogniser = engine.recogniser(ctx.models, params.language, hotwords)
    # A model that knows songs may write them down; the built-in one would make words up.
    cutter = Cutter(Silero(), _is_talk if made.tier == "builtin" else _is_likely)
    heard = _heard(params, ctx, cutter, recogniser)
    _refuse_empty(params, cutter, heard, is_builtin=made.tier == "builtin")
    told = _sentences(params, heard, recogniser)
    return _result(params, ctx, made.name, told, heard, cutter)


def _is_talk(span: Span) -> bool:
    return span.is_talk


def _is_likely(span: Span) -> bool:
    return span.is_likely


# ---- hearing


@dataclass
class _Account:
    """What was heard so far."""

    words: list[Word]
    language: str
    doubtful: float = 0.0
    seconds: float = 0.0


def _heard(params: TranscribeParams, ctx: Context, cutter: Cutter, recogniser: Recogniser) -> _Account:
    account = _Account([], "" if params.language == listening.AUTO else params.language)
    for passage in _passages(params, ctx, cutter, account):
        name = f"passage {round(1000 * passage.start)}-{round(1000 * passage.end)} {account.language}"
        _take(account, ctx.once(name, partial(_written, recogniser, passage, account.language)))
    return account


def _passages(params: TranscribeParams, ctx: Context, cutter: Cutter, account: _Account) -> Iterator[Passage]:
    """The passages of the wanted stretch, with the times of the stretch; progress is told in seconds of sound."""
    ctx.enter("work")
    total = _total(params)
    for block in _stretch(params):
        ctx.check()
        account.seconds += len(block) / RATE
        yield from cutter.push(block)
        ctx.report(account.seconds, total, unit="s")
    yield from cutter.flush()
    ctx.report(account.seconds, account.seconds, unit="s")
    ctx.media(account.seconds)


def _total(params: TranscribeParams) -> float | None:
    media = probe.with_audio(params.audio)
    length = media.audio[0].duration or media.duration
    if length is None:
        return params.duration
    rest = max(0.0, float(length) - params.start)
    return rest if params.duration is None else min(rest, params.duration)


def _stretch(params: TranscribeParams) -> Iterator[Mono]:
    """float32 [n] at 16 kHz from `start` on, for `duration`."""
    first = round(Fraction(params.start) * RATE)
    last = None if params.duration is None else first + round(Fraction(params.duration) * RATE)
    at = 0
    for block in samples.stream(params.audio, sample_rate=RATE, channels=1, block=BLOCK):
        begin, end = at, at + block.shape[1]
        at = end
        if end <= first:
            continue
        if last is not None and begin >= last:
            return
        part = block[0, max(0, first - begin) : end - begin if last is None else min(end, last) - begin]
        # A WAV of floats may hold what is no number; the detector remembers, and would stay deaf for good.
        yield np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=-1.0)


def _written(recogniser: Recogniser, passage: Passage, language: str) -> dict[str, Any]:
    """What JSON can hold of a passage's words."""
    heard = recogniser.hear(passage, language)
    words = [[one.text, one.start, one.end, one.confidence, one.glued] for one in heard.words]
    return {"words": words, "language": heard.language, "doubtful": heard.doubtful}


def _take(account: _Account, written: Any) -> None:
    account.words += [Word(*one) for one in written["words"]]
    account.doubtful += written["doubtful"]
    if written["words"] and not account.language:
        account.language = written["language"]


# ---- telling


def _refuse_empty(params: TranscribeParams, cutter: Cutter, heard: _Account, *, is_builtin: bool) -> None:
    if heard.words:
        return
    if is_builtin and params.language == listening.AUTO and heard.doubtful >= FOREIGN:
        fault = listening.missing(listening.AUTO)
        told = f"somebody speaks for {cutter.heard:.1f} s, but in no English words that the built-in tier can tell; "
        raise type(fault)(told + fault.message, field="language")
    if params.require_speech:
        name = Path(params.audio).name
        raise NoSpeech(f"nobody says a word in {name} that could be told ({heard.seconds:.1f} s were heard)")


def _sentences(params: TranscribeParams, heard: _Account, recogniser: Recogniser) -> list[transcripts.Sentence]:
    words = [replace(one, start=one.start + params.start, end=one.end + params.start) for one in heard.words]
    ends = recogniser.ends if params.semantic_sentences or _has_marks(words) else None
    found = transcripts.sentences(words, most=params.sentence_max_length, ends=ends)
    if params.sentence_max_length is None:
        return transcripts.bare(found)
    return found if _has_marks(words) else transcripts.punctuated(found)


def _has_marks(words: list[Word]) -> bool:
    """Does the recogniser punctuate by itself?"""
    return any(word.text[-1:] in transcripts.MARKS for word in words)


def _result(
    params: TranscribeParams,
    ctx: Context,
    engine: str,
    told: list[transcripts.Sentence],
    heard: _Account,
    cutter: Cutter,
) -> TranscribeResult:
    sentences = tuple(
        Sentence(text=one.text, start=_ms(one.start), end=_ms(one.end), confidence=round(one.confidence, 3))
        for one in told
    )
    words = [word for one in told for word in one.words]
    lengths = [max(0.01, word.end - word.start) for word in words]
    sure = sum(a * b.confidence for a, b in zip(lengths, words, strict=True)) / sum(lengths) if words else 0.0
    return TranscribeResult(
        sentences=sentences,
        language=heard.language or ("" if params.language == listening.AUTO else params.language),
        engine=engine,
        words=transcripts.units(words),
        seconds=heard.seconds,
        **_files(params, ctx, told, heard.language, engine),
        report=TranscribeReport(
            speech=round(cutter.heard, 3),
            refused=round(cutter.refused, 3),
            doubtful=round(heard.doubtful, 3),
            confidence=round(sure, 3),
        ),
    )


def _files(
    params: TranscribeParams, ctx: Context, told: list[transcripts.Sentence], language: str, engine: str
) -> dict[str, Any]:
    """Field of the result -> path of the file written for it."""
    made: dict[str, Any] = {}
    if "json" in params.formats:
        path = ctx.output("transcript.json")
        document = {
            "language": language,
            "engine": engine,
            "sentences": [_row(one, with_words=params.words) for one in told],
        }
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        made["json_file"] = str(path)
    cues = [subtitles.Cue(one.start, one.end, one.text) for one in told]
    for kind in ("srt", "vtt"):
        if kind in params.formats:
            made[f"{kind}_file"] = subtitles.save(cues, ctx.output(f"transcript.{kind}"), kind)
    return made


def _row(one: transcripts.Sentence, *, with_words: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"text": one.text, "start": _ms(one.start), "end": _ms(one.end)}
    if with_words:
        row["words"] = [
            {
                "text": word.text,
                "start": _ms(word.start),
                "end": _ms(word.end),
                "confidence": round(word.confidence, 3),
            }
            for word in one.words
        ]
    return row


def _ms(seconds: float) -> float:
    return round(seconds, MILLISECONDS)
