"""A voice of its own for each figure: of its gender and age, in the story's language, and not the narrator's.

The most mentioned figures choose first; when voices of a kind are used up, they are given again from the first on.
"""

from collections.abc import Sequence

from reelwright.kernels import voices
from reelwright.kernels.story.figures import CROWD, Figure
from reelwright.kernels.wording.words import Language

KEYS = {
    ("male", "child"): ("zhibei_emo", "jielidou", "sys_thoughtfulBoy"),
    ("female", "child"): ("aitong", "xiaobei", "aiwei", "sys_SweetBrightGirl"),
    ("", "child"): ("sitong", "aibao", "yuer"),
    ("male", "young"): ("sys_ClassicYoungMan", "aicheng", "longcheng", "sys_GentleYoungMan", "zhinan"),
    ("female", "young"): ("sys_ClassicYoungWoman", "ruoxi", "aiqi", "sys_YoungGracefulWoman", "zhimiao_emo"),
    ("male", "adult"): ("aishuo", "sicheng", "xiaogang", "laotie", "aida", "dahu", "mashu"),
    ("female", "adult"): ("xiaoyun", "sijia", "aijia", "longxiaoxia", "zhiqi", "ruilin"),
    ("male", "old"): ("zhixiang", "longshu", "zhide", "sys_RichBassMale"),
    ("female", "old"): ("sys_ElderlyWistfulWoman", "longmiao", "sys_MatureWiseWoman"),
    ("", "adult"): ("zhichu", "longyuan", "stella", "kenny", "rosa"),
}
ENGLISH = {
    "male": ("luca", "harry", "eric", "andy"),
    "female": ("emily", "olivia", "ava", "wendy", "lydia", "abby"),
    "": ("luna", "stanley", "annie"),
}
ANIMALS = ("mashu", "zhifei", "chuangirl", "yuer", "longhua")
CROWDS = ("laotie", "laomei")


def cast(figures: Sequence[Figure], language: Language, narrator: str, tells: int | None) -> list[str]:
    """The voices, in the order of the figures; the one that tells the story (`tells`) has the narrator's."""
    used: dict[str, int] = {narrator.lower(): 1}
    given = []
    for number, one in enumerate(figures):
        if number == tells:
            given.append(narrator)
            continue
        fitting = _fitting(one, language)
        voice = min(fitting, key=lambda name: (used.get(name.lower(), 0), fitting.index(name)))
        used[voice.lower()] = used.get(voice.lower(), 0) + 1
        given.append(voices.find(voice).name)
    return given


def _fitting(figure: Figure, language: Language) -> Sequence[str]:
    if figure.role == CROWD:
        return CROWDS
    if figure.kind == "animal":
        return ANIMALS
    if language == "en" and figure.age in ("young", "adult"):
        return ENGLISH[figure.gender]
    return KEYS.get((figure.gender, figure.age), KEYS["", "adult"])
