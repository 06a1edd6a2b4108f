"""`video.tags` on films and sounds of which it is known what they are like."""

import os
from pathlib import Path

import pytest

from reelwright.errors import ModelNotInstalled, NotMedia
from reelwright.media import making
from reelwright.media.making import matches, portraits
from reelwright.media.making.captioned import Cue, captioned
from reelwright.media.making.label_pairs import label_pair
from reelwright.media.making.takes import Take, film
from reelwright.models import seeing
from reelwright.models.hub import Hub
from reelwright.models.port import BUILTIN, Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.video import tags as module
from reelwright.operators.video.tags import TagsParams, tags

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))


def run(path, folder, **given):
    return tags(TagsParams(media=str(path), **given), Context.local(phases=tags.phases, out=folder))


def names(result, *groups):
    return {one.name for one in result.labels if not groups or one.group in groups}


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """Shots of a room in which somebody talks, and a black one."""
    takes = (Take(0, 4, talks=True), Take(1, 2, look=making.BLACK), Take(2, 4, talks=True))
    return film(tmp_path_factory.mktemp("film") / "talk.mp4", takes)


@pytest.fixture(scope="module")
def told(talk, tmp_path_factory):
    return run(talk.path, tmp_path_factory.mktemp("told"), read="no")


def test_the_scenes_are_the_shots(talk, told):
    assert [(one.start, one.end) for one in told.scenes] == [pytest.approx(span) for span in talk.spans]
    assert told.scenes[1].brightness < 0.05
    assert told.scenes[1].colours == ("black",)
    assert "dark" in told.scenes[1].labels


def test_labels_hold_for_the_scenes_they_are_true_of(told):
    dark = [one for one in told.labels if one.name == "black"]
    assert [(span.start, span.end) for one in dark for span in one.spans] in ([], [pytest.approx((4.0, 6.0))])
    speech = next(one for one in told.labels if one.name == "speech")
    assert 4.0 not in [span.start for span in speech.spans]
    assert "speech" in speech.why


def test_the_sound_is_told_in_shares(talk, told):
    spoken = sum(end - start for start, end in talk.phrases) / talk.seconds
    assert told.sound.speech == pytest.approx(spoken, abs=0.15)
    assert told.sound.music == pytest.approx(0, abs=0.05)
    assert told.sound.silence > 0.1


def test_a_match_is_sports(tmp_path):
    goals = [matches.Happening("goal", 4, 5), matches.Happening("goal", 20, 5)]
    made = matches.match(tmp_path / "match.mp4", 30, goals, seed=1)
    result = run(made.path, tmp_path, read="no")
    assert result.sound.cheering > 0.03
    assert "cheering" in names(result, "sound")


def test_a_song_alone_is_music(make_song, tmp_path):
    path, played = make_song()
    result = run(path, tmp_path)
    assert result.categories == ("music film",)
    assert result.sound.music > 0.9
    assert (result.width, result.scenes, result.looks) == (None, (), 0)
    assert result.length == pytest.approx(played.mix.shape[1] / played.rate, abs=0.1)


def test_a_face_that_stays_is_counted(tmp_path):
    made = portraits.portrait(tmp_path / "face.mp4", seconds=2.0)
    result = run(made.path, tmp_path, read="no")
    assert result.most_faces == 1
    assert result.face_share > 0.5
    assert "one person" in names(result, "people")


def test_words_on_the_screen_become_keywords(tmp_path):
    cues = [Cue(0.2, 1.4, "The lighthouse keeper"), Cue(1.6, 3.0, "A storm tonight")]
    made = captioned(tmp_path / "sea.mp4", cues, size=(480, 270))
    result = run(made.path, tmp_path, read="all")
    assert {one.text for one in result.lines} == {cue.text for cue in cues}
    assert result.lines[0].bottom > result.lines[0].top > 135
    assert any("lighthouse" in one for one in result.keywords)
    assert "words on screen" in names(result, "text")
    assert result.language == "en"


def test_the_title_gives_keywords_where_nothing_is_read(told, talk, tmp_path):
    assert told.keywords == ()
    result = run(talk.path, tmp_path, read="no", title="杭州西湖的春天", text="湖边的柳树和樱花", keywords=4)
    assert result.language == "zh"
    assert any("西湖" in one for one in result.keywords)
    assert len(result.keywords) <= 4


def test_what_is_no_medium_is_refused(broken_files, tmp_path):
    with pytest.raises(NotMedia):
        run(broken_files["not_media"], tmp_path)


@pytest.mark.skipif(not (DATA / "video").is_dir(), reason="the shared data is not here")
@pytest.mark.parametrize(
    ("file", "wanted", "unwanted"),
    [
        pytest.param("video/faces_three_standing.mp4", {"several people"}, {"no faces", "talking head"}, id="people"),
        pytest.param("video/coffee.mp4", {"one take", "no faces", "white"}, {"several people", "speech"}, id="coffee"),
        pytest.param("music/vibe_ace.ogg", {"music", "music film"}, {"speech", "cheering"}, id="vibes"),
        pytest.param("speech/en_jfk.flac", {"speech"}, {"music", "cheering"}, id="speech"),
    ],
)
def test_real_media(file, wanted, unwanted, tmp_path):
    found = names(run(DATA / file, tmp_path, read="no"))
    assert wanted <= found
    assert not unwanted & found


@pytest.mark.skipif(not (DATA / "speech").is_dir(), reason="the shared data is not here")
def test_what_is_said_is_written_down_where_asked(tmp_path):
    result = run(DATA / "speech" / "en_LJ001-0001.wav", tmp_path, transcribe=True)
    assert "represented in the exhibition" in " ".join(one.text for one in result.sentences).lower()
    assert all(0 <= one.start < one.end <= result.length for one in result.sentences)
    assert result.keywords


def test_things_are_named_by_a_model_that_sees(talk, tmp_path, monkeypatch):
    thing = seeing.Thing("lamp", (1, 2), 0.8)
    asked = []

    def look(pictures, models):
        asked.extend(pictures)
        return seeing.Seen((thing,), "A lamp.", 5)

    monkeypatch.setattr(module.seeing, "look", look)
    result = tags(
        TagsParams(media=str(talk.path), read="no"),
        Context.local(phases=tags.phases, out=tmp_path),
    )
    assert (result.summary, asked) == ("", [])
    monkeypatch.setattr(module.llm, "provider", lambda models: BUILTIN)
    result = run(talk.path, tmp_path, read="no", describe=True)
    assert result.summary == "A lamp."
    assert all(one.startswith(b"\xff\xd8") for one in asked)
    lamp = next(one for one in result.labels if one.group == "thing")
    assert (lamp.name, lamp.score) == ("lamp", 0.8)
    assert lamp.spans[0].start == 0


def test_label_networks_name_things_where_the_settings_have_them(tmp_path):
    path = making.picture(
        tmp_path / "red.mp4", (making.Shot("red", 2), making.Shot(making.BLACK, 2)), size=(160, 90)
    ).path
    models = Hub(tmp_path, endpoints={"labels": Endpoint(str(label_pair(tmp_path / "colours").folder), "")})

    def told(**given):
        params = TagsParams(media=str(path), read="no", **given)
        return tags(params, Context.local(phases=tags.phases, out=tmp_path, models=models))

    red = next(one for one in told(things_in="zh").labels if one.group == "thing")
    assert (red.name, red.tier) == ("红", "model")
    assert "colours" in red.why
    assert [(one.start, one.end) for one in red.spans] == [pytest.approx((0, 2), abs=0.1)]
    assert tags.provider(TagsParams(media="a.mp4"), models).name == "labels:colours"
    assert {one.tier for one in told(things="no").labels} == {"builtin"}
    assert tags.provider(TagsParams(media="a.mp4", things="no"), models) == BUILTIN


def test_the_memo_hangs_on_all_that_has_a_word_in_it(tmp_path):
    folder = str(label_pair(tmp_path / "colours").folder)
    models = Hub(tmp_path, endpoints={"labels": Endpoint(folder, ""), "llm": Endpoint("http://127.0.0.1:1", "big")})
    found = tags.provider(TagsParams(media="a.mp4", describe=True), models)
    assert found.tier == "upstream"
    assert set(found.models) == {"llm:big", "colours"}


def test_label_networks_that_are_wanted_and_not_there_are_told():
    with pytest.raises(ModelNotInstalled, match="labels_folder"):
        tags.provider(TagsParams(media="a.mp4", things="yes"), NoModels())


def test_without_a_model_that_sees_nothing_is_named():
    with pytest.raises(ModelNotInstalled, match="llm_url"):
        tags.provider(TagsParams(media="a.mp4", describe=True), NoModels())
