"""Fit `kernels/letter_sounds.json`: how English letters sound, learnt from the dictionary that pocketsphinx brings.

    python tools/fit_letter_sounds.py [--write]

Letters and phones of every word are aligned by expectation and maximisation, each letter to none, one or two
phones. What a letter sounds like is then told by its neighbours: the table holds a rule for the narrowest
context that is seen often, and only where it says something else than the next wider one. Every twentieth
word, by its digest, is left out of the fit; the scores are of those.
"""

import argparse
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from reelwright.kernels.letter_sounds import CONTEXTS, EDGE, TABLE, sounds_by

PLAIN = re.compile(r"[a-z]{2,}")
HELD_OUT = 20
ROUNDS = 6
ALIGNED = 30000  # words of the first rounds; the last one aligns all
MOST_PHONES = 2  # of one letter: x is K S
LEAST_SEEN, LEAST_SHARE = 4, 0.5
FLOOR = math.log(1e-6)

Word = tuple[str, tuple[str, ...]]
Scores = dict[tuple[str, str], float]


def words() -> list[Word]:
    """Spelling and first pronunciation, of the words that are letters only."""
    from pocketsphinx import get_model_path

    found = []
    for line in Path(get_model_path("en-us"), "cmudict-en-us.dict").read_text().splitlines():
        spelling, *phones = line.split()
        if PLAIN.fullmatch(spelling) and len(phones) <= MOST_PHONES * len(spelling):
            found.append((spelling, tuple(phones)))
    return found


def is_held_out(spelling: str) -> bool:
    return hashlib.sha256(spelling.encode()).digest()[0] % HELD_OUT == 0


# ---- alignment


def aligned(word: Word, scores: Scores) -> list[str] | None:
    """For each letter its phones, as one text; None if they cannot be aligned."""
    letters, phones = word
    best: list[dict[int, tuple[float, str]]] = [{0: (0.0, "")}]
    for letter in letters:
        row: dict[int, tuple[float, str]] = {}
        for at, (score, _) in best[-1].items():
            for count in range(min(MOST_PHONES, len(phones) - at) + 1):
                sound = " ".join(phones[at : at + count])
                total = score + scores.get((letter, sound), FLOOR)
                if total > row.get(at + count, (-math.inf, ""))[0]:
                    row[at + count] = (total, sound)
        best.append(row)
    if len(phones) not in best[-1]:
        return None
    at, told = len(phones), []
    for row in reversed(best[1:]):
        sound = row[at][1]
        told.append(sound)
        at -= len(sound.split())
    return told[::-1]


def first_scores(given: Iterable[Word]) -> Scores:
    """Every phone near a letter's place counts for it."""
    counts: Counter[tuple[str, str]] = Counter()
    for letters, phones in given:
        for place, letter in enumerate(letters):
            middle = place * len(phones) / len(letters)
            for number in range(max(0, int(middle) - 1), min(len(phones), int(middle) + 2)):
                counts[letter, phones[number]] += 1
            counts[letter, ""] += 1
    return normalised(counts)


def normalised(counts: Counter[tuple[str, str]]) -> Scores:
    of_letter: Counter[str] = Counter()
    for (letter, _), count in counts.items():
        of_letter[letter] += count
    return {pair: math.log(count / of_letter[pair[0]]) for pair, count in counts.items()}


def fitted(given: list[Word]) -> list[tuple[str, list[str]]]:
    step = max(1, len(given) // ALIGNED)
    scores = first_scores(given[::step])
    for number in range(ROUNDS):
        is_last = number == ROUNDS - 1
        found = [(one[0], told) for one in (given if is_last else given[::step]) if (told := aligned(one, scores))]
        scores = normalised(Counter(pair for letters, told in found for pair in zip(letters, told, strict=True)))
    return found


# ---- rules


def rules(given: list[tuple[str, list[str]]]) -> dict[str, str]:
    """Context -> sound, from the widest to the narrowest, each only where the wider ones say something else."""
    table: dict[str, str] = {}
    for left, right in CONTEXTS:
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for letters, told in given:
            padded = EDGE * 4 + letters + EDGE * 4
            for place, sound in enumerate(told):
                at = place + 4
                seen[f"{padded[at - left : at]}{padded[at].upper()}{padded[at + 1 : at + 1 + right]}"][sound] += 1
        fresh = {}
        for context, counts in seen.items():
            sound, count = counts.most_common(1)[0]
            enough = count >= LEAST_SEEN and count >= LEAST_SHARE * counts.total()
            if (left, right) == CONTEXTS[0] or (enough and sound != wider(table, context)):
                fresh[context] = sound
        table |= fresh
    return table


def wider(table: dict[str, str], context: str) -> str:
    place = next(number for number, letter in enumerate(context) if letter.isupper())
    return sounds_by(table, context[:place] + context[place].lower() + context[place + 1 :], place)


# ---- the whole


def score(table: dict[str, str], held: list[Word]) -> tuple[float, float]:
    """(share of words right, phone errors a phone), against the nearest of a word's pronunciations."""
    right, errors, phones = 0, 0, 0
    for letters, truth in held:
        padded = EDGE * 4 + letters + EDGE * 4
        told = " ".join(sounds_by(table, padded, place + 4) for place in range(len(letters))).split()
        off = distance(told, truth)
        right += off == 0
        errors += off
        phones += len(truth)
    return right / len(held), errors / phones


def distance(one: list[str], other: tuple[str, ...]) -> int:
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, b in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    every = words()
    table = rules(fitted([one for one in every if not is_held_out(one[0])]))
    held = [one for one in every if is_held_out(one[0])]
    right, errors = score(table, held)
    print(f"{len(table)} rules; of {len(held)} words left out {right:.1%} are right, {errors:.1%} phone errors")
    if given.write:
        TABLE.write_text(json.dumps(table, ensure_ascii=True, sort_keys=True, separators=(",", ":")) + "\n")
        print(f"{TABLE}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
