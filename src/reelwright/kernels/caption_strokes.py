"""The strokes of one line of words, by which it is known again in every picture.

A letter's strokes have one brightness in the whole line, however the picture behind it changes; beside them lie its
outline, or the gaps between letters, of another brightness. Both must be as they were, part by part along the line, so
that one changed digit counts. Pixels that change while the line stays were never its own and are forgotten.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Gray = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Signs = NDArray[np.int8]
"""1 on a bright stroke, -1 on a dark one, 0 elsewhere."""

WIDEST = 9  # px; what is wider in both directions is no stroke
CONTRAST = 40  # levels of luma by which a stroke stands out
SAME = 28  # levels a stroke's pixel may change and be the same: coding noise, and what shines through an edge
EXTREME = 90  # percentile of a line's bright strokes that is surely its own, and as many from below of its dark ones
BODY = 45  # levels from there that belong to it
RIM = 5  # px; side of the square around a letter's pixel in which its outline is
THERE = 0.6  # share of the bright strokes, and of the dark ones, that must be as it was
SURELY = 0.85  # the same of the letters alone, in each part, until it is proved that what is beside is theirs…
WHOLE, WHOLLY = 0.9, 0.75  # the same of what is beside alone, in all and in each part: those are the letters then…
NEXT_TO_NONE = 0.15  # …if so little is left of what seemed to be
PROVED, PROOFS = 0.5, 3  # …which it is if it stays while so much of what is around is changed, so many times
STANDS_OUT = 0.4  # share of what is around letters that is of another brightness
MINOR = 0.04  # share of all strokes that a kind needs to have a say
PARTLY = 0.65  # share in one part of the line, below which that part is another letter
BODILY = 0.45  # the same of each kind: gaps are much alike, whatever the letter
LOOSELY = 0.25  # the same for strokes not well known yet
PART = 0.3  # of a line's height; two parts side by side are judged together: about one digit
LEAST_PART = 12  # pixels they need to have a say
SHED = 0.25  # share of all strokes, at one end, that can turn out to be of what lies behind…
OTHERWISE = 0.5  # …if so little of those is left…
COME = 0.3  # …where of new ones there are so many less
OUTLAST = 2.5  # times the share that is left of what is around: words that stay over a cut…
LEFT, LEAST_LEFT = 0.4, 0.2  # …have at least so much left, and so much in each part
LEAST_OF_IT = 0.2  # …and so much of their strength: other words in a box have many pixels in common with them
ALIKE = 0.75  # correlation with the line as it was, for one that is fading…
FADING = 0.85  # …and so much weaker, or stronger; in between, part by part


def strokes(gray: Gray) -> Signs:
    """Where a picture is thin and brighter than around, or darker; int8 [h, w]."""
    square = np.ones((WIDEST, WIDEST), np.uint8)
    bright = cv2.morphologyEx(gray, cv2.MORPH_TOPHAT, square) > CONTRAST
    dark = cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, square) > CONTRAST
    return bright.astype(np.int8) - (dark & ~bright).astype(np.int8)


def grown(mask: Mask, side: int = 3) -> Mask:
    """Larger by half a square of `side` pixels all around."""
    wider: Mask = cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    return wider


def body_of(gray: Gray, signs: Signs) -> tuple[int, float]:
    """Which kind of stroke the letters are (1 or -1), and their luma; (1, NaN) where there are none.

    Letters are as far from the brightness around them as can be. The gaps between them are strokes too, but as bright
    as what is around.
    """
    best = (-1.0, 1, float("nan"))
    around = float(np.median(gray[signs == 0])) if (signs == 0).any() else 0.0
    for kind, share in ((1, EXTREME), (-1, 100 - EXTREME)):
        values = gray[signs == kind]
        if len(values):
            level = float(np.percentile(values, share))
            count = np.count_nonzero(np.abs(values - level) <= BODY)
            best = max(best, (count * (level - around) ** 2, kind, level))
    return best[1], best[2]


class _Kind:
    """Bright or dark strokes of a line, those of one brightness."""

    def __init__(self, sign: int, mask: Mask, patch: Gray) -> None:
        self.sign, self.mask = sign, mask
        self.at = np.flatnonzero(mask)
        self._values = patch.ravel()[self.at].astype(np.int16)
        self.level = float(np.median(self._values)) if len(self.at) else 0.0
        height, width = mask.shape
        self.step = max(4, round(PART * height))
        self._part, count = (self.at % width) // self.step, (width - 1) // self.step + 1
        self.counts = np.bincount(self._part, minlength=count)

    def left(self, now: Gray, *, may_shift: bool = False) -> NDArray[np.float64]:
        """How many of `counts`, pixels in each part of the line, are as they were. `now`: uint8 [n].

        `may_shift`: all of them may be brighter, or darker, by as much.
        """
        change = now[self.at] - self._values
        if may_shift and len(change):
            change -= np.int16(np.median(change))
        return np.bincount(self._part, np.abs(change) <= SAME, len(self.counts)).astype(np.float64)


def _least(left: NDArray[np.float64], counts: NDArray[np.intp]) -> float:
    """The least share left of two parts side by side, 0–1; 1 if there are too few pixels to tell."""
    pairs, pairs_left = np.convolve(counts, (1, 1)), np.convolve(left, (1, 1))
    large = pairs >= LEAST_PART
    return float((pairs_left[large] / pairs[large]).min()) if large.any() else 1.0


class Strokes:
    """The strokes of one line, from its part of a picture: uint8 [h, w] and its signs."""

    def __init__(self, gray: Gray, signs: Signs) -> None:
        self.are_known = False
        """Set it once what lies behind them has had time to be forgotten; until then one part may be of that."""
        self._proofs = 0
        """Samples in which both kinds were as ever, and what is around them was not."""
        self.renew(gray, signs)

    def renew(self, gray: Gray, signs: Signs) -> None:
        """Learn them anew."""
        self._patch = gray.copy()
        self.kind, self.level = body_of(gray, signs)
        body = (signs == self.kind) & (np.abs(gray - self.level) <= BODY)
        beside = (signs == -self.kind) & grown(body, RIM)
        share = 100 - EXTREME if self.kind > 0 else EXTREME
        level = float(np.percentile(gray[beside], share)) if beside.any() else 0.0
        self._learn([body, beside & (np.abs(gray - level) <= BODY)])

    def _learn(self, masks: list[Mask]) -> None:
        count = sum(np.count_nonzero(mask) for mask in masks)
        signed = zip((self.kind, -self.kind), masks, strict=True)
        self._kinds = [
            _Kind(sign, mask, self._patch) for sign, mask in signed if np.count_nonzero(mask) > MINOR * count
        ]
        own = np.logical_or.reduce(masks)
        around = grown(own, RIM)
        self._beside = np.flatnonzero(around & ~own)
        self._around = np.flatnonzero(around)
        shape = self._patch[around].astype(np.float32)
        self._shape = shape - np.float32(shape.mean() if len(shape) else 0)
        self._power = float(self._shape @ self._shape)

    @property
    def masks(self) -> list[Mask]:
        """Where its strokes are, those of the letters and those beside them; bool [h, w]."""
        return [kind.mask for kind in self._kinds]

    def levels(self, now: Gray) -> dict[int, float]:
        """The luma that its bright strokes (1) and its dark ones (-1) have in a picture; one kind may be missing."""
        flat = now.ravel()
        return {kind.sign: float(np.median(flat[kind.at])) for kind in self._kinds}

    def are_in(self, now: Gray) -> bool:
        """Are they in this picture, in full or fading? uint8 [h, w], the same part as ever."""
        if not self._kinds:
            return False
        return self._are_same(now) or self._are_fading(now) or self._outlast_a_cut(now)

    def strength(self, now: Gray) -> float:
        """1 for as strong as in the picture they were learnt from, 0 for nothing."""
        if not self._power:
            return 0.0
        shape = now.ravel()[self._around].astype(np.float32)
        return float((shape - shape.mean()) @ self._shape) / self._power

    def are_alike(self, now: Gray) -> bool:
        """Is there something of their shape in it, strong or weak?"""
        return bool(self._kinds) and self._likeness(now) >= ALIKE

    def forget(self, now: Gray) -> bool:
        """A picture in which they are: pixels that are not as they were go. False if only fading words are like it."""
        if not self._kinds or not (self._are_same(now) or self._outlast_a_cut(now)):
            return False
        changed = cv2.absdiff(now, self._patch) > SAME
        if any((kind.mask & changed).any() for kind in self._kinds):
            around = changed.ravel()[self._around]
            self._proofs += self._both_there(now) and float(around.mean()) >= PROVED
            left = {kind.sign: kind.mask & ~changed for kind in self._kinds}
            nothing = np.zeros(self._patch.shape, bool)
            self._learn([left.get(sign, nothing) for sign in (self.kind, -self.kind)])
        return True

    def shed(self, now: Gray) -> slice | None:
        """Have strokes at one end gone that were of what lies behind, while all others are as ever? uint8 [h, w].

        Those have nothing dark beside them, or bright, as the letters do, or nothing of their brightness comes instead.
        They are forgotten, and the columns that are left are those of the line from now on; None if it is not so.
        """
        flat = now.ravel()
        left = [kind.left(flat) for kind in self._kinds]
        counts, total = (np.sum(one, axis=0) for one in ([kind.counts for kind in self._kinds], left))
        gone = np.logical_or.reduce([one < BODILY * kind.counts for one, kind in zip(left, self._kinds, strict=True)])
        parts, there = np.flatnonzero(gone), np.flatnonzero(~gone & (counts > 0))
        if not len(parts) or not len(there) or not (parts[-1] < there[0] or parts[0] > there[-1]):
            return None
        if total[parts].sum() > OTHERWISE * counts[parts].sum() or counts[parts].sum() > SHED * counts.sum():
            return None
        if (total[there] < WHOLE * counts[there]).any():
            return None
        step = self._kinds[0].step
        if not self._lack_a_kind(parts) and self._come(now, np.isin(np.arange(now.shape[1]) // step, parts)):
            return None
        stays = slice(int(there[0]) * step, None) if parts[0] < there[0] else slice(0, int(there[-1] + 1) * step)
        self._patch = self._patch[:, stays].copy()
        shown = {kind.sign: kind.mask[:, stays] for kind in self._kinds}
        self._learn([shown.get(sign, np.zeros(self._patch.shape, bool)) for sign in (self.kind, -self.kind)])
        return stays

    def _lack_a_kind(self, parts: NDArray[np.intp]) -> bool:
        """Are there next to no bright strokes in these parts of the line, or no dark ones, but elsewhere there are?"""
        shares = [float(kind.counts[parts].sum() / kind.counts.sum()) for kind in self._kinds]
        return len(shares) == 2 and min(shares) < COME * max(shares)

    def _come(self, now: Gray, columns: Mask) -> bool:
        """Are there new strokes as bright as the line's in these columns?"""
        signs = strokes(now)
        for kind in self._kinds:
            new = (signs == kind.sign) & (np.abs(now - np.float32(kind.level)) <= BODY) & ~kind.mask & columns
            if np.count_nonzero(new) > COME * np.count_nonzero(kind.mask & columns):
                return True
        return False

    def _both_there(self, now: Gray) -> bool:
        return len(self._kinds) == 2 and min(self._shares(now.ravel())[0]) >= SURELY

    def _shares(self, now: Gray, *, may_shift: bool = False) -> tuple[list[float], list[float], float]:
        """Share left of each kind; of each in the part that has least; and of both together in theirs."""
        left = [kind.left(now, may_shift=may_shift) for kind in self._kinds]
        shares = [float(part.sum() / kind.counts.sum()) for part, kind in zip(left, self._kinds, strict=True)]
        leasts = [_least(part, kind.counts) for part, kind in zip(left, self._kinds, strict=True)]
        return shares, leasts, _least(np.sum(left, axis=0), np.sum([kind.counts for kind in self._kinds], axis=0))

    def _are_same(self, now: Gray) -> bool:
        flat = now.ravel()
        shares, leasts, together = self._shares(flat)
        partly, bodily, surely = (PARTLY, BODILY, SURELY) if self.are_known else (LOOSELY, LOOSELY, LOOSELY)
        if len(shares) == 2 and min(shares) >= THERE and min(leasts) >= bodily and together >= partly:
            return True
        if self._proofs >= PROOFS or not self._stands_out(flat):
            return False
        if len(shares) == 1:
            return shares[0] >= THERE and leasts[0] >= partly
        if shares[0] >= SURELY and leasts[0] >= surely:
            return True
        # In a box through which another picture shines now, what is around the letters may have seemed to be the words.
        around_them = shares[0] <= NEXT_TO_NONE and shares[1] >= WHOLE and leasts[1] >= WHOLLY
        return around_them and self._stands_out(flat, 1)

    def _stands_out(self, now: Gray, which: int = 0) -> bool:
        """Letters as they were are no sign of words where all is as bright as they. `which`: of the two kinds."""
        apart = np.abs(now[self._beside] - self._kinds[which].level) > BODY
        return int(np.count_nonzero(apart)) >= STANDS_OUT * len(apart)

    def _outlast_a_cut(self, now: Gray) -> bool:
        """Is all else another picture, and much of the strokes, everywhere along the line, as it was?"""
        if self.strength(now) < LEAST_OF_IT:
            return False
        flat = now.ravel()
        beside = np.abs(flat[self._beside] - self._patch.ravel()[self._beside].astype(np.int16)) <= SAME
        left = float(beside.mean()) if len(beside) else 1.0
        shares, leasts, together = self._shares(flat)
        is_left = [share >= max(LEFT, OUTLAST * left) for share in shares]
        if all(is_left) and len(is_left) == 2:
            return min(*leasts, together) >= LEAST_LEFT
        return is_left[0] and leasts[0] >= LEAST_LEFT and self._stands_out(flat)

    def _are_fading(self, now: Gray) -> bool:
        """Weaker or stronger, but the same, and so everywhere. Nearly as strong may also be another letter."""
        flat = now.ravel()
        shares, leasts, _ = self._shares(flat)
        in_one_place = any(share >= SURELY and least < BODILY for share, least in zip(shares, leasts, strict=True))
        if in_one_place or not self.are_alike(now):
            return False
        if not FADING <= self.strength(now) <= 1 / FADING:
            return True
        # A box through which the picture shines, or the gaps between letters, change otherwise than the letters do.
        _, leasts, together = self._shares(flat, may_shift=True)
        return min(leasts) >= BODILY and together >= PARTLY

    def _likeness(self, now: Gray) -> float:
        shape = now.ravel()[self._around].astype(np.float32)
        shape -= shape.mean()
        size = float(np.sqrt((shape @ shape) * self._power))
        return float(shape @ self._shape) / size if size else 0.0
