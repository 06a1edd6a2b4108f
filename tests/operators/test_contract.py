"""One declaration: name, schema, phases, provider; and a context that reports true units."""

import pytest

from reelwright.errors import Cancelled, InvalidParameter, UnknownOperator
from reelwright.models.port import BUILTIN, NoModels, Provider
from reelwright.operators import Context, Params, Result, files, load, names, operator, param
from reelwright.operators.context import Silent


class TrimParams(Params):
    video: files.Video = param("Video to cut.")
    also: tuple[files.Audio, ...] = param("Sounds.", ())
    start: float = param("Where it begins.", 0.0, ge=0, unit="s", example=1.5)


class Part(Result):
    clip: files.Video = param("A piece.")


class TrimResult(Result):
    parts: tuple[Part, ...] = param("The pieces.")
    poster: files.Image | None = param("A picture.", None)


def _choose(params, models):
    return Provider("net", "model", {"net": "1" * 64}) if models.installed("net") else BUILTIN


@operator(version=2, name="test.trim", phases={"look": 1, "cut": 3}, choose=_choose, tiers=("builtin", "model"))
def trim(params: TrimParams, ctx: Context) -> TrimResult:
    return TrimResult(parts=(Part(clip=str(ctx.output("a.mp4"))), Part(clip=str(ctx.output("b.mp4")))))


class Heard(Silent):
    def __init__(self, *, cancel_after=None):
        self.said, self.phases, self._left = [], [], cancel_after

    def progress(self, percent, phase, done, total, unit):
        self.said.append((round(percent, 1), phase, done, total, unit))

    def phase(self, name):
        self.phases.append(name)

    def check(self):
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Cancelled("the job was cancelled")


def context(tmp_path, reporter, phases=None):
    return Context(scratch=tmp_path, outputs=tmp_path, reporter=reporter, models=NoModels(), phases=phases)


def test_the_declaration_says_everything():
    assert (trim.name, trim.version, trim.params, trim.result) == ("test.trim", 2, TrimParams, TrimResult)
    start = trim.params.model_json_schema()["properties"]["start"]
    assert start == {
        "default": 0.0, "description": "Where it begins.", "example": 1.5, "minimum": 0, "title": "Start",
        "type": "number", "unit": "s",
    }  # fmt: skip
    assert trim.params.model_json_schema()["properties"]["video"]["x-file"] == "video"


def test_an_operator_is_a_plain_callable():
    made = trim(TrimParams(video="a.mp4"))

    assert [part.clip.rpartition("/")[2] for part in made.parts] == ["a.mp4", "b.mp4"]


def test_without_weights_the_built_in_provider_serves():
    assert trim.provider(TrimParams(video="a"), NoModels()) == BUILTIN


def test_files_are_found_wherever_they_stand():
    params = TrimParams(video="v", also=("x", "y"))
    result = TrimResult(parts=(Part(clip="c0"), Part(clip="c1")), poster="p")

    assert [(files.dotted(path), kind, text) for path, kind, text in files.fields(params)] == [
        ("video", "video", "v"),
        ("also.0", "audio", "x"),
        ("also.1", "audio", "y"),
    ]
    assert [text for _, _, text in files.fields(result)] == ["c0", "c1", "p"]


def test_a_file_is_replaced_in_a_dumped_model():
    dumped = TrimResult(parts=(Part(clip="c0"),)).model_dump(mode="json")

    files.replace(dumped, ("parts", 0, "clip"), "oss://b/k")

    assert dumped["parts"][0]["clip"] == "oss://b/k"


def test_progress_is_the_weighted_sum_of_the_phases(tmp_path):
    heard = Heard()
    ctx = context(tmp_path, heard, {"look": 1, "cut": 3})

    assert list(ctx.track("ab", total=2, phase="look")) == ["a", "b"]
    assert list(ctx.track("abc", total=3, phase="cut", unit="shot")) == ["a", "b", "c"]

    assert heard.phases == ["look", "cut"]
    assert heard.said[-1] == (100.0, "cut", 3, 3, "shot")
    assert (25.0, "look", 2, 2, "frame") in heard.said
    percents = [percent for percent, *_ in heard.said]
    assert percents == sorted(percents)


def test_progress_never_falls_when_a_phase_starts_over(tmp_path):
    heard = Heard()
    ctx = context(tmp_path, heard)

    ctx.enter("work")
    ctx.report(5, 5)
    ctx.report(1, 5)
    ctx.report(5, 5)

    assert [percent for percent, *_ in heard.said] == [100.0, 100.0]


def test_a_cancelled_run_stops_at_the_next_item(tmp_path):
    ctx = context(tmp_path, Heard(cancel_after=2))
    seen = []

    with pytest.raises(Cancelled):
        seen.extend(ctx.track(range(10), total=10))

    assert len(seen) <= 2


@pytest.mark.parametrize("name", ["../up.mp4", "folder/a.mp4", "", ".hidden"])
def test_an_output_is_a_plain_name(tmp_path, name):
    with pytest.raises(InvalidParameter):
        context(tmp_path, Silent()).output(name)


def test_every_name_loads_the_operator_of_that_name():
    assert "video.cover" in names()
    assert all(load(name).name == name for name in names())


def test_an_unknown_name_is_answered_with_near_ones():
    with pytest.raises(UnknownOperator, match=r"did you mean video\.cover"):
        load("video.covr")
