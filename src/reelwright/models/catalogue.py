"""The published weights that reelwright knows: what each serves, whose it is, where it lies, its digest.

An address names a commit, so that what is there never changes; the digest is checked all
the same. Weights that may not be used commercially are not in this table: a user who has
them may name them in settings of his own, they are never a default.
"""

from dataclasses import dataclass

from reelwright.errors import ModelNotInstalled

GITHUB = "https://github.com"


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight file. `size` in bytes, `sha256` in lower-case hex, `licence` as an SPDX expression."""

    name: str
    file: str
    size: int
    sha256: str
    licence: str
    address: str
    serves: str
    """The capability: `denoise`, `face`, `quality`, `speech_activity`, …"""
    about: str


def _raw(repository: str, commit: str, path: str) -> str:
    return f"{GITHUB}/{repository}/raw/{commit}/{path}"


CATALOGUE = (
    Weights(
        "gtcrn_simple",
        "gtcrn_simple.onnx",
        535190,
        "b4718df6228e7bdf1a8a435cf98f838636eb2fd331acabf86ba87c5192ebcb87",
        "MIT",
        _raw("Xiaobin-Rong/gtcrn", "3862c44808dc", "stream/onnx_models/gtcrn_simple.onnx"),
        "denoise",
        "GTCRN, speech enhancement at 16 kHz, frame by frame",
    ),
    Weights(
        "dtln_model_1",
        "dtln_model_1.onnx",
        1458237,
        "22b91cae3855e5a0620e66a917ca6c82c58db0e842c770f58d86751c5e8d4ae3",
        "MIT",
        _raw("breizhn/DTLN", "1de1f15a8b5b", "pretrained_model/model_1.onnx"),
        "denoise",
        "DTLN, speech enhancement at 16 kHz: first half, a mask of the spectrum",
    ),
    Weights(
        "dtln_model_2",
        "dtln_model_2.onnx",
        2510010,
        "e20c92f9233fccf29cddf86970d0d0161a03aebccc26d6f4d5639c4d5ec2e639",
        "MIT",
        _raw("breizhn/DTLN", "1de1f15a8b5b", "pretrained_model/model_2.onnx"),
        "denoise",
        "DTLN: second half, a learnt transform of the signal",
    ),
    Weights(
        "yunet",
        "yunet_n_640_640.onnx",
        317466,
        "25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31",
        "Apache-2.0",
        _raw("ShiqiYu/libfacedetection.train", "0047ac24afb1", "onnx/yunet_n_640_640.onnx"),
        "face",
        "YuNet, faces with five landmarks",
    ),
    Weights(
        "silero_vad",
        "silero_vad.onnx",
        2327524,
        "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
        "MIT",
        _raw("snakers4/silero-vad", "806dcba3f0b5", "src/silero_vad/data/silero_vad.onnx"),
        "speech_activity",
        "Silero, where somebody speaks, 8 and 16 kHz",
    ),
    Weights(
        "dnsmos_sig_bak_ovr",
        "dnsmos_sig_bak_ovr.onnx",
        1157965,
        "269fbebdb513aa23cddfbb593542ecc540284a91849ac50516870e1ac78f6edd",
        "CC-BY-4.0",
        _raw("microsoft/DNS-Challenge", "591184a9fcb2", "DNSMOS/DNSMOS/sig_bak_ovr.onnx"),
        "quality",
        "DNSMOS P.835, three scores of speech quality from 9.01 s at 16 kHz",
    ),
    Weights(
        "dnsmos_model_v8",
        "dnsmos_model_v8.onnx",
        224860,
        "9246480c58567bc6affd4200938e77eef49468c8bc7ed3776d109c07456f6e91",
        "CC-BY-4.0",
        _raw("microsoft/DNS-Challenge", "591184a9fcb2", "DNSMOS/DNSMOS/model_v8.onnx"),
        "quality",
        "DNSMOS P.808, one overall score of speech quality",
    ),
    Weights(
        "htdemucs",
        "955717e8-8726e21a.th",
        84141911,
        "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
        "MIT",
        # No repository holds this file; its publisher names it by the digest's first digits.
        "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer/955717e8-8726e21a.th",
        "separate",
        "Hybrid Transformer Demucs, voice and accompaniment of music, 44.1 kHz; needs the package demucs",
    ),
)

BY_NAME = {one.name: one for one in CATALOGUE}


def find(name: str) -> Weights:
    """The entry of that name; `ModelNotInstalled` lists the known ones."""
    if name not in BY_NAME:
        raise ModelNotInstalled(f"no weights are known as {name!r}; known are {', '.join(sorted(BY_NAME))}")
    return BY_NAME[name]
