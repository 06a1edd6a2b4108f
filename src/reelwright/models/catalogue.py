"""The published weights that reelwright knows: what each serves, whose it is, where it lies, its digest.

An address names a commit, so that what is there never changes; the digest is checked all
the same. Weights that may not be used commercially are not in this table: a user who has
them may name them in settings of his own, they are never a default.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reelwright.errors import ModelNotInstalled

GITHUB = "https://github.com"
HUGGING_FACE = "https://huggingface.co"


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
    """The capability: `denoise`, `face`, `font`, `quality`, `speech_activity`, …"""
    about: str


def _raw(repository: str, commit: str, path: str) -> str:
    return f"{GITHUB}/{repository}/raw/{commit}/{path}"


def _sherpa(release: str, file: str) -> str:
    # A release's files can be exchanged by their publisher; the digest tells.
    return f"{GITHUB}/k2-fsa/sherpa-onnx/releases/download/{release}/{file}"


def _held(repository: str, commit: str, path: str) -> str:
    return f"{HUGGING_FACE}/{repository}/resolve/{commit}/{path}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A published folder whose files serve one capability together."""

    name: str
    repository: str
    commit: str
    licence: str
    serves: str
    about: str

    def file(self, part: str, path: str, size: int, sha256: str) -> Weights:
        name = f"{self.name}_{part}"
        address = _held(self.repository, self.commit, path)
        file = f"{self.name}-{path}"
        return Weights(name, file, size, sha256, self.licence, address, self.serves, f"{self.about}: {part}")


def _whisper(size: str, commit: str, model: tuple[int, str], config: tuple[int, str]) -> tuple[Weights, ...]:
    place = _Place(
        f"whisper_{size}", f"Systran/faster-whisper-{size}", commit, "MIT", "asr", f"Whisper {size}, 99 languages"
    )
    return place.file("model", "model.bin", *model), place.file("config", "config.json", *config)


_WHISPER = _Place(
    "whisper",
    "Systran/faster-whisper-small",
    "536b0662742c02347bc0e980a01041f333bce120",
    "MIT",
    "asr",
    "Whisper tiny, base and small",
)
_TURBO = _Place(
    "whisper_turbo",
    "deepdml/faster-whisper-large-v3-turbo-ct2",
    "4df90f75321148c3a29a9e2351b7ddf8f5b115a8",
    "MIT",
    "asr",
    "Whisper large-v3-turbo, the fewest mistakes; for a GPU, or much patience",
)
# Free to use, also commercially, as long as the origin and the model's name are told.
FUNASR = "LicenseRef-FunASR-Model-1.1"
_SENSEVOICE = _Place(
    "sensevoice",
    "csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17",
    "2365baeacb507f821a0c8120fcee3d484dba7a07",
    FUNASR,
    "asr",
    "SenseVoice small, Mandarin, Cantonese, English, Japanese, Korean",
)
_PARAFORMER = _Place(
    "paraformer",
    "csukuangfj/sherpa-onnx-paraformer-zh-small-2024-03-09",
    "63ddc3cd0f2810b68289a7b3876e62ef5d53d6df",
    FUNASR,
    "asr",
    "Paraformer small, Mandarin",
)
SPEECH = (
    *_whisper(
        "tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        (75538270, "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1"),
        (2249, "a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8"),
    ),
    *_whisper(
        "base",
        "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        (145217532, "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"),
        (2309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
    ),
    *_whisper(
        "small",
        "536b0662742c02347bc0e980a01041f333bce120",
        (483546902, "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671"),
        (2370, "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828"),
    ),
    _WHISPER.file(
        "tokenizer", "tokenizer.json", 2203239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
    ),
    _WHISPER.file(
        "vocabulary", "vocabulary.txt", 459861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
    ),
    _TURBO.file("model", "model.bin", 1617884929, "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da"),
    _TURBO.file("config", "config.json", 2263, "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e"),
    _TURBO.file(
        "features", "preprocessor_config.json", 340, "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711"
    ),
    _TURBO.file(
        "tokenizer", "tokenizer.json", 2710337, "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd"
    ),
    _TURBO.file(
        "vocabulary", "vocabulary.json", 1068114, "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1"
    ),
    _SENSEVOICE.file(
        "model", "model.int8.onnx", 239233841, "c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51"
    ),
    _SENSEVOICE.file(
        "tokens", "tokens.txt", 315894, "f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc"
    ),
    _PARAFORMER.file(
        "model", "model.int8.onnx", 81828675, "3ef6c19369b912f7caf3cef8e545c5ccd1a33d9d7ec792a46668dc41c4b229ec"
    ),
    _PARAFORMER.file("tokens", "tokens.txt", 75352, "4b2d964e18b9cf139b473003b6698fb2ed9a2a5ec55b93daa677b28f578897aa"),
)

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
    *SPEECH,
    Weights(
        "noto_sans_cjk_sc",
        "NotoSansCJKsc-Regular.otf",
        16412332,
        "1652500938055a232cfbfa321de6ebaadfc5635dd9f75e369bc991d14a6512dd",
        "OFL-1.1",
        _raw("notofonts/noto-cjk", "40d9f5b179a59a06b98373c76bdc3e2119e4e6b2", "NotoSansCJKsc-Regular.otf"),
        "font",
        "Noto Sans CJK SC, letters of Chinese, Japanese, Korean and Latin for charts",
    ),
    Weights(
        "kokoro_multi_lang",
        "kokoro-multi-lang-v1_0.tar.bz2",
        349906910,
        "c5f7e2d2caf082bc1d20fb70334a61d99d20b484500aad32e7cf84c128ea3298",
        "Apache-2.0",
        _sherpa("tts-models", "kokoro-multi-lang-v1_0.tar.bz2"),
        "tts",
        "Kokoro-82M, 54 human-like voices of Chinese, English and six more languages, 24 kHz; needs sherpa-onnx",
    ),
    Weights(
        "matcha_ljspeech",
        "matcha-icefall-en_US-ljspeech.tar.bz2",
        76741121,
        "ea75702da7456a8b1874728278a835220dc8a26f4e8bd93c83bf53dc27679845",
        "Apache-2.0",
        _sherpa("tts-models", "matcha-icefall-en_US-ljspeech.tar.bz2"),
        "tts",
        "Matcha-TTS, a human-like English voice (LJ Speech, public domain), 22 kHz; needs vocos_22khz and sherpa-onnx",
    ),
    Weights(
        "vocos_22khz",
        "vocos-22khz-univ.onnx",
        53884024,
        "0574a135aa1db2de6e181050db2ec528496cacd4a4701fc5d7faf9f9804c0081",
        "MIT",
        _sherpa("vocoder-models", "vocos-22khz-univ.onnx"),
        "tts",
        "Vocos, makes sound of Matcha-TTS's spectra",
    ),
    Weights(
        "piper_ljspeech",
        "vits-piper-en_US-ljspeech-medium-int8.tar.bz2",
        21090429,
        "24dc3bd77dd48c291e52c297878d3437c9492f245d823d7f6a06c4bbb67f4b6b",
        "MIT",
        _sherpa("tts-models", "vits-piper-en_US-ljspeech-medium-int8.tar.bz2"),
        "tts",
        "Piper, a small quick English voice (LJ Speech, public domain), 22 kHz; needs sherpa-onnx",
    ),
)

BY_NAME = {one.name: one for one in CATALOGUE}
_WHISPER_SHARED = ("whisper_tokenizer", "whisper_vocabulary")
BUNDLES: Mapping[str, tuple[str, ...]] = {
    **{
        f"whisper_{size}": (f"whisper_{size}_model", f"whisper_{size}_config", *_WHISPER_SHARED)
        for size in ("tiny", "base", "small")
    },
    **{
        place: tuple(one.name for one in SPEECH if one.name.startswith(f"{place}_"))
        for place in ("whisper_turbo", "sensevoice", "paraformer")
    },
}
"""Names under which weights that are of use only together are pulled."""


def members(name: str) -> tuple[str, ...]:
    """The weights that a name stands for: those of a bundle, or itself."""
    return BUNDLES.get(name, (name,))


def find(name: str) -> Weights:
    """The entry of that name; `ModelNotInstalled` lists the known ones."""
    if name not in BY_NAME:
        known = ", ".join(sorted({*BY_NAME, *BUNDLES}))
        raise ModelNotInstalled(f"no weights are known as {name!r}; known are {known}")
    return BY_NAME[name]
