"""What is in pictures, by a pair of networks that knows pictures and words: CLIP or SigLIP, as ONNX, from a folder.

A picture and a sentence become vectors of one space, and the nearer the two, the better the sentence tells the picture
(A. Radford et al., "Learning transferable visual models from natural language supervision", 2021; X. Zhai et al.,
"Sigmoid loss for language image pre-training", 2023). Nothing is trained for the labels: they are words in a file,
`labels.json` of the folder, else the one beside this module. Each set of them (things, places, activities) is a choice
of its own with a few sentences for "none of these" in it, so that a picture need not show any. SigLIP was trained to
judge each sentence alone; here its vectors are used in the same choice.

The folder is one that the usual exporters write: `text_model.onnx` and `vision_model.onnx`, there or in `onnx/`,
`tokenizer.json`, `preprocessor_config.json`, `config.json`. Of a `SHA256SUMS` in it every line is checked.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled
from reelwright.kernels import subwords
from reelwright.loading import lazy
from reelwright.models import onnx, sums
from reelwright.models.port import Models, Provider

pil: Any = lazy("PIL.Image")

CAPABILITY = "labels"
SETTING = "labels_folder"
MEND = f"no CLIP or SigLIP pair is set: give the folder of its ONNX files in `{SETTING}` (REELWRIGHT_{SETTING.upper()})"
SCALE = 100.0  # by which a cosine is taken before the choice: CLIP's own, at the bound of its training
BATCH = 16
LENGTHS = {"clip": 77, "siglip": 64}  # pieces of a sentence that each kind was trained on
USUAL_SIDE = 224  # px
TEXT, VISION, TOKENIZER = "text_model.onnx", "vision_model.onnx", "tokenizer.json"
PREPROCESSOR, CONFIG, LABELS = "preprocessor_config.json", "config.json", "labels.json"
NEEDED = (TEXT, VISION, TOKENIZER, PREPROCESSOR)
VECTORS = ("text_embeds", "image_embeds", "pooler_output")
"""Names of the outputs that hold the vectors, the best first."""

Rgb = NDArray[np.uint8]
Vectors = NDArray[np.float32]
Group = Literal["thing", "place", "activity"]


class _Word(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    en: str
    zh: str
    words: str = ""
    """How it stands in a sentence; `en` if empty."""


class _Set(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    group: Group
    says: tuple[str, ...]
    none: tuple[str, ...]
    labels: tuple[_Word, ...]


class _Sets(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    sets: tuple[_Set, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One label. `scores`: for each picture, 0 to 1."""

    en: str
    zh: str
    group: Group
    scores: tuple[float, ...]


def provider(models: Models) -> Provider | None:
    """What would name things; None if the settings name no folder."""
    return sums.provider(CAPABILITY, models, _files)


def opened(models: Models) -> "Namer":
    """The pair of the folder that the settings name, loaded once in a worker; ModelNotInstalled without one."""
    known = provider(models)
    if known is None:
        raise ModelNotInstalled(MEND)
    found = models.endpoint(CAPABILITY)
    assert found is not None  # it has a provider
    folder = Path(found.address)
    return models.warm(f"labels:{known.models[folder.name]}", lambda: Namer(folder))


class Namer:
    """Both networks and the vectors of all labels."""

    def __init__(self, folder: Path) -> None:
        files = _files(folder)
        self._vision = onnx.session(files[VISION])
        self._look = _Look.read(files[PREPROCESSOR])
        self._sets = _sets(files[LABELS])
        text = _Text(files)
        self._words = [_set_vectors(one, text) for one in self._sets]

    def name(self, pictures: Sequence[Rgb]) -> list[Seen]:
        """Every label with its scores in the pictures, uint8 [h, w, 3]."""
        seen = np.concatenate([self._vectors(pictures[at : at + BATCH]) for at in range(0, len(pictures), BATCH)])
        told: list[Seen] = []
        for one, words in zip(self._sets, self._words, strict=True):
            shares = _softmax(SCALE * seen @ words.T)
            told += [
                Seen(label.en, label.zh, one.group, tuple(float(share) for share in shares[:, place]))
                for place, label in enumerate(one.labels)
            ]
        return told

    def _vectors(self, pictures: Sequence[Rgb]) -> Vectors:
        (name,) = self._vision.inputs
        batch = np.stack([self._look.prepared(one) for one in pictures])
        return _unit(_output(self._vision, {name: batch}))


def _set_vectors(one: _Set, text: "_Text") -> Vectors:
    """Float32 [labels + none, n]: each label's is the mean of its sentences, of length 1."""
    told = [[say.format(word.words or word.en) for say in one.says] for word in one.labels] + [[no] for no in one.none]
    vectors = text.vectors([sentence for sentences in told for sentence in sentences])
    ends = np.cumsum([len(sentences) for sentences in told])[:-1]
    return _unit(np.stack([part.mean(axis=0) for part in np.split(vectors, ends)]))


# ---- the words' side


class _Text:
    """The text network and its tokenizer."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._session = onnx.session(files[TEXT])
        table = _json(files[TOKENIZER])
        config = _json(files[CONFIG]) if CONFIG in files else {}
        try:
            self._cut = subwords.read(table)
        except (subwords.UnknownCutting, KeyError, TypeError, ValueError) as error:
            raise ModelNotInstalled(f"{files[TOKENIZER]} cannot be used: {error}") from error
        kind = "clip" if isinstance(self._cut.pieces, subwords.Merges) else "siglip"
        told = config.get("text_config", {}).get("max_position_embeddings")
        fixed = self._session.inputs.get("input_ids", (None, None))[-1]
        self._length = int(fixed or told or LENGTHS[kind])
        self._padding = self._cut.after[-1] if self._cut.after else 0

    def vectors(self, sentences: Sequence[str]) -> Vectors:
        made = [self._vectors(sentences[at : at + BATCH]) for at in range(0, len(sentences), BATCH)]
        return np.concatenate(made)

    def _vectors(self, sentences: Sequence[str]) -> Vectors:
        ids = [self._cut.ids(one, length=self._length, padding=self._padding) for one in sentences]
        rows = np.array(ids, np.int64)
        # A mask of ones: CLIP looks at the first end mark and no further, SigLIP was trained to look at the filling.
        feeds = {"input_ids": rows, "attention_mask": np.ones_like(rows)}
        return _unit(_output(self._session, {name: feeds[name] for name in self._session.inputs if name in feeds}))


# ---- the pictures' side


@dataclass(frozen=True, slots=True)
class _Look:
    """How a picture is brought to the network's input, by its `preprocessor_config.json`."""

    height: int
    width: int
    shortest: int | None
    """The shorter side is brought to it and the middle cut out; without it the picture is pressed into the size."""
    resample: int
    scale: float
    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    @classmethod
    def read(cls, path: Path) -> "_Look":
        told = _json(path)
        size, crop = _size(told.get("size", USUAL_SIDE)), _size(told.get("crop_size", told.get("size", USUAL_SIDE)))
        is_cut = bool(told.get("do_center_crop", "shortest_edge" in size))
        shortest = size.get("shortest_edge", min(size.values())) if is_cut else None
        last = crop if is_cut else size
        side = last.get("shortest_edge", USUAL_SIDE)
        is_normal = told.get("do_normalize", True)
        return cls(
            height=last.get("height", side),
            width=last.get("width", side),
            shortest=shortest,
            resample=int(told.get("resample", 3)),
            scale=float(told.get("rescale_factor", 1 / 255)) if told.get("do_rescale", True) else 1.0,
            mean=tuple(map(float, told.get("image_mean", ()))) if is_normal else (),
            deviation=tuple(map(float, told.get("image_std", ()))) if is_normal else (),
        )

    def prepared(self, picture: Rgb) -> NDArray[np.float32]:
        """Float32 [3, height, width] of uint8 [h, w, 3]."""
        image = pil.fromarray(picture)
        if self.shortest is None:
            image = image.resize((self.width, self.height), self.resample)
        else:
            shorter = min(image.size)
            whole = tuple(max(self.shortest, math.floor(side * self.shortest / shorter)) for side in image.size)
            image = image.resize(whole, self.resample)
            left, top = (whole[0] - self.width) // 2, (whole[1] - self.height) // 2
            image = image.crop((left, top, left + self.width, top + self.height))
        values = np.asarray(image, np.float32) * np.float32(self.scale)
        if self.mean and self.deviation:
            values -= np.array(self.mean, np.float32)
            values /= np.array(self.deviation, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1))


def _size(told: Any) -> dict[str, int]:
    """Old files write a number, newer ones an object."""
    return {"shortest_edge": told} if isinstance(told, int) else {name: int(side) for name, side in told.items()}


# ---- files


def _files(folder: Path) -> dict[str, Path]:
    """Each known file by its name; ModelNotInstalled if one that is needed is not there."""
    found: dict[str, Path] = {}
    for name in (*NEEDED, CONFIG, LABELS, sums.SUMS):
        for place in (folder / name, folder / "onnx" / name):
            if place.is_file():
                found.setdefault(name, place)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise ModelNotInstalled(
            f"{folder} is no folder of a CLIP or SigLIP pair in ONNX: {', '.join(missing)} is not there; "
            f"mend the setting `{SETTING}`"
        )
    return {LABELS: Path(__file__).with_name(LABELS), **found}


def _sets(path: Path) -> tuple[_Set, ...]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Sets).sets
    except msgspec.MsgspecError as error:
        raise ModelNotInstalled(f"{path} is no file of labels: {error}") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ModelNotInstalled(f"{path} cannot be read: {error}") from error


def _output(session: onnx.Session, feeds: Mapping[str, onnx.Array]) -> Vectors:
    made = dict(zip(session.outputs, session.run(feeds), strict=True))
    for name in VECTORS:
        if name in made and made[name].ndim == 2:
            return np.asarray(made[name], np.float32)
    raise ModelNotInstalled(
        f"a network of the pair gives {', '.join(session.outputs)}, and none of {', '.join(VECTORS)}; export it with "
        "its projection"
    )


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def _softmax(values: NDArray[np.floating[Any]]) -> Vectors:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
