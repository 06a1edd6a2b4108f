"""`video.highlights` on films with planted moments, beside uniform choice."""

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from pydantic import ValidationError

from reelwright.errors import ModelNotInstalled, NoVideo, UpstreamFailed, UpstreamRefused
from reelwright.kernels import transcripts
from reelwright.media import frames, making, probe, samples
from reelwright.media.making import matches
from reelwright.models import llm
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.video import highlights as module
from reelwright.operators.video.highlights import HighlightsParams, highlights

SECONDS, CLIP = 60.0, 8.0


@pytest.fixture(scope="module")
def football(tmp_path_factory):
    happenings = matches.drawn(SECONDS, "goal", 2, seed=3)
    return matches.match(tmp_path_factory.mktemp("film") / "football.mp4", SECONDS, happenings, seed=3)


@pytest.fixture(scope="module")
def drama(tmp_path_factory):
    happenings = matches.drawn(SECONDS, "quarrel", 2, seed=4)
    path = tmp_path_factory.mktemp("film") / "drama.mp4"
    return matches.match(path, SECONDS, happenings, seed=4, crowd=False)


@pytest.fixture(scope="module")
def found(football, tmp_path_factory):
    """Clips and reel of the match, made once."""
    out = tmp_path_factory.mktemp("clips")
    return run(football.path, out, kind="sports", count=2, clip=CLIP, write="both", quality="draft", preview=True)


def run(*paths, **given):
    *films, out = paths
    params = HighlightsParams(videos=tuple(map(str, films)), **given)
    return highlights(params, Context.local(phases=highlights.phases, out=out))


def spans(result):
    return [(one.start, one.end) for one in result.highlights]


def uniform(film, count, length):
    middles = [(number + 0.5) * film.seconds / count for number in range(count)]
    return [(middle - length / 2, middle + length / 2) for middle in middles]


def test_the_goals_are_found(football, found):
    assert football.found(spans(found)) == 1
    assert football.found(spans(found)) > football.found(uniform(football, 2, CLIP))


def test_quarrels_are_found_in_a_drama(drama, tmp_path):
    result = run(drama.path, tmp_path, kind="drama", count=2, clip=CLIP, write="none")
    assert drama.found(spans(result)) == 1
    assert "raised voice" in result.highlights[0].signs
    assert "cheering" not in result.highlights[0].signs


def test_a_highlight_tells_its_reason(found):
    assert {"cheering", "raised voice"} <= set(found.highlights[0].signs)
    assert "cheering" in found.highlights[0].reason


def test_each_is_a_file_as_long_as_told(found):
    for one in found.highlights:
        count = len(list(frames.stream(one.video)))
        assert count / 25 == pytest.approx(one.end - one.start, abs=0.041)


def test_the_reel_has_all_of_them_in_order_of_time(football, found):
    length = float(probe.probe(found.reel).duration)
    assert length == pytest.approx(found.length, abs=0.1)
    first = min(spans(found))
    wanted = frames.at(football.path, Fraction(first[0]) + 1).small_gray(64, 36).astype(float)
    got = frames.at(found.reel, Fraction(1)).small_gray(64, 36)
    assert abs(wanted - got).mean() < 6


def test_no_edge_is_amid_words(found):
    assert found.cuts_in_talk == 0
    assert Path(found.sheet).stat().st_size > 0


def test_films_of_other_shapes_become_one_reel(make_video, tmp_path):
    wide = make_video([(making.SCENE, 3.0)], sound=True)
    tall = make_video([(making.SCENE, 2.0)], size=(180, 320), name="tall.mp4")
    result = run(wide.path, tall.path, tmp_path, write="reel", clip=2, quality="draft")
    media = probe.probe(result.reel)
    assert media.video.displayed == (320, 180)
    assert {one.film for one in result.highlights} == {0, 1}
    assert float(media.duration) == pytest.approx(result.length, abs=0.1)
    last = frames.at(result.reel, Fraction(result.length) - Fraction(1, 5)).rgb
    assert last[:, :80].max() < 20  # bars beside the tall film
    assert last[:, 120:200].max() > 60
    sound = samples.read(result.reel)
    assert sound.samples.shape[1] / sound.rate == pytest.approx(result.length, abs=0.05)


def test_a_size_is_kept(make_video, tmp_path):
    result = run(make_video([(making.SCENE, 2.0)]).path, tmp_path, width=160, height=160, quality="draft")
    assert probe.probe(result.highlights[0].video).video.displayed == (160, 160)


def test_only_times_write_no_film(make_video, tmp_path):
    result = run(make_video([(making.SCENE, 2.0)]).path, tmp_path, write="none")
    assert [one.video for one in result.highlights] == [None]
    assert result.reel is None
    assert not list(tmp_path.glob("*.mp4"))


def test_without_a_film_there_is_nothing_to_do():
    with pytest.raises(ValidationError, match="at least 1"):
        HighlightsParams(videos=())


def test_sound_alone_has_no_highlights(broken_files, tmp_path):
    with pytest.raises(NoVideo):
        run(broken_files["sound_only"], tmp_path)


# What is said


class Talking(NoModels):
    def endpoint(self, capability):
        return Endpoint("http://127.0.0.1:1", "tiny") if capability == llm.CAPABILITY else None


def sentence(start, end, text):
    return transcripts.Sentence((transcripts.Word(text, start, end, 1.0, False),))


@pytest.fixture
def judged(monkeypatch, drama):
    """Runs it with planted words, and a language model that answers as given or raises."""
    planted = [sentence(10, 18, "hello"), sentence(40, 48, "I am your father")]

    def judged(tmp_path, answer, **given):
        def ask(self, messages, shape, *, check=None, seed=0):
            if isinstance(answer, Exception):
                raise answer
            value = msgspec.convert({"passages": answer}, shape)
            check(value)
            return llm.Answer(value, 5)

        monkeypatch.setattr(llm.Llm, "ask", ask)
        heard = module.hearing.Transcript(tuple(planted), "en", "sphinx")
        monkeypatch.setattr(module.hearing, "transcript", lambda *given, **more: heard)
        params = HighlightsParams(videos=(str(drama.path),), count=1, clip=CLIP, write="none", **given)
        return highlights(params, Context.local(phases=highlights.phases, out=tmp_path, models=Talking()))

    return judged


CHOSEN = [{"first": 2, "last": 2, "score": 1.0, "title": "The truth", "reason": "it comes out"}]


def test_a_passage_that_the_model_chose_comes_first_and_gives_the_title(judged, drama, tmp_path):
    result = judged(tmp_path, CHOSEN, language="en")
    (one,) = result.highlights
    assert min(one.end, 48) - max(one.start, 40) > 6
    assert (one.title, one.signs[0], result.judged_by) == ("The truth", "words", "tiny")
    assert one.reason.startswith("what is said")
    assert one.reason.endswith(": it comes out")


@pytest.mark.parametrize("fault", [UpstreamFailed("it is down"), UpstreamRefused("no such key")], ids=["down", "key"])
def test_without_an_answer_picture_and_sound_choose(judged, drama, tmp_path, fault):
    result = judged(tmp_path, fault, language="en")
    alone = run(drama.path, tmp_path, count=1, clip=CLIP, write="none")
    assert spans(result) == spans(alone)
    assert result.judged_by == ""
    assert any("was not judged" in one and fault.message in one for one in result.notes)


def test_built_in_ears_are_not_believed_in_a_language_nobody_told():
    def digests(**given):
        return set(highlights.provider(HighlightsParams(videos=("a.mp4",), **given), Talking()).models)

    assert digests() == set()
    assert digests(language="en") == digests(words="yes") == {"llm:tiny"}
    assert digests(language="en", words="no") == set()
    assert digests(language="zh") == set()


def test_judging_that_is_wanted_needs_a_model():
    with pytest.raises(ModelNotInstalled, match="llm_url"):
        highlights.provider(HighlightsParams(videos=("a.mp4",), words="yes"), NoModels())
