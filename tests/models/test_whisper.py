"""The adapter of Whisper: with a tiny model whose words are planted in its weights, and without any package."""

import importlib.util
import string

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.passages import Passage, Span
from reelwright.models import whisper
from reelwright.models.port import NoModels

RATE = 16000
TEXT_TOKENS, LANGUAGES = 50257, 99  # as in the published vocabulary
WIDTH, HEADS, MELS = 64, 2, 80
# The library keeps the model from saying what these begin with, and must not find a lone space there.
MERGES = (("Ġ", "-"), ("Ġ", "'"), ("Ġ", "â"))
PEAK = 10.0  # of the last norm: the planted token wins by tens of nats

has_package = importlib.util.find_spec("faster_whisper") is not None
needs_package = pytest.mark.skipif(not has_package, reason="faster-whisper is not installed: pip install '.[speech]'")


class Folder(NoModels):
    """Weights as files in a folder, by catalogue name."""

    def __init__(self, files):
        super().__init__()
        self.files = files

    def installed(self, name):
        return name in self.files

    def path(self, name):
        return self.files[name]

    def digest(self, name):
        return f"digest of {name}"


@pytest.fixture
def passage():
    hiss = np.random.default_rng(0).normal(0, 0.05, 3 * RATE).astype(np.float32)
    return Passage(10.0, hiss, (Span(10.2, 12.8, 0.9, 0.5),))


# ---- a tiny model


def special_tokens():
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    languages = [f"<|{code}|>" for code in _LANGUAGE_CODES[:LANGUAGES]]
    tasks = ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    times = [f"<|{number * 0.02:.2f}|>" for number in range(1501)]
    return ["<|endoftext|>", "<|startoftranscript|>", *languages, *tasks, *times], languages


def vocabulary():
    from tokenizers.pre_tokenizers import ByteLevel

    letters = [*sorted(ByteLevel.alphabet()), *("".join(pair) for pair in MERGES)]
    return letters + [f"filler{number}" for number in range(TEXT_TOKENS - len(letters))]


def write_tokenizer(path):
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(vocabulary())}, list(MERGES)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(one, special=True) for one in special_tokens()[0]])
    tokenizer.save(str(path))
    return tokenizer


def write_model(folder, said, *, language="en", random=False):
    """A model in CTranslate2's format that says `said`, in any sound; with `random`, whatever random weights say."""
    from ctranslate2.specs import WhisperSpec

    folder.mkdir()
    tokenizer = write_tokenizer(folder / "tokenizer.json")
    specials, languages = special_tokens()
    # The last text token of the published vocabulary is empty; by it the library tells a multilingual model.
    tokens = [*vocabulary()[:-1], "", *specials]
    draw = np.random.default_rng(1)

    def noise(*shape, size=0.05):
        return draw.normal(0, size, shape).astype(np.float32)

    def linear(spec, rows, columns, size=0.05):
        spec.weight, spec.bias = noise(rows, columns, size=size), np.zeros(rows, np.float32)

    def norm(spec, gain=1.0):
        spec.gamma, spec.beta = np.full(WIDTH, gain, np.float32), np.zeros(WIDTH, np.float32)

    def attention(spec, count, size):
        norm(spec.layer_norm)
        for number, rows in enumerate({2: (3, 1), 3: (1, 2, 1)}[count]):
            linear(spec.linear[number], rows * WIDTH, WIDTH, size if number == count - 1 else 0.05)

    def feed_forward(spec, size):
        norm(spec.layer_norm)
        linear(spec.linear_0, 4 * WIDTH, WIDTH)
        linear(spec.linear_1, WIDTH, 4 * WIDTH, size)

    spec = WhisperSpec(1, HEADS, 1, HEADS)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = noise(WIDTH, MELS, 3), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = noise(WIDTH, WIDTH, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = noise(1500, WIDTH)
    attention(encoder.layer[0].self_attention, 2, 0.05)
    feed_forward(encoder.layer[0].ffn, 0.05)
    norm(encoder.layer_norm)

    small = 0.05 if random else 0.0  # layers that add nothing leave the planted words alone
    attention(decoder.layer[0].self_attention, 2, small)
    attention(decoder.layer[0].attention, 3, small)
    feed_forward(decoder.layer[0].ffn, small)
    embeddings = noise(len(tokens), WIDTH, size=1.0)
    embeddings -= embeddings.mean(axis=1, keepdims=True)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    decoder.embeddings.weight = decoder.projection.weight = embeddings
    places = noise(448, WIDTH)
    if not random:
        spoken = [f"<|{language}|>", "", "<|0.00|>", *(tokens[one] for one in tokenizer.encode(said).ids), "<|2.00|>"]
        for place, token in enumerate([*spoken, *["<|endoftext|>"] * 4]):
            places[place] = 20 * embeddings[tokens.index(token)] if token else 0
    decoder.position_encodings.encodings = places
    norm(decoder.layer_norm, PEAK)

    spec.config.lang_ids = [tokens.index(one) for one in languages]
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.alignment_heads = [(0, 0)]
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    (folder / "vocabulary.txt").write_text("\n".join(tokens) + "\n")  # as the published small sizes have it
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """`tiny(said, language=…, random=…)` -> models folder with that model as Whisper tiny."""
    kept = {}

    def make(said="", **given):
        key = (said, *given.items())
        if key not in kept:
            folder = write_model(tmp_path_factory.mktemp("whisper") / "model", said, **given)
            kept[key] = {one: folder / file for file, one in whisper.SIZES["whisper_tiny"].items()}
        return Folder(kept[key])

    return make


@needs_package
def test_the_words_of_a_model_come_out_with_their_times(tiny, passage):
    heard = whisper.WHISPER.recogniser(tiny(" Good day to you."), "en", {}).hear(passage)

    assert [word.text for word in heard.words] == ["Good", "day", "to", "you."]
    assert heard.language == "en"
    assert heard.doubtful == 0
    assert all(10.0 <= word.start <= word.end <= 13.0 for word in heard.words)
    assert all(word.confidence > 0.5 for word in heard.words)
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)


@needs_package
@pytest.mark.parametrize(("language", "said"), [("zh", "你好"), ("de", " Guten Tag.")])
def test_the_language_is_told_by_the_model(tiny, passage, language, said):
    heard = whisper.WHISPER.recogniser(tiny(said, language=language), "auto", {}).hear(passage)

    assert heard.language == language
    assert "".join(("" if word.glued else " ") + word.text for word in heard.words).strip() == said.strip()


@needs_package
def test_what_random_weights_say_is_not_believed(tiny, passage):
    heard = whisper.WHISPER.recogniser(tiny(random=True), "en", {}).hear(passage)
    assert heard.words == ()


@needs_package
def test_a_run_names_the_weights_it_was_made_with(tiny):
    made = whisper.WHISPER.provider(tiny(" Good day to you."))
    assert (made.name, made.tier) == ("whisper_tiny", "model")
    assert made.models["whisper_tiny_model"] == "digest of whisper_tiny_model"


def test_of_several_sizes_the_largest_is_taken():
    files = {one: None for size in ("whisper_small", "whisper_tiny") for one in whisper.SIZES[size].values()}
    assert whisper.size(Folder(files)) == "whisper_small"


def test_half_a_size_is_none():
    files = dict.fromkeys(whisper.SIZES["whisper_base"].values())
    del files["whisper_base_config"]
    assert whisper.size(Folder(files)) is None


def test_without_weights_the_command_that_gets_them_is_told():
    with pytest.raises(ModelNotInstalled, match="reelwright models pull whisper_small"):
        whisper.WHISPER.provider(NoModels())


def test_without_the_package_the_command_that_gets_it_is_told(monkeypatch):
    monkeypatch.setattr(whisper.importlib.util, "find_spec", lambda name: None)
    files = dict.fromkeys(whisper.SIZES["whisper_small"].values())
    with pytest.raises(ModelNotInstalled, match="pip install 'reelwright\\[speech\\]'"):
        whisper.WHISPER.provider(Folder(files))
    assert not whisper.WHISPER.is_installed(Folder(files))


@pytest.mark.parametrize("language", ["en", "zh", "de", "yue"])
def test_it_speaks_many_languages(language):
    assert whisper.WHISPER.speaks(language)


def test_codes_that_are_none_are_not_spoken():
    assert not whisper.WHISPER.speaks("xx")
    assert all(set(code) <= set(string.ascii_lowercase) for code in whisper.LANGUAGES)
