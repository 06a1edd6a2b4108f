"""`text.write`: are its promises kept, how varied are its texts, what does it find in a story, and how fast is it.

    python -m benchmarks.operators.text.write [--json FILE] [--data DIR] [--show N]

Briefs: keywords of every kind of thing in both languages; `held out` are ones that no phrase was tuned on, among them
words that the tables do not know. Promises are counted over 1,000 texts of each brief at the tightest lengths that hold
so many, and over 20 texts at short ones. Variety is the share of word pairs that are different (distinct-2; J. Li et
al., "A Diversity-Promoting Objective Function for Neural Conversation Models", 2016) in 100 texts. Stories are those of
`--data` (skipped where the folder is absent), with figures and places that a person wrote down. Speed is told against
filling one template in a plain loop. `--show` prints so many texts, to be read by a person.
"""

import argparse
import itertools
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.recording import Figure, record
from reelwright.errors import InvalidParameter
from reelwright.kernels.wording import briefs, copy, shots, words
from reelwright.operators import Context
from reelwright.operators.text.write import WriteParams, write

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.text.write"
TUNED = (
    *(
        "咖啡",
        "蓝牙耳机,长续航,降噪,学生,双十一",
        "燕麦饼干,低糖,无添加,上班族",
        "杭州,西湖,民宿",
        "春季音乐节,上海,早鸟票",
    ),
    *("coffee", "wireless earbuds, waterproof, runners, Christmas", "Kyoto, temples, old town", "cleaning, on time"),
)
HELD_OUT = (
    *("螺蛳粉,酸辣,吃货", "龙井茶,明前,礼盒,长辈", "防晒霜,清爽,夏天", "真丝连衣裙,显瘦,通勤", "投影仪,高清,宿舍"),
    *("记忆棉枕头,护颈,助眠", "大理,洱海,骑行,情侣", "马拉松,城市,新手", "少儿书法班,周末,免费试听", "搬家,准时,同城"),
    *("瑜伽垫,防滑,加厚", "记账软件,简单,家庭", "猫粮,鲜肉,幼猫", "积木,益智,三岁", "新能源汽车,智能驾驶,长续航"),
    *("量子计算,未来", "纪录片,海洋,蓝色", "围棋,耐心", "图书馆,安静,自习", "雨伞,轻便"),
    *("sourdough bread, crusty, weekend", "green tea, calm, office workers", "face cream, gentle, dry skin"),
    *("rain jacket, light, hikers", "mechanical keyboard, quiet, developers", "desk lamp, warm light, students"),
    *("Lisbon, trams, sea view, couples", "jazz festival, open air, free entry", "Spanish lessons, beginners, online"),
    *("bike repair, same day, commuters", "trail shoes, grip, runners", "note taking app, simple, students"),
    *("dog food, grain free, puppies", "wooden blocks, toddlers, safe", "electric car, long range, families"),
    *(
        "astronomy, night sky",
        "board game, friends, winter",
        "umbrella, windproof",
        "podcast, history",
        "quantum chips",
    ),
)
SHORT = ((12, 20), (20, 20))  # length, count: Chinese
SHORT_EN = ((40, 20), (60, 20))
FULL = {"zh": (60, 100, 300), "en": (120, 200, 600)}
TRUTH = {
    "zh_kongyiji.txt": (("孔乙己", "掌柜"), ("咸亨酒店",)),
    "en_alice_ch1.txt": (("Alice", "Dinah", "Rabbit", "sister"), ("bank", "well", "hall")),
}
VARIED, RUNS = 100, 3


def promises(listed: Sequence[str]) -> Iterator[tuple[bool, bool, bool, bool]]:
    """(count, different, length, keyword) kept, for each brief, kind and length."""
    for text, kind in itertools.product(listed, ("copy", "title")):
        spoken = words.language(text)
        keywords = words.given(text, spoken)
        brief = briefs.brief(keywords, spoken)
        sizes = [(length, 1000) for length in FULL[spoken]] + list(SHORT if spoken == "zh" else SHORT_EN)
        for length, count in sizes:
            try:
                made = copy.Writer(brief, length=length, seed=1).texts(kind, count)
            except InvalidParameter:
                yield False, True, True, True
                continue
            has = [any(one.casefold() in text.casefold() for one in keywords) for text in made]
            yield len(made) == count, len(set(made)) == len(made), max(map(len, made)) <= length, all(has)


def kept(listed: Sequence[str]) -> float:
    """Share of the promises that are kept."""
    told = [one for promise in promises(listed) for one in promise]
    return sum(told) / len(told)


def variety(listed: Sequence[str]) -> float:
    """Distinct-2, the mean over briefs."""
    shares = []
    for text in listed:
        spoken = words.language(text)
        brief = briefs.brief(words.given(text, spoken), spoken)
        made = copy.Writer(brief, length=FULL[spoken][1], seed=2).texts("copy", VARIED)
        unit = re.compile(r"[\u3400-\u9fff]|\w+")
        pairs = [pair for one in made for pair in itertools.pairwise(unit.findall(one))]
        shares.append(len(set(pairs)) / len(pairs))
    return sum(shares) / len(shares)


def openings(listed: Sequence[str]) -> float:
    """How many of 20 texts begin in a way of their own, the mean over briefs."""
    shares = []
    for text in listed:
        spoken = words.language(text)
        brief = briefs.brief(words.given(text, spoken), spoken)
        made = copy.Writer(brief, length=FULL[spoken][1], seed=3).texts("copy", 20)
        shares.append(len({re.split(r"[，。！？,.!?:]", one)[0] for one in made}) / len(made))
    return sum(shares) / len(shares)


def stories(data: Path) -> list[Figure]:
    figures = []
    for name, (people, places) in TRUTH.items():
        path = data / "text" / name
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        told = shots.script(text, words.language(text))
        squeezed = re.sub(r"\s", "", text)
        narrated = sum(re.sub(r"\s", "", one.narration) in squeezed for one in told.shots) / len(told.shots)
        scenes = {one.place for one in told.shots}
        figures += [
            Figure(f"narration in the story's words, {path.stem}", narrated, "share", reach=1.0),
            Figure(f"figures found, {path.stem}", _found(people, told.figures), "share", note=", ".join(told.figures)),
            Figure(f"places found, {path.stem}", _found(places, scenes), "share", note=", ".join(sorted(scenes))),
        ]
    return figures


def _found(truth: Sequence[str], told: Sequence[str] | set[str]) -> float:
    return sum(any(one in other for other in told) for one in truth) / len(truth)


def speed() -> Figure:
    """CPU time of 1,000 texts by the operator, warm, against one template filled 1,000 times in a plain loop."""
    params = WriteParams(kind="copy", keywords=TUNED[1], count=1000, length=100)
    write(params, Context.local())
    ours = min(_seconds(lambda: write(params, Context.local())) for _ in range(RUNS))
    template = "{a}，{b}，{c}！特别适合{d}。"
    floor = min(
        _seconds(lambda: [template.format(a=n, b="长续航", c="降噪", d="学生") for n in range(1000)])
        for _ in range(RUNS)
    )
    return Figure("1,000 texts", ours, "s", higher=False, beside={"one template in a loop, s": floor})


def _seconds(work: object) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def show(count: int) -> None:
    for number, text in enumerate(itertools.islice(itertools.cycle(HELD_OUT), count)):
        spoken = words.language(text)
        kind = "title" if number % 4 == 3 else "copy"
        length = FULL[spoken][1 if kind == "copy" else 0]
        told = write(WriteParams(kind=kind, keywords=text, length=length), Context.local(seed=number))
        print(f"{kind:5} {told.type:11} {text}\n      {told.texts[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared/data"))
    )
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    if given.show:
        show(given.show)
        return
    figures = [
        Figure("promises kept, tuned on", kept(TUNED), "share", reach=1.0),
        Figure("promises kept, held out", kept(HELD_OUT), "share", reach=1.0),
        Figure("distinct word pairs in 100 texts, held out", variety(HELD_OUT), "share"),
        Figure("openings of their own in 20 texts, held out", openings(HELD_OUT), "share"),
        *stories(given.data),
        speed(),
    ]
    record("text.write", figures, command=COMMAND, path=given.json, more={"held_out": list(HELD_OUT)})


if __name__ == "__main__":
    main()
