"""Graphs that are wrong in ways nobody thought of: they are refused in words, or planned; nothing else comes out."""

import copy
import random

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines import apps, registry
from reelwright.pipelines.contract import Seen
from reelwright.pipelines.graph import document, keys, nodes

PLAN = registry.find("graph")
JUNK = (
    None,
    0,
    -1,
    1 << 70,
    1.5,
    float("nan"),
    "",
    "x",
    "oss://b/x",
    True,
    [],
    {},
    [None],
    [[]],
    ["1", 0],
    ["1", -1],
    ["1", 99],
    ["1", "audio"],
    ["nowhere", 0],
    [["1", 0], ["2", 0]],
    {"a": ["1", 0]},
)
ROUNDS = 60


def node(class_type, **inputs):
    return {"class_type": class_type, "inputs": inputs}


SAMPLERS = {
    "c": node("CheckpointLoaderSimple", ckpt_name="x"),
    "p": node("CLIPTextEncode", text="a boat", clip=["c", 1]),
    "e": node("EmptyLatentImage", width=512, height=384, batch_size=2),
    "k": node(
        "KSampler", model=["c", 0], seed=1, positive=["p", 0], negative=["p", 0], latent_image=["e", 0], denoise=1
    ),
    "u": node("LatentUpscaleBy", samples=["k", 0], upscale_method="area", scale_by=1.5),
    "d": node("VAEDecode", samples=["u", 0], vae=["c", 2]),
    "w": node(
        "WanImageToVideo",
        positive=["p", 0],
        negative=["p", 0],
        vae=["c", 2],
        width=480,
        height=480,
        length=33,
        start_image=["d", 0],
    ),
    "l": node(
        "KSampler", model=["c", 0], seed=1, positive=["w", 0], negative=["w", 1], latent_image=["w", 2], denoise=1
    ),
    "f": node("VAEDecode", samples=["l", 0], vae=["c", 2]),
    "b": node("ImageFromBatch", image=["f", 0], batch_index=2, length=20),
    "v": node("VHS_VideoCombine", images=["b", 0], frame_rate=8.0),
    "s": node("SaveImage", images=["d", 0]),
}
PICTURES = {
    "1": node("LoadImage", image="oss://b/1.png"),
    "2": node("ImageScale", image=["1", 0], upscale_method="area", width=64, height=0, crop="disabled"),
    "3": node("ImagePadForOutpaint", image=["2", 0], left=8, top=0, right=0, bottom=0, feathering=2),
    "4": node("GrowMask", mask=["3", 1], expand=3, tapered_corners=True),
    "5": node("ImageCompositeMasked", destination=["3", 0], source=["1", 0], x=0, y=0, mask=["4", 0]),
    "6": node("ImageBatch", image1=["5", 0], image2=["2", 0]),
    "7": node("RepeatImageBatch", image=["6", 0], amount=2),
    "8": node("ImageRotate", image=["7", 0], rotation="90 degrees"),
    "9": node("ImageBlend", image1=["8", 0], image2=["1", 0], blend_factor=0.5, blend_mode="screen"),
    "10": node("CreateVideo", images=["9", 0], fps=4),
    "11": node("SaveVideo", video=["10", 0]),
    "12": node("SaveImage", images=["9", 0]),
}
GRAPHS = {"samplers": SAMPLERS, "pictures": PICTURES} | {name: apps.find(name).graph for name in apps.names()}


def mutated(graph, dice):
    graph = copy.deepcopy(dict(graph))
    for _ in range(dice.randint(1, 3)):
        node = graph[dice.choice(list(graph))]
        what = dice.random()
        if what < 0.15:
            node["class_type"] = dice.choice([*nodes.TABLE, "video.cover", "Nothing", ""])
        elif what < 0.25 and node["inputs"]:
            node["inputs"].pop(dice.choice(list(node["inputs"])))
        elif what < 0.65 and node["inputs"]:
            node["inputs"][dice.choice(list(node["inputs"]))] = dice.choice(JUNK)
        elif node["inputs"]:
            name = dice.choice(list(node["inputs"]))
            node["inputs"][name] = [dice.choice(list(graph)), dice.choice((0, 1, 2, "image", "video"))]
    return graph


@pytest.mark.parametrize("name", GRAPHS)
def test_a_mutated_graph_is_refused_or_planned(name):
    dice = random.Random(name)
    planned, refused = 0, []
    for _ in range(ROUNDS):
        graph = mutated(GRAPHS[name], dice)
        try:
            found = keys.keys(document.read(graph))
            files = [{"key": one.place, "file": "oss://b/x"} for one in found if one.required and one.kind]
            params = PLAN.params(graph=graph, files=files)
            PLAN.check(params)
        except InvalidParameter as error:
            refused.append(error.field)
        else:
            assert PLAN.steps(params, Seen())
            planned += 1
    assert planned
    assert refused
    assert [one for one in refused if not one.startswith("graph")] == []
