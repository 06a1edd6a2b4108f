"""The voice process of espeak-ng: a program of its own, started by `models.espeak`, never imported.

espeak-ng is under the GPL, so it is loaded here and nowhere else; the server talks to this process
over pipes. A request is one line of JSON on standard input. The answer is one line of JSON on
standard output, followed by as many bytes of sound (16 bits, mono, little-endian) as it says. The
library is that of the package `espeakng-loader`, or the system's own. It ends when its input does.

    {"do": "say", "language": "cmn", "timbre": "pitch 160 230", "words_a_minute": 175, "text": "…", "sounds": false}
    {"bytes": 88200, "rate": 22050, "words": [[0, 0], [6546, 6]]}

A word is [sample it begins at, character of the text it begins at].

Each request is answered by a child of its own, forked from this process, in which the library has never spoken: its
flutter and its noise go on from phrase to phrase, and the same text would sound otherwise each time. So the same
request gives the same bytes.
"""

import contextlib
import ctypes
import ctypes.util
import importlib
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SYNCHRONOUS, NO_EXIT = 2, 0x8000  # how the library is opened
UTF8, WITH_SOUNDS = 1, 0x100  # how a text is read; sounds are [[…]]
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4  # parameters
MIDDLE, QUIET = 50, 30  # of 100; at its usual volume bright voices are clipped
WORD, LIST_END = 1, 0  # kinds of events
AS_SPELT, AS_IPA = 0, 2  # phonemes in espeak's own letters, or in those of the IPA
SWITCHES = re.compile(r"\([a-z-]+\)")  # between two languages, written among phonemes
MARKS = {**{one: one for one in ",.;:!?"}, **dict(zip("，。；：！？、", ",.;:!?,", strict=True))}
CHUNK_MS = 500
SEED = 1  # of its noise, breath

Asked = Mapping[str, Any]
Told = dict[str, Any]


class Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class Event(ctypes.Structure):
    """espeak_EVENT of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", Name),
    )


Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Fault(Exception):
    """Told to the asker as it is."""


class Espeak:
    def __init__(self) -> None:
        library, folder = found()
        self._library = ctypes.CDLL(library)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_Info.restype = ctypes.c_char_p
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, CHUNK_MS, folder, NO_EXIT)
        if self.rate <= 0:
            raise Fault(f"{library} finds no voice data")
        data = ctypes.c_char_p()
        self._library.espeak_Info(ctypes.byref(data))
        self.languages = languages(Path(os.fsdecode(data.value or b"")) / "lang")
        self._sound: list[bytes] = []
        self._words: list[tuple[int, int]] = []
        self._heard = Heard(self._hear)  # kept: the library holds no reference
        self._library.espeak_SetSynthCallback(self._heard)

    def answer(self, asked: Asked) -> tuple[Told, bytes]:
        # Older libraries take their noise from C's.
        seeded = getattr(self._library, "espeak_ng_SetRandSeed", None) or ctypes.CDLL(None).srand
        seeded(SEED)
        return self.say(asked) if asked["do"] == "say" else self.spell(asked)

    def say(self, asked: Asked) -> tuple[Told, bytes]:
        self._voice(asked["language"], asked["timbre"])
        for parameter, value in ((RATE, asked["words_a_minute"]), (VOLUME, QUIET), (PITCH, MIDDLE), (RANGE, MIDDLE)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._sound.clear()
        self._words.clear()
        text = asked["text"].encode()
        flags = UTF8 | (WITH_SOUNDS if asked["sounds"] else 0)
        if self._library.espeak_Synth(text, len(text) + 1, 0, 1, 0, flags, None, None):
            raise Fault("espeak-ng would not speak")
        sound = b"".join(self._sound)
        return {"bytes": len(sound), "rate": self.rate, "words": self._words}, sound

    def spell(self, asked: Asked) -> tuple[Told, bytes]:
        """The sounds of a text in espeak's letters, or, with `ipa`, in those of the IPA and with its marks."""
        self._voice(asked["language"], "")
        text = asked["text"].encode()
        rest, parts = ctypes.c_char_p(text), []
        while rest.value:
            before = rest.value
            mode = AS_IPA if asked.get("ipa") else AS_SPELT
            part = self._library.espeak_TextToPhonemes(ctypes.byref(rest), UTF8, mode)
            clause = before[: len(before) - len(rest.value or b"")].decode(errors="ignore").rstrip()
            # It looks a letter or two into the next clause before it sees that this one has ended.
            mark = next((MARKS[one] for one in reversed(clause[-3:]) if one in MARKS), "") if asked.get("ipa") else ""
            parts.append((part or b"").decode(errors="replace") + mark)
        told = " ".join(parts)
        return {"bytes": 0, "sounds": SWITCHES.sub("", told) if asked.get("ipa") else told}, b""

    def _voice(self, language: str, timbre: str) -> None:
        path = self.languages.get(language.lower())
        if path is None:
            raise Fault(f"there is no language {language!r}; there are {', '.join(sorted(self.languages))}")
        # The library reads voices from files only; this one lies in memory.
        file = os.memfd_create("voice")
        try:
            os.write(file, path.read_bytes() + b"\n" + timbre.encode() + b"\n")
            if self._library.espeak_ng_SetVoiceByFile(f"/proc/self/fd/{file}".encode()):
                raise Fault(f"the voice of the language {language!r} cannot be loaded")
        finally:
            os.close(file)

    def _hear(self, sound: Any, count: int, events: Any) -> int:
        if sound and count > 0:
            self._sound.append(ctypes.string_at(sound, 2 * count))
        index = 0
        while events[index].type != LIST_END:
            if events[index].type == WORD:
                self._words.append((events[index].sample, events[index].text_position - 1))
            index += 1
        return 0


def found() -> tuple[str, bytes | None]:
    """The library's file, and the folder of its data if that is not where the library itself looks."""
    with contextlib.suppress(ImportError):
        loader = importlib.import_module("espeakng_loader")
        return loader.get_library_path(), os.fsencode(loader.get_data_path())
    library = ctypes.util.find_library("espeak-ng")
    if library is None:
        raise Fault("neither the package espeakng-loader nor the system's espeak-ng is there")
    return library, None


def languages(folder: Path) -> dict[str, Path]:
    """Name in lower case -> its file: those the files are called by, and those they say of themselves."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    named = {path.name.lower(): path for path in files}
    for path in files:
        for line in path.read_text(errors="replace").splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "language" and rest.split():
                named.setdefault(rest.split()[0].lower(), path)
    return named


def main() -> None:
    # What the library prints must not get between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(answer: bytes) -> None:
        out.write(answer)
        out.flush()

    try:
        espeak = Espeak()
    except (Fault, OSError) as error:
        send(written({"fault": str(error)}))
        return
    send(written({"bytes": 0, "rate": espeak.rate, "languages": sorted(espeak.languages)}))
    for line in sys.stdin.buffer:
        send(apart(espeak, json.loads(line)))


def written(told: Told, sound: bytes = b"") -> bytes:
    return json.dumps(told).encode() + b"\n" + sound


def apart(espeak: Espeak, asked: Asked) -> bytes:
    """The answer of a fresh child. If it crashes, so does this process: whoever asked knows what to do then."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            answer = written(*espeak.answer(asked))
        except Fault as error:
            answer = written({"fault": str(error)})
        with os.fdopen(write, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(1)
    return answer


if __name__ == "__main__":
    main()
