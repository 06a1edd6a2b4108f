"""The types of nodes: that there is one for each operator, and that ComfyUI's do to pixels what they do there."""

import subprocess
import sys

import numpy as np
import pytest

from reelwright import operators
from reelwright.media import images
from reelwright.pipelines.graph import nodes, own

RED, BLUE = (200, 30, 30), (30, 30, 200)


# ---- the table


@pytest.mark.parametrize("name", [name for name in operators.names() if name != "media.collect"])
def test_every_operator_is_a_type(name):
    kind, declared = nodes.get(name), operators.load(name)

    assert {one.name for one in kind.inputs} - {"seed"} == set(declared.params.model_fields) - {"seed"}
    assert [one.name for one in kind.outputs] == list(declared.result.model_fields)
    assert kind.strict


@pytest.mark.parametrize("kind", nodes.TABLE.values(), ids=lambda kind: kind.name)
def test_a_type_tells_what_it_is(kind):
    names = [one.name for one in kind.inputs]

    assert kind.summary.endswith(".")
    assert len(names) == len(set(names))
    assert kind.main is None or kind.main in names
    assert set(kind.unused) <= set(names)
    assert bool(kind.outputs) or kind.keeps or kind.shows


@pytest.mark.parametrize(
    ("path", "kind"),
    [("covers.0.image", "IMAGE"), ("covers.3.time", "FLOAT"), ("covers.0.nothing", None), ("nothing.0", None)],
)
def test_a_path_into_a_result_is_an_output(path, kind):
    found = nodes.get("video.cover").output(path)

    assert (found.type if found else None) == kind


def test_a_mask_is_told_from_a_picture():
    kind = nodes.get("image.cutout")

    assert [kind.output(name).type for name in ("image", "mask")] == ["IMAGE", "MASK"]


def test_a_name_in_another_case_is_near():
    assert own.near("imagescale", nodes.names())[0] == "ImageScale"


def test_types_are_known_without_a_codec():
    code = (
        "from reelwright.pipelines.graph import nodes\n"
        "for name in nodes.names(): nodes.get(name)\n"
        "import sys; print([name for name in ('av', 'cv2', 'PIL', 'scipy', 'onnxruntime') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


# ---- pixels


@pytest.fixture
def through(run, red_blue, tmp_path):
    """`through(class, slot, inputs…)`: the picture that a node makes of red-blue; `"picture"` stands for it."""
    alpha = np.dstack([images.load(red_blue), np.full((90, 160), 255, np.uint8)])
    alpha[:30, :, 3] = 0

    def made(class_type, slot=0, **inputs):
        loads = {
            "picture": {"class_type": "LoadImage", "inputs": {"image": str(red_blue)}},
            "mask": {"class_type": "LoadImageMask", "inputs": {"image": str(red_blue), "channel": "red"}},
            "empty": {"class_type": "EmptyImage", "inputs": {"width": 40, "height": 40, "color": 0x00FF00}},
        }
        linked = {
            name: [value, 0] if value in ("picture", "mask", "empty") else value for name, value in inputs.items()
        }
        graph = {
            **loads,
            "node": {"class_type": class_type, "inputs": linked},
            "save": {"class_type": "SaveFile", "inputs": {"file": ["node", slot]}},
        }
        result = run(graph).finished["results"]
        return images.load(result["files"][0]["file"]).astype(int)

    return made


def near(pixel, colour, tolerance=12):
    return np.abs(np.asarray(pixel)[:3] - np.asarray(colour)).max() <= tolerance


@pytest.mark.parametrize(
    ("class_type", "inputs", "size", "points"),
    [
        pytest.param(
            "ImageScale",
            {"upscale_method": "area", "width": 80, "height": 90, "crop": "disabled"},
            (90, 80),
            [((45, 10), RED), ((45, 70), BLUE)],
            id="scaled-to-both-sides",
        ),
        pytest.param(
            "ImageScale",
            {"upscale_method": "area", "width": 90, "height": 90, "crop": "center"},
            (90, 90),
            [((45, 5), RED), ((45, 85), BLUE)],
            id="scaled-and-cut",
        ),
        pytest.param(
            "ImageScale",
            {"upscale_method": "area", "width": 0, "height": 45},
            (45, 80),
            [],
            id="one-side-keeps-the-shape",
        ),
        pytest.param("ImageScaleBy", {"upscale_method": "nearest-exact", "scale_by": 0.5}, (45, 80), [], id="by-half"),
        pytest.param(
            "ImageScaleToMaxDimension",
            {"upscale_method": "area", "largest_size": 320},
            (180, 320),
            [],
            id="longer-side",
        ),
        pytest.param(
            "ImageCrop",
            {"x": 70, "y": 10, "width": 20, "height": 30},
            (30, 20),
            [((5, 2), RED), ((5, 18), BLUE)],
            id="crop",
        ),
        pytest.param(
            "ImagePadForOutpaint",
            {"left": 10, "top": 20, "right": 0, "bottom": 0, "feathering": 0},
            (110, 170),
            [((60, 15), RED), ((5, 5), (128, 128, 128))],
            id="pad",
        ),
        pytest.param("ImageInvert", {}, (90, 160), [((45, 10), (55, 225, 225))], id="invert"),
        pytest.param(
            "ImageRotate", {"rotation": "90 degrees"}, (160, 90), [((5, 45), RED), ((150, 45), BLUE)], id="turn"
        ),
        pytest.param("ImageFlip", {"flip_method": "y-axis: horizontally"}, (90, 160), [((45, 10), BLUE)], id="mirror"),
        pytest.param("ImageFlip", {"flip_method": "x-axis: vertically"}, (90, 160), [((45, 10), RED)], id="head-over"),
        pytest.param(
            "ImageBlur", {"blur_radius": 10, "sigma": 8.0}, (90, 160), [((45, 80), (110, 30, 120))], id="blur"
        ),
    ],
)
def test_a_picture_node(through, class_type, inputs, size, points):
    made = through(class_type, image="picture", **inputs)

    assert made.shape[:2] == size
    assert all(near(made[where], colour) for where, colour in points)


def test_compositing_by_a_mask(through):
    made = through("ImageCompositeMasked", destination="picture", source="empty", x=100, y=20)

    assert near(made[30, 110], (0, 255, 0))
    assert near(made[30, 90], BLUE)


def test_a_mask_of_a_channel_says_where_the_source_is_laid(through):
    made = through(
        "ImageCompositeMasked", destination="picture", source="empty", x=0, y=0, resize_source=True, mask="mask"
    )

    assert made[45, 20, 1] > 170  # red is 200 of 255 there
    assert made[45, 140, 1] < 70


@pytest.mark.parametrize(
    ("mode", "pixel"),
    [("normal", (100, 142, 15)), ("multiply", (100, 30, 15)), ("screen", (200, 142, 30))],
)
def test_blending(through, mode, pixel):
    made = through("ImageBlend", image1="picture", image2="empty", blend_factor=0.5, blend_mode=mode)

    assert near(made[45, 20], pixel, 4)


@pytest.mark.parametrize(
    ("class_type", "inputs", "red", "blue"),
    [
        pytest.param("ImageToMask", {"image": "picture", "channel": "red"}, 200, 30, id="channel"),
        pytest.param("ImageColorToMask", {"image": "picture", "color": 0xC81E1E}, 255, 0, id="colour"),
        pytest.param("InvertMask", {"mask": "mask"}, 55, 225, id="invert"),
        pytest.param("ThresholdMask", {"mask": "mask", "value": 0.5}, 255, 0, id="threshold"),
        pytest.param("MaskToImage", {"mask": "mask"}, 200, 30, id="as-a-picture"),
    ],
)
def test_a_mask_node(through, class_type, inputs, red, blue):
    made = through(class_type, **inputs)

    assert near(made[45, 20], (red,) * 3, 2)
    assert near(made[45, 140], (blue,) * 3, 2)


def test_a_mask_grows(through):
    grown, plain = (through("GrowMask", mask="mask", expand=px, tapered_corners=False) for px in (6, 0))

    assert near(plain[45, 83], (30,) * 3)
    assert near(grown[45, 83], (200,) * 3)


def test_an_empty_picture_has_its_colour_and_its_count(run):
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 40, "height": 30, "batch_size": 2, "color": 0x0A141E}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }

    result = run(graph).finished["results"]["images"]

    assert len(result) == 2
    assert images.load(result[0]["file"])[0, 0].tolist() == [10, 20, 30]


def test_transparency_goes_out_and_in_again(run, tmp_path):
    picture = np.full((40, 40, 4), 255, np.uint8)
    picture[:20, :, 3] = 0
    from PIL import Image

    Image.fromarray(picture).save(tmp_path / "half.png")
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": str(tmp_path / "half.png")}},
        "2": {"class_type": "SplitImageWithAlpha", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "JoinImageWithAlpha", "inputs": {"image": ["2", 0], "alpha": ["2", 1]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    }

    (saved,) = run(graph).finished["results"]["images"]

    with Image.open(saved["file"]) as made:
        assert made.mode == "RGBA"
        assert np.asarray(made)[..., 3].tolist() == picture[..., 3].tolist()


def test_the_size_of_a_picture_goes_on_as_numbers(run, red_blue):
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": str(red_blue)}},
        "2": {"class_type": "GetImageSize", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "EmptyImage", "inputs": {"width": ["2", 1], "height": ["2", 0], "color": 0}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}},
    }

    (saved,) = run(graph).finished["results"]["images"]

    assert images.load(saved["file"]).shape == (160, 90, 3)
