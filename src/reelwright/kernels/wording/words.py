"""Which language a text is in, its words, and the ones that matter.

Chinese is cut by jieba with its own dictionary, English at spaces. Key terms are ranked by TextRank: words that stand
near each other are linked, and a word counts by the words it is linked with (R. Mihalcea and P. Tarau, "TextRank:
Bringing Order into Text", EMNLP 2004; the weights by the power method of PageRank). Terms that stood side by side are
joined to one. Nothing is fetched, nothing is written.
"""

import itertools
import json
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from reelwright.loading import lazy

# It has no types.
jieba: Any = lazy("jieba")
posseg: Any = lazy("jieba.posseg")

Language = Literal["zh", "en"]

WINDOW = 4  # words within which two count as neighbours
DAMPING, ROUNDS = 0.85, 40  # of PageRank
MOST_TERMS = 12
PHRASE_ZH = 6  # letters from which words like 的 make a sentence
LONGEST_ZH, LONGEST_EN = 12, 4  # letters, words: what is longer is a sentence, and its terms are looked for
CHINESE_SHARE = 0.2  # of a text's letters from which it is Chinese
CONTENT = ("n", "v", "a", "l", "i", "eng")  # jieba's classes of words with a meaning of their own
WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
HAN = re.compile(r"[\u3400-\u9fff]")
_PARTS = re.compile(r"[,，、;；|/\n\t]+")
_SPACES = re.compile(r"\s+")
_AROUND = " \t\r\n\"'“”‘’「」《》()（）[]【】.。!！?？:：#"
_WEAK_ZH = frozenset(
    _PARTS.split(
        "我们,你们,他们,自己,这个,那个,一个,一些,没有,可以,就是,不是,还是,以及,因为,所以,但是,如果,适合,使用,进行,具有,非常,特别,"
        "推出,介绍,提供,支持,采用,需要,通过,能够,已经,让,是,有,做,要,会,能,想,来,去,说,看,给,用,当,主打,打造,把,成为,带来"
    )
)
_SENTENCE_ZH = re.compile("[的了是把让当和与在]|适合|我们|可以|主打|推出|带来")
_WEAK_EN = frozenset(
    _PARTS.split(
        "a,an,the,and,or,but,of,in,on,at,to,for,with,by,from,as,is,are,was,were,be,been,it,its,this,that,these,those,our,"
        "your,their,his,her,my,we,you,they,he,she,i,not,so,than,then,there,here,all,any,some,more,most,very,can,could,"
        "will,would,should,may,might,must,have,has,had,do,does,did,about,into,over,under,out,up,down,new,also,just,only,"
        "such,who,what,which,when,where,why,how,offer,offers,get,got,make,makes,made,use,uses,good,want,wants,like,likes,"
        "need,needs,come,comes,bring,brings,launch,launching,announce"
    )
)
_NOT_ALONE = frozenset({"no", "zero", "without"})


@dataclass(frozen=True, slots=True)
class Word:
    """`kind`: jieba's class of the word; in English `eng`."""

    text: str
    kind: str


def language(text: str) -> Language:
    """`zh` if a fifth of the letters are Chinese, else `en`."""
    letters = sum(one.isalpha() for one in text)
    return "zh" if letters and len(HAN.findall(text)) >= CHINESE_SHARE * letters else "en"


def cut(text: str, spoken: Language) -> list[Word]:
    """The words and marks of a text, in order."""
    if spoken == "en":
        return [Word(one, "eng") for one in re.findall(rf"{WORD.pattern}|[^\w\s]", text)]
    return [Word(one.word, one.flag) for one in _tagger().cut(text)]


def given(text: str, spoken: Language) -> tuple[str, ...]:
    """The keywords that somebody wrote down: parted by commas and the like, or a JSON list; of a sentence its terms."""
    found: list[str] = []
    for part in _parts(text, spoken):
        found += sorted(terms(part, spoken), key=part.index) if _is_sentence(part, spoken) else [part]
    by_form = {one.casefold(): one for one in reversed(found) if one}
    return tuple(sorted(by_form.values(), key=found.index))


def _parts(text: str, spoken: Language) -> list[str]:
    try:
        listed = json.loads(text) if text.lstrip().startswith("[") else None
    except ValueError:
        listed = None
    parts = [str(one) for one in listed] if isinstance(listed, list) else _PARTS.split(text)
    if spoken == "zh":
        # A space parts Chinese words, but not those of an English name among them.
        parts = [one for part in parts for one in re.split(r"(?<=[\u3400-\u9fff])\s+|\s+(?=[\u3400-\u9fff])", part)]
    return [one for one in (_SPACES.sub(" ", part).strip(_AROUND) for part in parts) if one]


def _is_sentence(part: str, spoken: Language) -> bool:
    if spoken == "en" or not HAN.search(part):
        return len(part.split()) > LONGEST_EN
    return len(part) > LONGEST_ZH or (len(part) > PHRASE_ZH and bool(_SENTENCE_ZH.search(part)))


def terms(text: str, spoken: Language, *, most: int = MOST_TERMS) -> list[str]:
    """The key terms of a text, in its own spelling, best first."""
    words = cut(text, spoken)
    matters = [_matters(one, spoken) for one in words]
    ranks = _ranks([one.text.casefold() for one, is_in in zip(words, matters, strict=True) if is_in])
    joined: dict[str, tuple[str, float]] = {}
    for run in _runs(words, matters):
        run = _usual(run, text, spoken)
        term = _joined(run, text, spoken)
        if term:
            score = max(ranks.get(one.text.casefold(), 0.0) for one in run)
            joined.setdefault(term.casefold(), (term, score))
    best = sorted(joined.values(), key=lambda one: -one[1])
    return [term for term, _ in best[:most]]


def _matters(word: Word, spoken: Language) -> bool:
    if spoken == "en" or word.kind == "eng":
        return word.text.casefold() not in _WEAK_EN and len(word.text) > 1 and word.text[0].isalnum()
    return word.kind.startswith(CONTENT) and word.text not in _WEAK_ZH and bool(HAN.match(word.text))


def _runs(words: Sequence[Word], matters: Sequence[bool]) -> Iterable[list[Word]]:
    """Neighbours that matter, at most three of them."""
    for is_in, group in itertools.groupby(zip(words, matters, strict=True), key=lambda one: one[1]):
        if is_in:
            yield from (list(part) for part in _threes([word for word, _ in group]))


def _threes(words: Sequence[Word]) -> Iterable[Sequence[Word]]:
    return (words[start : start + 3] for start in range(0, len(words), 3))


def _usual(run: list[Word], text: str, spoken: Language) -> list[Word]:
    """The part of a run that comes again where the whole does not."""
    if len(run) < 3:
        return run
    parts = [run, run[:2], run[1:]]
    counts = [text.count(_joined(part, text, spoken) or text + ".") for part in parts]
    return parts[counts.index(max(counts))]


def _joined(run: Sequence[Word], text: str, spoken: Language) -> str:
    term = (" " if spoken == "en" else "").join(one.text for one in run)
    if term not in text or term.casefold() in _NOT_ALONE:
        return ""  # the words stood apart: a line ended between them
    return term if spoken == "en" or len(term) > 1 else ""


def _ranks(words: Sequence[str]) -> dict[str, float]:
    """Word -> its weight among them."""
    links: defaultdict[tuple[str, str], float] = defaultdict(float)
    for index, word in enumerate(words):
        for other in words[index + 1 : index + WINDOW]:
            if other != word:
                links[word, other] += 1
                links[other, word] += 1
    names = sorted(set(words))
    place = {name: index for index, name in enumerate(names)}
    if not names:
        return {}
    matrix = np.zeros((len(names), len(names)))
    for (word, other), weight in links.items():
        matrix[place[other], place[word]] = weight
    matrix /= np.maximum(1e-12, matrix.sum(0))
    ranks = np.full(len(names), 1 / len(names))
    for _ in range(ROUNDS):
        ranks = (1 - DAMPING) / len(names) + DAMPING * matrix @ ranks
    counts = Counter(words)
    return {name: float(ranks[place[name]]) * counts[name] ** 0.5 for name in names}


def tokens(text: str) -> int:
    """About as many tokens as a language model would count: a Chinese letter, a word, a mark each are one."""
    return len(re.findall(rf"{HAN.pattern}|[^\W\u3400-\u9fff]+|[^\w\s]", text))


@cache
def _tagger() -> Any:
    """jieba's, with its dictionary read here: by itself it would keep a copy among the temporary files of all users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, when it is first imported
        tokenizer = jieba.Tokenizer()
        tagger = posseg.POSTokenizer
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tagger(tokenizer)
