"""`kernels.subwords` on small tables whose cuttings are known, and against the library that wrote such tables first."""

import json

import pytest

from reelwright.kernels import subwords

MERGES = ["r e", "re d</w>", "a n", "an d</w>"]
LETTERS = [*"abcdenor", *(f"{one}</w>" for one in "abcdenor"), "re", "red</w>", "an", "and</w>", "Ã", "©</w>"]
CLIP = {
    "model": {
        "type": "BPE",
        "end_of_word_suffix": "</w>",
        "vocab": {piece: place for place, piece in enumerate(LETTERS)},
        "merges": MERGES,
    },
    "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 90], "sep": ["</s>", 91]},
}
SIGLIP = {
    "model": {
        "type": "Unigram",
        "unk_id": 0,
        "vocab": [["<unk>", 0.0], ["▁", -5.0], ["▁red", -2.0], ["▁re", -1.5], ["d", -4.0], ["s", -3.0]],
    },
    "post_processor": {
        "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
        "special_tokens": {"</s>": {"ids": [9]}},
    },
}


def pieces(ids):
    return [LETTERS[one] for one in ids]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("red", ["red</w>"], id="merged-to-the-end"),
        pytest.param("Red  AND", ["red</w>", "and</w>"], id="small-letters-single-spaces"),
        pytest.param("are", ["a", "r", "e</w>"], id="an-end-of-a-word-merges-only-as-such"),
        pytest.param("read", ["re", "a", "d</w>"], id="the-first-merge-first"),
        pytest.param("é", ["Ã", "©</w>"], id="bytes-of-a-letter"),
    ],
)
def test_words_are_merged_as_the_table_says(text, expected):
    assert pieces(subwords.read(CLIP).pieces.ids(text.lower())) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("red", [2], id="one-piece-is-likelier"),
        pytest.param("reds", [2, 5], id="a-piece-more"),
        pytest.param("Red, red!", [2, 2], id="marks-are-dropped"),
        pytest.param("红红", [1, 0], id="unknown-letters-count-as-one"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_the_likeliest_pieces_are_taken(text, expected):
    assert subwords.read(SIGLIP).pieces.ids(text.lower()) == expected


@pytest.mark.parametrize(("length", "expected"), [(6, [90, 17, 91, 7, 7, 7]), (3, [90, 17, 91])], ids=["filled", "cut"])
def test_a_text_has_exactly_the_length_and_keeps_its_end(length, expected):
    text = "red" if length == 6 else "red and and"
    assert subwords.read(CLIP).ids(text, length=length, padding=7) == expected


def test_other_ways_of_cutting_are_named():
    with pytest.raises(subwords.UnknownCutting, match="WordPiece"):
        subwords.read({"model": {"type": "WordPiece", "vocab": {}}})


def test_it_cuts_as_the_library_does(request):
    tokenizers = pytest.importorskip("tokenizers", reason="comes with the extra `speech`")
    lines = [
        line for path in (request.config.rootpath / "docs/guide").glob("*.md") for line in path.read_text().splitlines()
    ][:200]
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    words = tokenizers.Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
    bpe.normalizer = tokenizers.normalizers.Lowercase()
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(words, behavior="removed", invert=True),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    bpe.train_from_iterator(
        lines,
        tokenizers.trainers.BpeTrainer(
            vocab_size=1500,
            end_of_word_suffix="</w>",
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    own = subwords.read(json.loads(bpe.to_str()))
    assert [own.pieces.ids(subwords._plain(line)) for line in lines] == [bpe.encode(line).ids for line in lines]
