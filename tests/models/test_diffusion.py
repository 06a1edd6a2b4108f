"""Diffusion pipelines from a folder, with tiny random weights of the right shapes that are made here."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.models import diffusion
from reelwright.models.diffusion import Wish
from reelwright.models.port import Endpoint, NoModels


class Folder(NoModels):
    def __init__(self, folder) -> None:
        super().__init__()
        self.folder = folder

    def endpoint(self, capability):
        return Endpoint(str(self.folder), "") if capability.startswith("diffusion.") else None


@pytest.fixture(scope="session")
def words():
    """A tokenizer of some words, and a text encoder with as many."""
    transformers = pytest.importorskip("transformers", reason="needs the extra `torch`: diffusers, transformers, torch")
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {word: number for number, word in enumerate(("<pad>", "</s>", "<unk>", "a", "cat", "rain"))}
    plain = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    plain.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=16
    )
    config = transformers.UMT5Config(
        vocab_size=6, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=4, is_gated_act=True
    )
    return tokenizer, transformers.UMT5EncoderModel(config)


@pytest.fixture(scope="session")
def folder(words, tmp_path_factory):
    """A Wan pipeline of a few thousand random weights, saved as a real one is."""
    diffusers = pytest.importorskip("diffusers")
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    tokenizer, encoder = words
    vae = diffusers.AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True]
    )
    transformer = diffusers.WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=16,
        out_channels=16,
        text_dim=32,
        freq_dim=256,
        ffn_dim=32,
        num_layers=2,
        cross_attn_norm=True,
        qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
    )
    pipe = diffusers.WanPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        transformer=transformer,
        vae=vae,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
    )
    target = tmp_path_factory.mktemp("models") / "tiny-wan"
    pipe.save_pretrained(target)
    return target


def test_a_film_is_made_from_a_folder(folder):
    models, steps = Folder(folder), []
    found = diffusion.provider(models, diffusion.VIDEO)
    assert (found.name, found.tier) == ("diffusers:tiny-wan", "model")
    pipeline = diffusion.opened(models, diffusion.VIDEO)
    assert diffusion.opened(models, diffusion.VIDEO) is pipeline, "it is kept warm"
    wish = Wish("a cat", "rain", (70, 64), seed=3, seconds=0.5, steps=2)
    film = pipeline.film(wish, lambda done, total: steps.append((done, total)))

    assert film.rate == 16
    assert len(film.pictures) == 9
    assert film.pictures[0].shape == (64, 64, 3)
    assert film.pictures[0].dtype == np.uint8
    assert steps == [(1, 2), (2, 2)]
    again = pipeline.film(wish, lambda done, total: None)
    assert all(np.array_equal(a, b) for a, b in zip(film.pictures, again.pictures, strict=True))


def test_a_source_that_the_model_does_not_take_is_refused(folder):
    pipeline = diffusion.opened(Folder(folder), diffusion.VIDEO)
    picture = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(InvalidParameter, match="WanPipeline makes pictures from words alone") as caught:
        pipeline.film(
            Wish("a cat", "", (64, 64), seed=1, seconds=0.5, steps=1, first=picture), lambda done, total: None
        )
    assert caught.value.field == "first"


def test_a_folder_that_holds_no_pipeline_is_told_of(tmp_path):
    with pytest.raises(ModelNotInstalled, match=r"model_index\.json.*diffusion_video"):
        diffusion.provider(Folder(tmp_path), diffusion.VIDEO)


def test_without_the_setting_there_is_no_such_provider():
    assert diffusion.provider(NoModels(), diffusion.VIDEO) is None
