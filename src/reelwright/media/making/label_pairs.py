"""A pair of label networks that knows colours and nothing else: a folder as exporters write them, with known answers.

The picture's vector is its mean red, green and blue; a sentence's is the sum of the colours whose names stand in it.
Inputs, shapes and files are those of the real ones.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.onnx_files import FLOAT, INT64, field, model, node, value_info

# `green` before `red`: its merges come first, and `r e` must not take a piece out of it.
COLOURS = {"green": (-1.0, 1.0, -1.0), "grey": (0.1, 0.1, 0.1), "red": (1.0, -1.0, -1.0), "blue": (-1.0, -1.0, 1.0)}
LABELS = {"red": "红", "green": "绿", "blue": "蓝"}
OTHER_WORDS = ("a", "photo", "of")
SIDE = 224  # px


@dataclass(frozen=True, slots=True)
class Pair:
    folder: Path
    kind: Literal["clip", "siglip"]


def label_pair(folder: Path, kind: Literal["clip", "siglip"] = "clip", *, own_labels: bool = True) -> Pair:
    """Write the pair. Without `own_labels` the folder has no `labels.json`."""
    (folder / "onnx").mkdir(parents=True)
    length = 77 if kind == "clip" else 64
    table, places = _clip_table() if kind == "clip" else _siglip_table()
    vectors = np.zeros((max(places.values()) + 300, 3), np.float32)
    for word, colour in COLOURS.items():
        vectors[places[word]] = colour
    output = b"text_embeds" if kind == "clip" else b"pooler_output"
    (folder / "onnx/text_model.onnx").write_bytes(_text_network(vectors, length, output))
    output = b"image_embeds" if kind == "clip" else b"pooler_output"
    (folder / "onnx/vision_model.onnx").write_bytes(_vision_network(output))
    (folder / "tokenizer.json").write_text(json.dumps(table, ensure_ascii=False))
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    (folder / "preprocessor_config.json").write_text(json.dumps(_preprocessor(kind)))
    if own_labels:
        rows = [{"en": en, "zh": zh} for en, zh in LABELS.items()]
        one = {"group": "thing", "says": ["a photo of {}"], "none": ["a photo of grey"], "labels": rows}
        (folder / "labels.json").write_text(json.dumps({"sets": [one]}, ensure_ascii=False))
    return Pair(folder, kind)


def _preprocessor(kind: str) -> dict[str, object]:
    normal = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3, "rescale_factor": 1 / 255}
    if kind == "clip":
        return {**normal, "size": {"shortest_edge": SIDE}, "crop_size": {"height": SIDE, "width": SIDE}, "resample": 3}
    return {**normal, "size": {"height": SIDE, "width": SIDE}, "resample": 2, "do_center_crop": False}


# ---- tokenizers


def _clip_table() -> tuple[dict[str, object], dict[str, int]]:
    letters = [chr(one) for one in range(0x21, 0x7F)]
    vocabulary = {piece: place for place, piece in enumerate([*letters, *(f"{one}</w>" for one in letters)])}
    merges: dict[str, None] = {}
    for word in (*COLOURS, *OTHER_WORDS):
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            merges.setdefault(f"{parts[0]} {parts[1]}")
            parts[:2] = ["".join(parts[:2])]
            vocabulary.setdefault(parts[0], len(vocabulary))
    start, end = len(vocabulary), len(vocabulary) + 1
    vocabulary |= {"<|startoftext|>": start, "<|endoftext|>": end}
    model = {"type": "BPE", "end_of_word_suffix": "</w>", "unk_token": "<|endoftext|>", "vocab": vocabulary}
    around = {"type": "RobertaProcessing", "cls": ["<|startoftext|>", start], "sep": ["<|endoftext|>", end]}
    places = {word: vocabulary[f"{word}</w>"] for word in (*COLOURS, *OTHER_WORDS)}
    return {"model": {**model, "merges": list(merges)}, "post_processor": around}, places


def _siglip_table() -> tuple[dict[str, object], dict[str, int]]:
    words = [f"▁{word}" for word in (*COLOURS, *OTHER_WORDS)]
    pieces = [["<unk>", 0.0], ["</s>", 0.0], *([word, -3.0] for word in words), ["▁", -4.0]]
    pieces += [[chr(one), -8.0] for one in range(ord("a"), ord("z") + 1)]
    around = {
        "type": "TemplateProcessing",
        "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
        "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}},
    }
    places = {word: place for place, word in enumerate((*COLOURS, *OTHER_WORDS), start=2)}
    return {"model": {"type": "Unigram", "unk_id": 0, "vocab": pieces}, "post_processor": around}, places


# ---- networks


def _text_network(vectors: NDArray[np.float32], length: int, output: bytes) -> bytes:
    nodes = [
        node(b"Gather", [b"table", b"input_ids"], b"found"),
        node(b"ReduceMean", [b"found"], output, axes=(1,), keepdims=(0,)),
    ]
    table = b"".join(field(1, size) for size in vectors.shape)
    table += field(2, FLOAT) + field(8, b"table") + field(9, vectors.tobytes())
    shapes = value_info(b"input_ids", INT64, (b"n", length)), value_info(output, FLOAT, (b"n", 3))
    return model(nodes, *shapes, field(5, table))


def _vision_network(output: bytes) -> bytes:
    nodes = [node(b"ReduceMean", [b"pixel_values"], output, axes=(2, 3), keepdims=(0,))]
    return model(nodes, value_info(b"pixel_values", FLOAT, (b"n", 3, SIDE, SIDE)), value_info(output, FLOAT, (b"n", 3)))
