"""Chains of loaders, encoders and samplers as one call: of `image.generate`, or of `video.generate`."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Ref, Seen

PLAN = registry.find("graph")


def node(class_type, **inputs):
    return {"class_type": class_type, "inputs": inputs}


def steps(graph):
    params = PLAN.params(graph=graph)
    PLAN.check(params)
    return {one.name: one for one in PLAN.steps(params, Seen())}


LOAD = node("LoadImage", image="oss://b/in.png")


def diffusion(**changed):
    graph = {
        "ckpt": node("CheckpointLoaderSimple", ckpt_name="sd_xl_base_1.0.safetensors"),
        "pos": node("CLIPTextEncode", text="a boat at dusk", clip=["ckpt", 1]),
        "neg": node("CLIPTextEncode", text="rain", clip=["ckpt", 1]),
        "empty": node("EmptyLatentImage", width=512, height=384, batch_size=1),
        "pass": node(
            "KSampler",
            model=["ckpt", 0],
            seed=42,
            steps=20,
            cfg=8,
            sampler_name="euler",
            scheduler="normal",
            positive=["pos", 0],
            negative=["neg", 0],
            latent_image=["empty", 0],
            denoise=1,
        ),
        "vae": node("VAEDecode", samples=["pass", 0], vae=["ckpt", 2]),
        "save": node("SaveImage", images=["vae", 0]),
    }
    return {**graph, **changed}


WORDS = {"prompt": "a boat at dusk", "negative_prompt": "rain", "extend_prompt": False}


def test_a_chain_of_samplers_is_one_call():
    found = steps(diffusion())

    assert list(found) == ["nvae.generate", "results"]
    made = found["nvae.generate"]
    assert (made.operator, made.seed) == ("image.generate", 42)
    assert made.params == {**WORDS, "width": 512, "height": 384}
    assert found["results"].params["images"][0]["file"] == Ref("nvae.generate", "images.0.image")


def test_a_batch_of_latents_is_a_count():
    found = steps(diffusion(empty=node("EmptyLatentImage", width=512, height=384, batch_size=3)))

    assert found["nvae.generate"].params["count"] == 3
    files = [one["file"].path for one in found["results"].params["images"]]
    assert files == [f"images.{number}.image" for number in range(3)]


def second(positive="pos", denoise=0.5, latent="pass"):
    return {
        "more": node(
            "KSampler",
            model=["ckpt", 0],
            seed=7,
            positive=[positive, 0],
            negative=["neg", 0],
            latent_image=[latent, 0],
            denoise=denoise,
        ),
        "vae": node("VAEDecode", samples=["more", 0], vae=["ckpt", 2]),
    }


def test_a_second_pass_with_the_same_words_is_the_same_picture():
    found = steps(diffusion(**second()))

    assert list(found) == ["nvae.generate", "results"]
    assert found["nvae.generate"].seed == 42


def test_at_a_larger_size_it_is_the_same_picture_larger():
    larger = node("LatentUpscaleBy", samples=["pass", 0], upscale_method="bilinear", scale_by=1.5)

    found = steps(diffusion(larger=larger, **second(latent="larger")))

    assert list(found) == ["nvae.generate", "results"]
    assert found["nvae.generate"].params == {**WORDS, "width": 768, "height": 576}


def test_a_second_pass_with_other_words_begins_with_the_first_ones_picture():
    other = node("CLIPTextEncode", text="a boat in fog", clip=["ckpt", 1])

    found = steps(diffusion(other=other, **second("other")))

    assert list(found) == ["nmore.generate", "nvae.generate", "results"]
    assert found["nvae.generate"].params["references"] == [Ref("nmore.generate", "images.0.image")]
    assert found["nvae.generate"].seed == 7


def test_a_second_pass_of_all_noise_begins_anew():
    other = node("CLIPTextEncode", text="a boat in fog", clip=["ckpt", 1])

    found = steps(diffusion(other=other, **second("other", denoise=1.0)))

    assert list(found) == ["nvae.generate", "results"]
    assert (found["nvae.generate"].params["prompt"], found["nvae.generate"].seed) == ("a boat in fog", 7)


def test_a_refiner_that_goes_on_is_the_same_picture():
    more = {"model": ["ckpt", 0], "positive": ["pos", 0], "negative": ["neg", 0], "steps": 25}
    given = {
        "pass": node("KSamplerAdvanced", noise_seed=42, latent_image=["empty", 0], start_at_step=0, **more),
        "refine": node("KSamplerAdvanced", noise_seed=0, latent_image=["pass", 0], start_at_step=20, **more),
        "vae": node("VAEDecode", samples=["refine", 0], vae=["ckpt", 2]),
    }

    found = steps(diffusion(**given))

    assert list(found) == ["nvae.generate", "results"]
    assert found["nvae.generate"].seed == 42


def custom(latent):
    return diffusion(
        noise=node("RandomNoise", noise_seed=9),
        guide=node("BasicGuider", model=["ckpt", 0], conditioning=["flux", 0]),
        flux=node("FluxGuidance", conditioning=["pos", 0], guidance=3.5),
        how=node("KSamplerSelect", sampler_name="euler"),
        sigmas=node("BasicScheduler", model=["ckpt", 0], scheduler="simple", steps=20, denoise=1),
        empty=latent,
        **{
            "pass": node(
                "SamplerCustomAdvanced",
                noise=["noise", 0],
                guider=["guide", 0],
                sampler=["how", 0],
                sigmas=["sigmas", 0],
                latent_image=["empty", 0],
            )
        },
    )


def test_a_sampler_in_parts_is_one_call_too():
    found = steps(custom(node("EmptySD3LatentImage", width=512, height=512, batch_size=1)))

    made = found["nvae.generate"]
    assert (made.operator, made.seed) == ("image.generate", 9)
    assert made.params == {"prompt": "a boat at dusk", "extend_prompt": False, "width": 512, "height": 512}


def test_a_film_from_words_alone():
    graph = custom(node("EmptyHunyuanLatentVideo", width=848, height=480, length=73, batch_size=1))
    graph["save"] = node("SaveWEBM", images=["vae", 0], fps=24, codec="vp9", crf=32)

    made = steps(graph)["nvae.generate"]

    assert (made.operator, made.seed) == ("video.generate", 9)
    assert made.params == {
        "prompt": "a boat at dusk",
        "extend_prompt": False,
        "width": 848,
        "height": 480,
        "seconds": pytest.approx(73 / 24, abs=0.001),
    }


def test_a_picture_to_start_from_is_a_reference_and_gives_the_size():
    given = {"1": LOAD, "empty": node("VAEEncode", pixels=["1", 0], vae=["ckpt", 2])}
    graph = diffusion(**given)
    graph["pass"]["inputs"]["denoise"] = 0.6

    found = steps(graph)

    assert list(found) == ["nvae.size", "nvae.generate", "results"]
    made = found["nvae.generate"].params
    assert made["references"] == ["oss://b/in.png"]
    assert (made["width"], made["height"]) == (Ref("nvae.size", "width"), Ref("nvae.size", "height"))


def test_inpainting_keeps_the_picture_where_the_mask_is_black():
    given = {
        "1": LOAD,
        "2": node("LoadImageMask", image="oss://b/mask.png", channel="red"),
        "empty": node("VAEEncodeForInpaint", pixels=["1", 0], vae=["ckpt", 2], mask=["2", 0], grow_mask_by=6),
    }

    found = steps(diffusion(**given))

    laid = found["nvae.composite"].params
    assert (laid["destination"], laid["mask"]) == ("oss://b/in.png", Ref("n2.mask", "mask"))
    assert laid["source"] == Ref("nvae.generate", "images.0.image")


def test_words_of_several_nodes_are_joined():
    graph = diffusion(
        more=node("CLIPTextEncode", text="oil on canvas", clip=["ckpt", 1]),
        both=node("ConditioningCombine", conditioning_1=["pos", 0], conditioning_2=["more", 0]),
    )
    graph["pass"]["inputs"]["positive"] = ["both", 0]

    assert steps(graph)["nvae.generate"].params["prompt"] == "a boat at dusk, oil on canvas"


def test_a_seed_of_64_bits_fits():
    graph = diffusion()
    graph["pass"]["inputs"]["seed"] = (1 << 64) - 1

    assert steps(graph)["nvae.generate"].seed == (1 << 63) - 1


def wan(save, **more):
    return {
        "1": LOAD,
        "m": node("UNETLoader", unet_name="wan", weight_dtype="default"),
        "c": node("CLIPLoader", clip_name="t5", type="wan"),
        "v": node("VAELoader", vae_name="wan"),
        "p": node("CLIPTextEncode", text="waves", clip=["c", 0]),
        "w": node(
            "WanImageToVideo",
            positive=["p", 0],
            negative=["p", 0],
            vae=["v", 0],
            width=832,
            height=480,
            length=48,
            batch_size=1,
            start_image=["1", 0],
        ),
        "k": node(
            "KSampler", model=["m", 0], seed=3, positive=["w", 0], negative=["w", 1], latent_image=["w", 2], denoise=1
        ),
        "d": node("VAEDecode", samples=["k", 0], vae=["v", 0]),
        "s": save,
        **more,
    }


def test_a_film_is_as_long_as_its_frames_at_the_speed_it_is_saved_at():
    found = steps(wan(node("SaveAnimatedWEBP", images=["d", 0], fps=24)))

    made = found["nd.generate"]
    assert (made.operator, made.seed) == ("video.generate", 3)
    assert made.params["seconds"] == 2.0
    assert (made.params["first"], made.params["width"]) == ("oss://b/in.png", 832)


def test_a_film_that_is_too_long_is_told_where_its_frames_are_written():
    graph = wan(node("SaveAnimatedWEBP", images=["d", 0], fps=24))
    graph["w"]["inputs"]["length"] = 4000

    with pytest.raises(InvalidParameter, match="less than or equal to 60") as caught:
        steps(graph)

    assert caught.value.field == "graph.w.inputs.length"


def test_a_film_gets_its_sound():
    save = node("VHS_VideoCombine", images=["d", 0], audio=["a", 0], frame_rate=16, format="video/h264-mp4")

    found = steps(wan(save, a=node("LoadAudio", audio="oss://b/a.wav")))

    assert found["nd.generate"].params["seconds"] == 3.0
    assert found["ns.sound"].params == {"video": Ref("nd.generate", "video"), "audio": "oss://b/a.wav"}
    assert found["results"].params["videos"][0]["file"] == Ref("ns.sound", "video")


def test_frames_go_through_where_a_film_can():
    graph = {
        "1": node("VHS_LoadVideo", video="oss://b/a.mp4"),
        "2": node("ImageScale", image=["1", 0], upscale_method="area", width=320, height=0, crop="disabled"),
        "3": node("VHS_VideoCombine", images=["2", 0], frame_rate=8, audio=["1", 2]),
    }

    found = steps(graph)

    assert found["n2.scale"].operator == "video.scale"
    assert found["n2.scale"].params == {"video": "oss://b/a.mp4", "width": 320, "fit": "stretch"}
    assert found["n3.sound"].params == {"video": Ref("n2.scale", "video"), "audio": Ref("n1.extract", "audio")}
