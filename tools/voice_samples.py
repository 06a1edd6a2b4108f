"""Speak a sample of every voice of the vendor's list into the package: `ListSmartVoiceGroups` links to them.

    python tools/voice_samples.py

One archive of small MP3 files (16 kHz, 24 kbit/s), a second or two each. To be run again when voices change.
"""

import io
import zipfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from reelwright.kernels import voices
from reelwright.media import samples
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.speak import SpeakParams, speak

ARCHIVE = Path(__file__).resolve().parents[1] / "src/reelwright/faces/ice/smart/voice_samples.zip"
RATE, BITS = 16000, 24_000
SAID = {"English": "Hello, my name is {name}.", "": "你好，我是{name}。"}
STAMP = (2026, 1, 1, 0, 0, 0)  # the same archive from the same sounds


def spoken(voice: voices.Voice, group: str, models: NoModels) -> bytes:
    text = SAID.get(group, SAID[""]).format(name=voice.shown.removesuffix("V2").removesuffix("2.0"))
    params = SpeakParams(text=text, voice=voice.name, sample_rate=RATE, engine="espeak-ng")
    sound = samples.read(speak(params, Context.local(models=models)).audio).samples
    return mp3(sound)


def mp3(sound: np.ndarray) -> bytes:
    held = io.BytesIO()
    with av.open(held, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BITS
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        out.mux([*stream.encode(frame), *stream.encode(None)])
    return held.getvalue()


def main() -> None:
    models = NoModels()
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_STORED) as archive:
        for group in voices.GROUPS:
            for voice in group.voices:
                about = zipfile.ZipInfo(f"{voice.name}.mp3", STAMP)
                archive.writestr(about, spoken(voice, group.title, models))
    print(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size} bytes, {sum(1 for _ in voices.every())} voices")


if __name__ == "__main__":
    main()
