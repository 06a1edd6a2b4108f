"""Sounds as documents write them, in espeak-ng's own letters: ARPABET and IPA for English, letter by letter.

Pinyin is not here: the program spells it itself. What IPA has and English has not is taken for the
nearest English sound.
"""

import re

from reelwright.errors import InvalidParameter


def _table(pairs: str) -> dict[str, str]:
    return dict(one.split("=", 1) for one in pairs.split())


ARPABET = _table(
    "AA=A: AE=a AH=V AO=O: AW=aU AX=@ AY=aI EH=E ER=3: EY=eI IH=I IY=i: OW=oU OY=OI UH=U UW=u: B=b CH=tS "
    "D=d DH=D F=f G=g HH=h JH=dZ K=k L=l M=m N=n NG=N P=p R=r S=s SH=S T=t TH=T V=v W=w Y=j Z=z ZH=Z"
)
STRESS = {"0": "", "1": "'", "2": ","}
IPA = _table(
    "tʃ=tS dʒ=dZ t͡ʃ=tS d͡ʒ=dZ aɪ=aI aʊ=aU eɪ=eI oʊ=oU əʊ=oU ɔɪ=OI ɪə=i@ eə=e@ ʊə=U@ iː=i: uː=u: ɑː=A: "
    "ɔː=O: ɜː=3: ɝ=3: ɚ=3 æ=a ʌ=V ə=@ ɛ=E e=E ɪ=I i=i: ʊ=U u=u: ɑ=A: ɒ=0 ɔ=O: a=a o=oU ɜ=3: θ=T ð=D ʃ=S "
    "ʒ=Z ŋ=N ɹ=r r=r ɾ=t# ɡ=g g=g j=j ʔ=? x=x b=b d=d f=f h=h k=k l=l m=m n=n p=p s=s t=t v=v w=w z=z"
)
IGNORED = re.compile(r"[\s./\[\]ːˑ͡ʰˠ̃]")
IPA_STRESS = {"ˈ": "'", "ˌ": ","}


def from_arpabet(text: str) -> str:
    """`HH AH0 L OW1` -> `hV#l'oU`; `InvalidParameter` names what is none."""
    parts = []
    for letter in text.upper().split():
        name, stress = (letter[:-1], letter[-1]) if letter[-1] in STRESS else (letter, "0")
        if name not in ARPABET:
            raise InvalidParameter(
                f"{letter!r} in {text!r} is no sound of ARPABET; write for example 'HH AH0 L OW1'", field="text"
            )
        sound = "@" if (name, letter[-1]) == ("AH", "0") else ARPABET[name]
        parts.append(STRESS[stress] + sound)
    return _parted(parts)


def from_ipa(text: str) -> str:
    """`həˈləʊ` -> `h@l'oU`; `InvalidParameter` names the letter that is not known."""
    parts, stress, rest = [], "", text
    while rest:
        if rest[0] in IPA_STRESS:
            stress, rest = IPA_STRESS[rest[0]], rest[1:]
            continue
        known = next((rest[:size] for size in (3, 2, 1) if rest[:size] in IPA), None)
        if known is None:
            if not IGNORED.match(rest):
                raise InvalidParameter(f"{rest[0]!r} in {text!r} is no letter of IPA that can be spoken", field="text")
            rest = rest[1:]
            continue
        sound = IPA[known]
        # The mark stands before the syllable in IPA, before its vowel here.
        if stress and _is_vowel(sound):
            sound, stress = stress + sound, ""
        parts.append(sound)
        rest = rest[len(known) :]
    return _parted(parts)


def _is_vowel(sound: str) -> bool:
    return sound[0] in "AaEeIiOoUuV@03"


def _parted(parts: list[str]) -> str:
    # A bar keeps two sounds from being read as one of two letters.
    return "|".join(parts)
