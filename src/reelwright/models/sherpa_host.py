"""The voice process of sherpa-onnx: a program of its own, started by `models.sherpa`, never imported.

A fault in its native code costs this process alone, and older wheels of it hold espeak-ng, which is under
the GPL. Its one argument is JSON: what kind of model, and where its files are. The talk is that of
`espeak_host`, with sound as 32-bit floats. With `sounds` the text is in letters of the IPA.

    {"do": "say", "text": "hˈaɪ.", "sounds": true, "speaker": 3}
    {"bytes": 384000, "rate": 24000}
"""

import importlib
import json
import os
import sys
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Told = dict[str, Any]


class Fault(Exception):
    """Told to the asker as it is."""


def opened(given: Mapping[str, Any]) -> "Voice":
    try:
        sherpa = importlib.import_module("sherpa_onnx")
    except ImportError as error:
        raise Fault(f"the package sherpa-onnx cannot be loaded ({error})") from None
    if not hasattr(sherpa, "GenerationConfig") or not hasattr(sherpa.GenerationConfig, "phoneme_codepoints"):
        raise Fault("the package sherpa-onnx is older than 2.0")
    folder = Path(given["folder"])

    def there(*names: str) -> str:
        return ",".join(str(folder / name) for name in names if (folder / name).exists())

    kind = given["kind"]
    if kind == "kokoro":
        model = sherpa.OfflineTtsKokoroModelConfig(
            model=there("model.onnx"),
            voices=there("voices.bin"),
            lexicon=there("lexicon-us-en.txt", "lexicon-zh.txt"),
            tokens=there("tokens.txt"),
        )
    elif kind == "matcha":
        model = sherpa.OfflineTtsMatchaModelConfig(
            acoustic_model=there("model-steps-3.onnx"), vocoder=given["vocoder"], tokens=there("tokens.txt")
        )
    else:
        model = sherpa.OfflineTtsVitsModelConfig(model=there(given["model"]), tokens=there("tokens.txt"))
    name = {"piper": "vits"}.get(kind, kind)
    models = sherpa.OfflineTtsModelConfig(**{name: model}, num_threads=given["threads"])
    config = sherpa.OfflineTtsConfig(
        model=models, rule_fsts=there("phone-zh.fst", "date-zh.fst", "number-zh.fst"), max_num_sentences=1
    )
    if not config.validate():
        raise Fault(f"the files of {folder.name} are not whole")
    return Voice(sherpa.OfflineTts(config), sherpa.GenerationConfig)


class Voice:
    def __init__(self, inner: Any, settings: Any) -> None:
        self._inner, self._settings = inner, settings
        self.rate, self.speakers = inner.sample_rate, inner.num_speakers

    def say(self, asked: Mapping[str, Any]) -> tuple[Told, bytes]:
        wanted = self._settings()
        wanted.sid, wanted.speed = asked["speaker"], 1.0
        if asked["sounds"]:
            wanted.phoneme_codepoints = [[ord(letter) for letter in asked["text"]]]
        made = self._inner.generate("" if asked["sounds"] else asked["text"], wanted)
        sound = array("f", made.samples).tobytes()
        return {"bytes": len(sound), "rate": self.rate}, sound


def main() -> None:
    # What the library prints must not get between the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def answer(told: Told, sound: bytes = b"") -> None:
        out.write(json.dumps(told).encode() + b"\n" + sound)
        out.flush()

    try:
        voice = opened(json.loads(sys.argv[1]))
    except (Fault, OSError, RuntimeError) as error:
        answer({"fault": str(error)})
        return
    answer({"bytes": 0, "rate": voice.rate, "speakers": voice.speakers})
    for line in sys.stdin.buffer:
        try:
            answer(*voice.say(json.loads(line)))
        except RuntimeError as error:
            answer({"fault": str(error)})


if __name__ == "__main__":
    main()
