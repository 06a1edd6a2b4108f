"""`preview`: every video operator writes a contact sheet where it is asked for, and none where it is not."""

from pathlib import Path

import pytest

from reelwright import operators
from reelwright.media import images
from reelwright.media.making import SCENE
from reelwright.operators import Context

VIDEO = [name for name in operators.names() if name.startswith("video.")]

WITHOUT_BEFORE = {"video.chart", "video.generate", "video.tags"}
"""Nothing goes in that comes out changed: two make films of no film, one only looks."""
WITHOUT_BEFORE |= {"video.assemble", "video.audiogram", "video.concat", "video.frames", "video.sound", "video.trim"}
"""Nor here: films of pictures or of a sound, and films whose pictures stay what they were."""


@pytest.mark.parametrize("name", sorted(set(VIDEO) - WITHOUT_BEFORE))
def test_every_video_operator_has_the_param_and_the_result(name):
    operator = operators.load(name)
    assert operator.params.model_fields["preview"].default is False
    assert operator.result.model_fields["sheet"].default is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        pytest.param("video.cover", {}, id="cover"),
        pytest.param("video.cover", {"model": "gif"}, id="animated-cover"),
        pytest.param("video.portrait", {}, id="portrait"),
        pytest.param("video.shots", {}, id="shots"),
    ],
)
def test_the_sheet_is_written_where_it_is_asked_for(make_video, tmp_path, name, given):
    clip, operator = make_video([(SCENE, 1.5), (SCENE, 1.5)], seed=4), operators.load(name)
    results = {}
    for wanted in (False, True):
        ctx = Context.local(out=tmp_path / str(wanted), phases=operator.phases)
        results[wanted] = operator(operator.params(video=str(clip.path), preview=wanted, **given), ctx)
    assert results[False].sheet is None
    assert not list((tmp_path / "False").glob("*sheet*"))
    sheet = images.load(results[True].sheet)
    assert Path(results[True].sheet).parent == tmp_path / "True"
    assert sheet.std() > 20
    assert max(sheet.shape[:2]) < 1500
