"""What a logo is made of: how much of the picture shines through each of its pixels, and what it adds.

A logo over a picture B shows I = (1 - a) B + c, with a its opacity and c its colour times that. Over many samples of
one region B changes and the logo does not, so 1 - a is how much less a pixel changes than the picture around the
logo, and how much weaker the gradients are that come and go there. Near the logo's edge a regression on a membrane of
the surroundings tells it better; far inside that would be biased, for it is smoother than pictures. Each pixel's ratio
is rough. The logo's own pattern, the surface that has the median gradients, is known much better: pixels of like
pattern are made of the same paint, so the median of their opacities, and of what they add, is given to all of them;
what a pixel says by itself counts by how surely it is known. Samples of one standing scene count as one. Where the
surroundings never change (a camera on a tripod) the rim tells (`kernels.glass`), or the logo counts as opaque. Where
one opacity and a few paints (`kernels.glaze`) explain the logo and leave less of it in the samples, they are taken.

`Logo.unblended` turns the equation round. Its standard error is told, so that the fill may weigh it.

Regions are [Y, U, V] as in `kernels.region`; alphas 0-1, float32.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import glass, glaze, inpainting, logo_shape, logos, region, registration
from reelwright.kernels.region import Field, Plane, Window
from reelwright.kernels.registration import Mask
from reelwright.kernels.voting import Hint
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

NEAR = 28  # px around a logo that are looked at
CLEAR = 4  # px from the logo at which its surroundings begin
GUARD, GUARD_STILL = 2, 0  # px around what it covers that its coding spoils; none where nothing else moves
FAINT = 0.06  # least opacity of a covered pixel
CONSTANT = 0.12  # of the changes around it by which an opaque pixel still changes, for coding
SURELY = 0.97  # of the pixels of a logo that are opaque: nothing shines through, and no more is asked
SOLID = 0.85  # above, unblending only amplifies noise
CHANGES = 5.0  # grey levels, standard deviation of the surroundings by which opacity can be told
PAINTS = 10  # groups of like pattern, at most
APART = 4.0  # standard errors of a pattern between two paints, at least
LEAST_TINT, LIKELY = 4.0, 2.5  # steps of a plane; times what few scenes differ by chance
BESIDE, HOLD = 0.4, 4  # of the pattern inside that a tint has beside it; px of a region's border that hold a pattern
LEAST_GROUP = 60  # pixels
ALIKE = 25  # pixels that err as one: scenery is smooth
ANOTHER = 4.0  # mean difference, in steps of the plane, of two samples that show different scenes
SPARSE = 7  # one pixel in so many is looked at for that
CERTAIN, ONE_SCENE = 0.04, 0.4  # standard error of a pixel's opacity: at best, and more for few scenes
DEEP = 12.0  # px from the surroundings at which regression and contrast count alike
GRAIN = 1.0  # grey levels: gradients below are those of coding
CODING = 1.3  # grey levels, standard error of a coded pixel
PART = 0.8  # of letters that lie on a sign, of which they are a part then
LEAST_SPREAD = 0.02  # standard error of an opacity, at least


@dataclass(frozen=True, slots=True, eq=False)
class Logo:
    """A logo's model in its region."""

    covered: Mask
    """Pixels that are not the picture's own, soft edges included."""
    alpha: Field
    """Opacity of luma pixels; 1 where it could not be told."""
    added: tuple[Field, ...]
    """c, for each plane, in steps of that plane."""
    passed: tuple[Field, ...]
    """1 - a, for each plane."""
    spread: Field
    """Standard error of unblended luma, grey levels; infinite where it is of no use."""
    presence: logos.Presence

    def within(self, window: Window, shape: tuple[int, ...]) -> "Logo":
        """The same in the region, of which this is a window."""

        def whole(part: NDArray[Any], index: int, rest: float) -> NDArray[Any]:
            out = np.full(shape if not index else tuple(-(-side // 2) for side in shape), rest, part.dtype)
            window.of(out, index)[:] = part
            return out

        return Logo(
            whole(self.covered, 0, 0),
            whole(self.alpha, 0, 0),
            tuple(whole(part, index, 0) for index, part in enumerate(self.added)),
            tuple(whole(part, index, 1) for index, part in enumerate(self.passed)),
            whole(self.spread, 0, np.inf),
            self.presence,
        )

    @property
    def opacity(self) -> float:
        """Median over what it covers, but for its soft edges."""
        inner = self.covered & (self.alpha > self.alpha.max() / 2)
        return float(np.median(self.alpha[inner])) if inner.any() else 0.0

    def unblended(self, planes: Sequence[Plane], strength: float = 1.0) -> Hint | None:
        """The region without the logo, as well as can be told; None for an opaque one. `strength`: 1 is all of it."""
        if not np.isfinite(self.spread).any():
            return None
        out = []
        for plane, added, passed in zip(planes, self.added, self.passed, strict=True):
            through = np.maximum(1 - strength * (1 - passed), 1 - SOLID)
            out.append(region.rounded((plane - strength * added) / through, plane.dtype))
        return Hint(out, self.spread)


def model(
    samples: Sequence[Sequence[Plane]],
    box: tuple[int, int, int, int],
    *,
    still: bool,
    pointed: bool = False,
    bare: bool = False,
) -> Logo | None:
    """From samples of a region that wear the logo; `box` (left, top, right, bottom) is where its edges are in it.

    `still`: the scenery does not move; `pointed`: the user said it is there; `bare`: it is letters without a card.
    None where nothing lasts in the box."""
    if bare:
        return _lettered(samples, box)
    glassy = _glassy(samples, box) if still else None
    if glassy is not None:
        return glassy
    shape = logo_shape.shape_of(samples, box, still=still, pointed=pointed)
    if shape is None:
        return None
    presence = logos.Presence(*shape.gradient, shape.marks)
    if still:
        return _opaque(samples[0], registration.grown(shape.covered, GUARD_STILL), presence)
    covered = registration.grown(shape.covered, GUARD)
    window = Window.around(covered, NEAR)
    near = [[window.of(plane, index) for index, plane in enumerate(planes)] for planes in samples]
    return _translucent(near, window.of(covered), presence).within(window, covered.shape)


def _glassy(samples: Sequence[Sequence[Plane]], box: tuple[int, int, int, int]) -> Logo | None:
    """A translucent logo before a camera that stands still; proof enough that it is one, whatever it looks like."""
    shape = logo_shape.shape_of(samples, box, still=True, pointed=True)
    if shape is None or (found := glass.glass(samples, shape.covered)) is None:
        return None
    covered = registration.grown(found.through < 1, 1)
    changes = np.full(covered.shape, float(samples[0][0][~covered].std()) / region.unit(samples[0][0]), np.float32)
    presence = logos.Presence(*shape.gradient, shape.marks)
    return _glazed(found, covered, changes, presence)


def _lettered(samples: Sequence[Sequence[Plane]], box: tuple[int, int, int, int]) -> Logo | None:
    """Bare letters, or the sign that they are on: what they cover is filled from what is seen between them."""
    sign, shape = model(samples, box, still=True), logo_shape.lettered(samples, box)
    if shape is None or (sign is not None and (sign.covered & shape.covered).sum() > PART * shape.covered.sum()):
        return sign
    return _opaque(samples[0], shape.covered, logos.Presence(*shape.gradient, shape.marks))


def _opaque(planes: Sequence[Plane], covered: Mask, presence: logos.Presence) -> Logo:
    empty = tuple(np.zeros(plane.shape, np.float32) for plane in planes)
    unknown = np.full(covered.shape, np.inf, np.float32)
    return Logo(covered, covered.astype(np.float32), empty, empty, unknown, presence)


def _translucent(samples: Sequence[Sequence[Plane]], covered: Mask, presence: logos.Presence) -> Logo:
    covered = covered | _tinted(samples, covered)
    if _hides(samples, covered):
        return _opaque(samples[0], covered, presence)
    clear = ~registration.grown(covered, CLEAR - GUARD)
    fits = [_Fit.of([planes[index] for planes in samples], ~region.mask_of(~clear, index)) for index in range(3)]
    luma = fits[0]
    told = luma.changes > CHANGES
    # What stays while its surroundings change is opaque, whatever a rough slope says.
    rough = np.where(luma.varies < CONSTANT * luma.changes, 1, np.clip(1 - luma.slope, 0, 1)).astype(np.float32)
    pattern = [region.full(fit.pattern, covered.shape) for fit in fits]
    paints = _Paints.of(pattern, [float(np.median(fit.doubt)) for fit in fits], covered & told)
    alpha, error = paints.pooled(rough, luma.error)
    alpha = np.clip(alpha, 0, 1)
    alpha = np.where(covered & ~told, 1, alpha).astype(np.float32)
    passed = [1 - region.halved(alpha, fit.slope.shape) for fit in fits]
    added = []
    for fit, share in zip(fits, passed, strict=True):
        own = fit.level - share * fit.middle
        pooled, _ = paints.pooled(region.full(own, covered.shape), region.full(fit.doubt, covered.shape))
        added.append(region.halved(pooled, fit.slope.shape))
    ghost = np.sqrt(CODING**2 + np.square(luma.changes * error) + np.square(luma.doubt)) / np.maximum(passed[0], 1e-3)
    useful = covered & told & (alpha < SOLID)
    if np.median(alpha[covered]) >= SOLID:
        useful[:] = False  # soft edges of an opaque logo: little shines through, and much is made of it
    spread = np.where(useful, ghost, np.inf).astype(np.float32)
    return _plainer(samples, Logo(covered, alpha, tuple(added), tuple(passed), spread, presence), luma.changes)


def _hides(samples: Sequence[Sequence[Plane]], covered: Mask) -> bool:
    """Do nearly all of these pixels, but for their soft edges, stay as they are while their surroundings change?"""
    stack = np.stack([planes[0] for planes in samples]).astype(np.float32) / np.float32(region.unit(samples[0][0]))
    varies, outside = stack.std(axis=0), ~registration.grown(covered, CLEAR)
    inner = cv2.erode(covered.astype(np.uint8), np.ones((2 * GUARD + 3, 2 * GUARD + 3), np.uint8)) > 0
    if inner.sum() < LEAST_GROUP or not outside.any():
        return False
    changes = inpainting.membrane(varies, outside)[inner]
    stays = (changes > CHANGES) & (varies[inner] < CONSTANT * changes)
    return bool(stays.mean() > SURELY)


def _plainer(samples: Sequence[Sequence[Plane]], logo: Logo, changes: Field) -> Logo:
    """The logo as a glaze of one opacity, if that leaves less of its edges in the pictures."""
    found = glaze.glaze(samples, logo.covered, logo_shape.lasting_edges(samples))
    if found is None:
        return logo
    where = registration.grown(logo.covered, 1)
    left = glaze.roughness(samples, logo.passed[0], logo.added[0], where)
    if glaze.roughness(samples, found.through, found.added[0], where) >= left:
        return logo
    covered = logo.covered & registration.grown(found.through < 1, GUARD)
    return _glazed(found, covered, changes, logo.presence)


def _glazed(found: glaze.Glaze, covered: Mask, changes: Field, presence: logos.Presence) -> Logo:
    """`changes`: standard deviation of what is behind, grey levels."""
    ghost = np.sqrt(CODING**2 + np.square(changes * glaze.CERTAIN) + np.square(found.doubt)) / found.through
    spread = np.where(found.through < 1, ghost, CODING)
    return Logo(
        covered,
        np.where(covered, 1 - found.through, 0).astype(np.float32),
        found.added,
        tuple(found.passed(index) for index in range(len(found.added))),
        np.where(covered, spread, np.inf).astype(np.float32),
        presence,
    )


def _tinted(samples: Sequence[Sequence[Plane]], covered: Mask) -> Mask:
    """Surfaces around what is covered whose edges come and go with the scenery, but whose pattern is there."""
    known = _known_around(covered)
    tinted = np.zeros_like(covered)
    for index in range(len(samples[0])):
        fit_known = ~region.mask_of(~known, index)
        fit = _Fit.of([planes[index] for planes in samples], fit_known)
        inside = float(np.median(np.abs(fit.pattern[region.mask_of(covered, index)])))
        least = max(LEAST_TINT, LIKELY * float(np.median(fit.chance[~fit_known])), BESIDE * inside)
        tinted |= region.full(np.abs(fit.pattern), covered.shape) > least
    tinted = cv2.morphologyEx(tinted.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    _, labels = cv2.connectedComponents(tinted.astype(np.uint8))
    touching = np.unique(labels[covered & tinted])
    return registration.grown(tinted & np.isin(labels, touching[touching > 0]), GUARD)


def _known_around(covered: Mask) -> Mask:
    """All but a box some way around what is covered. It keeps clear of the region's border: a pattern needs a hold."""
    known = np.ones_like(covered)
    more = CLEAR + int(np.ptp(np.flatnonzero(covered.any(axis=1)))) // 4
    ends = []
    for axis in (1, 0):
        lines, size = np.flatnonzero(covered.any(axis=axis)), covered.shape[1 - axis]
        first, last = int(lines[0]), int(lines[-1]) + 1
        ends.append(slice(max(first - more, min(HOLD, first)), min(last + more, max(size - HOLD, last))))
    known[tuple(ends)] = False
    return known


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """What the samples of a plane say about each pixel. Levels in steps of the plane."""

    slope: Field
    """1 - a, roughly."""
    error: Field
    """Its standard error."""
    level: Field
    middle: Field
    """Means of the plane and of what is behind."""
    doubt: Field
    """Standard error of the level that the slope and what is behind would explain."""
    chance: Field
    """By how much the mean of so few scenes differs from place to place."""
    changes: Field
    """Standard deviation of what is behind, grey levels."""
    varies: Field
    """The same of the plane itself."""
    pattern: Field
    """What the logo does to the mean picture, from its lasting gradients."""

    @classmethod
    def of(cls, planes: Sequence[Plane], known: Mask) -> "_Fit":
        seen = np.stack(planes).astype(np.float32)
        behind = np.stack([inpainting.membrane(one, known) for one in seen])
        scenes, varies = _scenes(behind, known), seen.std(axis=0)
        changes = inpainting.membrane(varies, known)
        depth = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
        near = 1 / (1 + np.power(depth / DEEP, 4))
        regressed, rest = _regression(seen, behind)
        slope = near * regressed + (1 - near) * _passing(seen, varies, known)
        off = rest / np.maximum(behind.std(axis=0), 1e-3)
        level, middle = seen.mean(axis=0), behind.mean(axis=0)
        few = np.sqrt(scenes)
        return cls(
            slope=_floats(slope),
            error=_floats(near * off / few + (1 - near) * (CERTAIN + ONE_SCENE / few)),
            level=level,
            middle=middle,
            doubt=_floats(np.maximum((near * rest + (1 - near) * slope * changes) / few, 1e-3)),
            chance=_floats(changes / few),
            changes=changes / np.float32(region.unit(planes[0])),
            varies=varies / np.float32(region.unit(planes[0])),
            pattern=inpainting.surface(*_steps(seen), known),
        )


def _floats(field: NDArray[np.floating]) -> Field:
    return np.asarray(field, np.float32)


def _regression(seen: Field, behind: Field) -> tuple[Field, Field]:
    """Slope of what is seen on what is behind, 0-1, and the standard deviation it leaves."""
    apart, off = behind - behind.mean(axis=0), seen - seen.mean(axis=0)
    power = np.maximum(np.square(apart).sum(axis=0), 1e-3)
    slope = np.clip((apart * off).sum(axis=0) / power, 0, 1)
    return _floats(slope), _floats((off - slope * apart).std(axis=0))


def _passing(seen: Field, varies: Field, known: Mask) -> Field:
    """How much weaker the changes are than around the logo, 0-1: by gradients, or by levels where all is smooth."""
    moved = np.hypot(_deviations(seen, 2).mean(axis=0), _deviations(seen, 1).mean(axis=0))
    inner = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    usual = inpainting.membrane(moved, inner)
    lively = cv2.blur(moved, (3, 3)) / np.maximum(usual, 1e-3)
    # Few scenes vary by chance from place to place; all of the surroundings together tell it better.
    level = varies / max(float(np.median(varies[known])), 1e-3)
    weight = usual**2 / (usual**2 + GRAIN**2)
    return np.asarray(np.clip(weight * lively + (1 - weight) * level, 0, 1), np.float32)


def _deviations(seen: Field, axis: int) -> Field:
    """Differences between neighbours along an axis, less their median over the samples."""
    step = np.diff(seen, axis=axis, append=seen.take([-1], axis=axis))
    half = len(seen) // 2
    return np.asarray(np.abs(step - np.partition(step, half, axis=0)[half]), np.float32)


def _steps(seen: Field) -> tuple[Field, Field]:
    """Median differences between neighbours, to the right and downwards."""
    half = len(seen) // 2
    right, below = seen[:, :, 1:] - seen[:, :, :-1], seen[:, 1:] - seen[:, :-1]
    return np.partition(right, half, axis=0)[half], np.partition(below, half, axis=0)[half]


def _scenes(behind: Field, known: Mask) -> float:
    """How many of the samples show something else than the one before."""
    around = behind[:, known][:, ::SPARSE]
    apart = np.abs(np.diff(around, axis=0)).mean(axis=1)
    return 1.0 + float(np.minimum(apart / ANOTHER, 1).sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Paints:
    """Pixels of a logo in groups of like pattern."""

    where: Mask
    own: Field
    """The pattern of those pixels, in the plane where it shows most."""
    group: NDArray[np.intp]

    noise: float
    """Its standard error."""

    @classmethod
    def of(cls, pattern: list[Field], noises: list[float], where: Mask) -> "_Paints":
        if not where.any():
            return cls(where, np.zeros(0, np.float32), np.zeros(0, np.intp), 0.0)
        best = int(np.argmax([float(np.abs(field[where]).sum()) for field in pattern]))
        own, noise = pattern[best][where], noises[best]
        most = min(PAINTS, int(where.sum() // LEAST_GROUP), int(np.ptp(own) / (APART * noise + 1e-3)))
        bounds = np.linspace(own.min(), own.max() + 1e-3, max(1, most) + 1)
        group = np.clip(np.searchsorted(bounds, own, side="right") - 1, 0, max(1, most) - 1)
        return cls(where, own, group, noise)

    def pooled(self, rough: Field, error: Field) -> tuple[Field, Field]:
        """Values by paint, and their standard errors: the paint's median, and of a pixel's own what is sure."""
        values, doubt = np.zeros_like(rough), np.ones_like(rough)
        if not self.where.any():
            return values, doubt
        own, noise, rows = rough[self.where], error[self.where], []
        for one in np.unique(self.group):
            chosen = self.group == one
            middle = float(np.median(own[chosen]))
            usual = float(np.median(noise[chosen]))
            scatter = float(np.median(np.abs(own[chosen] - middle))) * 1.4826
            sure = max(0.0, 1 - (usual / max(scatter, 1e-6)) ** 2)
            few = max(1.0, chosen.sum() / ALIKE) ** 0.5
            rows.append((float(np.median(self.own[chosen])), middle, 1.25 * usual / few, sure))
        middles, means, errors, sures = (np.array(column) for column in zip(*rows, strict=True))
        # Within its noise a pattern is that of the paint's middle.
        nearest = middles[np.abs(self.own[:, None] - middles).argmin(axis=1)]
        off = self.own - nearest
        at = nearest + np.sign(off) * np.maximum(0, np.abs(off) - 2 * self.noise)
        told, sure = np.interp(at, middles, means), np.interp(at, middles, sures)
        values[self.where] = told + sure * (own - told)
        doubt[self.where] = np.maximum(np.hypot(np.interp(at, middles, errors), sure * noise), LEAST_SPREAD)
        return values, doubt
