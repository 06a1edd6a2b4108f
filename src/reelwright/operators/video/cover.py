"""Choose the pictures that best stand for a whole video, as stills or as one short looping GIF.

A short video is looked at frame by frame. In a longer one the key frames come first, because
they decode a hundred times faster than real time; only around the best of them is every frame
seen. Black, blown-out, blurred and plain pictures are dropped, and so are those within a cut,
dissolve or fade. The others are ranked by sharpness, tones, colours, exposure and faces, and no
two covers show the same moment: a video of one unmoving scene has one cover, however many are
asked for.

Dark and soft are judged against the video's own level, so a film shot at night has covers too.
With the `yunet` model small and turned faces are found; without it the detector inside OpenCV
finds larger ones. Words and meaning are not understood: a slide or a title counts as a picture.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.kernels import faces, ranking, similarity, stills
from reelwright.media import frames, gifs, images, moments, probe
from reelwright.media.moments import Moment, Stretch
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Resources, Result, files, operator, param

MODEL = "yunet"
SHORT = Fraction(30)  # seconds; a video up to this is looked at frame by frame
SHORT_STEP = Fraction(1, 5)  # seconds between measured frames of a short one
KEYS = 160  # most key frames examined, spread evenly
SPARSE = Fraction(12)  # seconds without a key frame after which frames between are examined too
SPARSE_PARTS = 10  # …or this part of the video, if longer
FILL_STEP = Fraction(2)  # seconds between those frames
SOON = Fraction(3)  # seconds after a bad key frame that are looked at where good ones are few…
SOON_PARTS = 3  # …at so many moments
SPARE = 2  # places looked at closely for each cover wanted, and as many more
CLOSE_SHARE = Fraction(1, 10)  # of the video's length, at most, for all close looks together
CLOSE = (Fraction(2, 5), Fraction(3, 5))  # seconds of one close look, at least and at most
KEPT_PIXELS = 50_000_000  # in all frames kept; 75 MB at 8 bits
CLOSE_STEP = Fraction(3, 25)  # seconds between measured frames of one

SMEAR_COST = 8.0  # score lost by a part of the picture that changes wholly from frame to frame
SMEAR_MOST = 0.25  # a part that changes more is no more smeared than so
REPEAT_COST = 5.0  # score lost by a picture that nearly repeats a chosen one
FACE_BONUS = 1.5  # score won by a face that can be recognised
FACE_SIDE = 320  # pixels of the longer side on which faces are looked for
FACE_LEAST = 0.1  # of the picture's shorter side
FINALISTS = 2  # pictures in which faces are looked for, for each cover wanted
BEST = 10.0

GIF_SIDE = 320  # pixels of the longer side, unless asked otherwise
GIF_PLACES = (2, 5)  # places compared for movement, at least and at most
GIF_SHARE = Fraction(1, 10)  # of the video's length that they may take together
LIVELY = 0.06  # change from frame to frame beyond which a scene is no livelier, only restless
LIVELY_BONUS = 5.0  # score won by the liveliest scene
GIF_SHOWN = 5  # of its pictures on the contact sheet, or one more
LOOP_BLEND = Fraction(2, 5)  # seconds over which the end of a GIF blends into its beginning
SLIMMER = ((1.0, 256), (1.0, 128), (0.8, 96), (0.66, 64), (0.5, 64), (0.4, 48), (0.3, 32))  # (size, colours) in turn

Scored = tuple[Moment, float]


class CoverParams(Params):
    video: files.Video = param("Video to look at.")
    count: int = param("Stills wanted; fewer come back if fewer are good and differ.", 3, ge=1, le=20)
    model: Literal["still", "gif"] = param("Still pictures, or one looping animation of the liveliest moment.", "still")
    image_format: Literal["png", "jpg", "gif"] = param(
        "File format of stills. `gif` makes one animation, as `model` gif does.", "png"
    )
    min_gap: float = param("Least time between two stills.", 2.0, ge=0, unit="s")
    width: int | None = param(
        "Width of the animation; by default its longer side has 320 pixels. Never wider than the video. "
        "Stills keep the video's size.",
        None,
        ge=16,
        le=1920,
        unit="px",
    )
    gif_seconds: float = param(
        "Length of the animation; shorter where no shot is that long.", 3.0, ge=0.5, le=10, unit="s"
    )
    gif_fps: float = param("Frames of the animation in a second; never more than the video has.", 12.0, ge=1, le=25)
    gif_bytes: int = param(
        "Largest animation; colours and size are reduced until it fits, as far as they can be.",
        4_000_000,
        ge=20_000,
        unit="B",
    )
    preview: bool = param("Also write a contact sheet of what was chosen.", False)


class Cover(Result):
    image: files.Image = param("The picture. Stills have the size of the video as players show it.")
    time: float = param("Where it stands in the video; an animation begins there.", unit="s")
    score: float = param("How much there is to see, 0 to 10; compare within one video only.")


class CoverResult(Result):
    covers: tuple[Cover, ...] = param("The covers, best first.")
    sheet: files.Image | None = param("The contact sheet.", None)


def _choose(params: CoverParams, models: Models) -> Provider:
    return Provider(MODEL, "model", {MODEL: models.digest(MODEL)}) if models.installed(MODEL) else BUILTIN


@operator(
    version=2,
    quality=Quality("bad_cover_rate", at_most=0.0),
    resources=Resources(threads=2),
    phases={"look": 5, "look closer": 4, "write": 1},
    choose=_choose,
    tiers=("builtin", "model"),
)
def cover(params: CoverParams, ctx: Context) -> CoverResult:
    media = probe.with_video(params.video)
    search = _Search(params, media, ctx)
    ctx.media(float(search.length))
    animated = params.model == "gif" or params.image_format == "gif"
    return _animation(search) if animated else _stills(search)


def _stills(search: "_Search") -> CoverResult:
    params, ctx = search.params, search.ctx
    chosen = _apart(search.with_faces(search.best()), params.count, Fraction(params.min_gap))
    covers: list[Cover] = []
    shown: list[frames.Picture] = []
    for one, score in ctx.track(chosen, total=len(chosen), unit="picture", phase="write"):
        frame = one.frame or frames.at(params.video, one.time)
        picture = images.resized(frame.rgb, *search.video.displayed)
        image = images.save(picture, ctx.output(f"cover-{len(covers) + 1:02}.{params.image_format}"))
        covers.append(Cover(image=image, time=float(frame.time), score=round(score, 3)))
        shown.append(images.fitted(picture, *images.SHEET_CELL))
    return CoverResult(covers=tuple(covers), sheet=_sheet(search, shown))


def _sheet(search: "_Search", shown: Sequence[frames.Picture]) -> str | None:
    """Shows the pictures while the job ends; the file, if it is wanted."""
    wanted, ctx = search.params.preview, search.ctx
    path = ctx.output("sheet.jpg") if wanted else ctx.scratch / "covers.jpg"
    images.save(images.contact_sheet(shown), path)
    ctx.preview(path)
    return str(path) if wanted else None


def _animation(search: "_Search") -> CoverResult:
    params, ctx = search.params, search.ctx
    score, start, end = search.liveliest()
    ctx.enter("write")
    size = _animation_size(params.width, search.video)
    fps = Fraction(params.gif_fps).limit_denominator(1000)
    if search.video.frame_rate:
        fps = min(fps, search.video.frame_rate)
    pictures = list(_every(frames.stream(params.video, start=start, end=end), 1 / fps, size))
    whole = len(pictures)
    pictures = gifs.looped(pictures, round(LOOP_BLEND * fps))
    start += (whole - len(pictures)) / fps  # the loop begins after what its end blends into
    image = _fitting_gif(pictures, ctx, fps, params.gif_bytes)
    ctx.report(len(pictures), len(pictures))
    sheet = _sheet(search, pictures[:: max(1, len(pictures) // GIF_SHOWN)])
    return CoverResult(covers=(Cover(image=image, time=float(start), score=round(score, 3)),), sheet=sheet)


def _every(shown: Iterable[frames.Frame], step: Fraction, size: tuple[int, int]) -> Iterator[frames.Picture]:
    due = None
    for frame in shown:
        due = frame.time if due is None else due
        if frame.time >= due:
            yield frame.small(*size)
            due += step


def _animation_size(width: int | None, video: probe.VideoStream) -> tuple[int, int]:
    if width is None:
        return moments.fitting(video, GIF_SIDE)
    wide, high = video.displayed
    return min(width, wide), max(1, round(high * min(width, wide) / wide))


def _fitting_gif(pictures: Sequence[frames.Picture], ctx: Context, fps: Fraction, most: int) -> str:
    """The first of ever slimmer animations that is small enough."""
    high, wide = pictures[0].shape[:2]
    image, path = "", ctx.output("cover-01.gif")
    for scale, colours in SLIMMER:
        ctx.check()
        small = [images.resized(one, max(1, round(wide * scale)), max(1, round(high * scale))) for one in pictures]
        image = gifs.save(small, path, fps=fps, colours=colours)
        if path.stat().st_size <= most:
            return image
    size = path.stat().st_size
    path.unlink()
    raise InvalidParameter(
        f"the animation cannot be made smaller than {size} bytes: allow more, or less gif_seconds or gif_fps",
        field="gif_bytes",
    )


def _apart(scores: Sequence[Scored], count: int, gap: Fraction) -> list[Scored]:
    """The best of them, no two alike or closer than `gap`; best first."""
    by_time = {one.time: (one, score) for one, score in scores}
    chosen = ranking.best_apart(
        {time: score for time, (_, score) in by_time.items()},
        count=count,
        gap=gap,
        likeness=lambda one, other: similarity.likeness(by_time[one][0].print, by_time[other][0].print),
        repeat_cost=REPEAT_COST,
    )
    return sorted((by_time[time] for time in chosen), key=lambda one: -one[1])


class _Search:
    """What was seen of one video, and what may be shown of it."""

    def __init__(self, params: CoverParams, media: probe.Media, ctx: Context) -> None:
        assert media.video is not None
        self.params, self.ctx, self.video = params, ctx, media.video
        self.length = media.duration or moments.length_of(params.video)
        self._stretch: Stretch | None = None
        self._level = stills.Level.of(())

    def good(self) -> list[Moment]:
        """The moments seen first that may be shown; `NothingFound` says what is wrong with all of them."""
        self.ctx.enter("look")
        if self.length <= SHORT:
            self._stretch = self._seen(None, None, SHORT_STEP, tick=self._tick)
            examined = list(self._stretch.moments)
        else:
            examined = self._examined()
        good = self._usable(examined)
        if not good:
            raise NothingFound(f"{self._name} has no frame to show: {self._faults(examined)}")
        return good

    def best(self) -> list[Moment]:
        """The moments to choose stills from: in a long video the best near each of the good ones."""
        good = self.good()
        if self._stretch is not None:
            return good
        best = self._closer(good)
        if not best:
            raise NothingFound(f"{self._name} has no frame to show: all the good ones lie within transitions")
        return best

    def score(self, one: Moment) -> float:
        return max(0.0, stills.interest(one.still, self._level) - SMEAR_COST * min(one.smear, SMEAR_MOST))

    def with_faces(self, found: Sequence[Moment]) -> list[Scored]:
        """The scores, raised for the best ones that show faces."""
        scores = [(one, self.score(one)) for one in found]
        looked_at = {one.time for one, _ in _apart(scores, FINALISTS * self.params.count, Fraction(0))}
        detect = self.ctx.models.warm(f"{MODEL}:{self.ctx.provider.name}", self._detector)
        return [
            (one, min(BEST, score + (FACE_BONUS if one.time in looked_at and _shows_face(one, detect) else 0)))
            for one, score in scores
        ]

    def liveliest(self) -> tuple[float, Fraction, Fraction]:
        """Score, start and end of the best scene for an animation: good to see, and moving, without a cut."""
        length = Fraction(self.params.gif_seconds).limit_denominator(1000) + LOOP_BLEND
        good = self.good()
        stretches = [self._stretch] if self._stretch else self._scenes(good, length)
        spans = [span for one in stretches for span in self._moving(one, length)]
        if not spans:
            raise NothingFound(f"{self._name} has no scene without a cut that could be animated")
        # A shorter loop than asked for has to be so much the better.
        return max(spans, key=lambda span: (span[0] * min(1.0, float((span[2] - span[1]) / length)), -span[1]))

    def _scenes(self, good: Sequence[Moment], length: Fraction) -> list[Stretch]:
        """Stretches of a long video from the good moments after which most seems to happen."""
        activity = moments.activity(self.params.video, [one.time for one in good], length)
        scores = {one.time: self.score(one) + LIVELY_BONUS * lively for one, lively in zip(good, activity, strict=True)}
        count = min(max(int(self.length * GIF_SHARE / length), GIF_PLACES[0]), GIF_PLACES[1])
        places = ranking.best_apart(scores, count=count, gap=length)
        return [
            self._seen(start, start + length, SHORT_STEP, skip="nonref")
            for start in self.ctx.track(places, total=len(places), unit="place", phase="look closer")
        ]

    def _moving(self, seen: Stretch, length: Fraction) -> Iterator[tuple[float, Fraction, Fraction]]:
        """Every window of a stretch that shows nothing bad, scored."""
        bad = [one.time for one in seen.moments if stills.fault(one.still, self._level)]
        for begin, finish in seen.clean():
            for one in seen.moments:
                start = one.time
                end = min(start + length, finish)
                if not begin <= start < finish or any(start <= time < end for time in bad):
                    continue
                inside = [self.score(other) for other in seen.moments if start <= other.time < end]
                restless = [change for time, change in zip(seen.times, seen.changes, strict=True) if start < time < end]
                lively = min(1.0, sum(restless) / max(1, len(restless)) / LIVELY)
                yield min(BEST, sum(inside) / len(inside) + LIVELY_BONUS * lively), start, end

    def _examined(self) -> list[Moment]:
        """Key frames, and frames between those that are far apart."""
        keys = []
        for one in moments.at_keys(self.params.video, self.video, self.length / KEYS):
            self._tick(one.time)
            keys.append(one)
        sparse = max(SPARSE, self.length / SPARSE_PARTS)
        ends = [one.time for one in keys[1:]] + [self.length]
        for start, end in zip([one.time for one in keys], ends, strict=True):
            if end - start > sparse:
                keys += self._filled(start, end)
        usable = self._usable(keys)
        if not usable:
            keys += self._filled(Fraction(0), None)
        elif len(usable) < SPARE * (self.params.count + 1):
            good = {one.time for one in usable}
            keys += self._soon([one.time for one in keys if one.time not in good])
        return keys

    def _soon(self, bad: Sequence[Fraction]) -> list[Moment]:
        """What comes soon after key frames that show nothing: coders begin anew where a fade begins."""
        span = min(SOON, self.length * CLOSE_SHARE / max(1, len(bad)))
        return [one for start in bad for one in self._filled(start, start + span, span / SOON_PARTS)]

    def _filled(self, start: Fraction, end: Fraction | None, step: Fraction | None = None) -> list[Moment]:
        step = step or max(FILL_STEP, self.length / KEYS)
        found = []
        for one in moments.now_and_then(self.params.video, self.video, start, end, step):
            self._tick(one.time)
            found.append(one)
        return found

    def _usable(self, examined: Sequence[Moment]) -> list[Moment]:
        self._level = stills.Level.of([one.still for one in examined])
        return [one for one in examined if stills.fault(one.still, self._level) is None]

    def _closer(self, good: Sequence[Moment]) -> list[Moment]:
        """The best moment within a second after each of the best places, out of transitions."""
        scored = [(one, self.score(one)) for one in good]
        places = _apart(scored, SPARE * self.params.count + SPARE, max(Fraction(self.params.min_gap), CLOSE[1]))
        share = self.length * CLOSE_SHARE / max(1, len(places))
        length = min(max(share, CLOSE[0]), CLOSE[1])
        # Whole frames of many places would not fit in memory; without them they are decoded a second time.
        keep = self.video.width * self.video.height * len(places) < KEPT_PIXELS
        best = []
        for one, _ in self.ctx.track(places, total=len(places), unit="place", phase="look closer"):
            seen = self._seen(one.time, one.time + length, CLOSE_STEP, keep_frames=keep)
            usable = [near for near in seen.moments if stills.fault(near.still, self._level) is None]
            if usable:
                best.append(max(usable, key=self.score))
        return best

    def _seen(
        self,
        start: Fraction | None,
        end: Fraction | None,
        step: Fraction,
        *,
        tick: moments.Tick | None = None,
        skip: frames.Skip = "none",
        keep_frames: bool = False,
    ) -> Stretch:
        def check(time: Fraction) -> None:
            self.ctx.check()

        return moments.stretch(
            self.params.video,
            self.video,
            start=start,
            end=end,
            step=step,
            tick=tick or check,
            skip=skip,
            keep_frames=keep_frames,
        )

    @property
    def _name(self) -> str:
        return Path(self.params.video).name

    def _tick(self, time: Fraction) -> None:
        self.ctx.check()
        self.ctx.report(float(time), float(self.length), unit="s")

    def _detector(self) -> faces.Detector:
        if self.ctx.provider.name == MODEL:
            return faces.yunet(self.ctx.models.path(MODEL))
        return faces.frontal()

    def _faults(self, examined: Sequence[Moment]) -> str:
        if not examined:
            return "all that can be decoded lies within cuts and fades"
        counts = Counter(stills.fault(one.still, self._level) or "within a transition" for one in examined)
        told = ", ".join(f"{count} {fault}" for fault, count in counts.most_common())
        return f"of {len(examined)} examined {told}"


def _shows_face(one: Moment, detect: faces.Detector) -> bool:
    if one.picture is None:
        return False
    picture = images.fitted(one.picture, FACE_SIDE, FACE_SIDE)
    least = FACE_LEAST * min(picture.shape[:2])
    return any(face.width >= least for face in detect(picture))
