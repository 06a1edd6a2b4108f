"""The plan `storyboard`: which steps it wants as a story becomes known, and what failures leave of it."""

import copy

import pytest

from reelwright import operators
from reelwright.errors import InvalidParameter
from reelwright.kernels import narration
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Ref, Seen, refs, resolved
from reelwright.pipelines.storyboard.params import StoryboardParams

PLAN = registry.find("storyboard")
FILE = "oss://media/a"


def shot(number, *, board="st_1", place="place-1", figures=("figure-1",), **more):
    base = {"id": str(number), "board": board, "number": number, "kind": "narration", "text": f"第{number}句。"}
    base |= {"speaker": "", "voice": "siqi", "speech": "", "place": place, "figures": list(figures), "props": []}
    base |= dict.fromkeys(("time", "weather", "season", "mood", "size", "camera", "action"), "")
    base |= {"picture_prompt": "小禾在村里", "clip_prompt": "小禾在村里走", "seconds": 3.0}
    return base | more


def read(boards=1):
    return {
        "title": "雪夜的灯",
        "language": "zh",
        "characters": 100,
        "boards": [
            {"id": f"st_{n}", "number": n, "title": f"第{n}回", "text": "正文。", "characters": 3}
            for n in range(1, boards + 1)
        ],
        "figures": [
            {"id": "figure-1", "name": "小禾", "aliases": [], "role": "", "gender": "female", "age": "young"}
            | {"look": "穿红衣的女孩", "voice": "xiaoyun", "mentions": 3}
        ],
        "places": [
            {"id": "place-1", "name": "村", "aliases": [], "look": "山村", "mentions": 1},
            {"id": "place-2", "name": "河", "aliases": [], "look": "冰河", "mentions": 1},
        ],
        "props": [{"id": "prop-1", "name": "灯", "look": "红灯", "mentions": 1}],
    }


def scripted(*shots):
    return {"shots": list(shots), "seconds": 3.0 * len(shots)}


def seen(boards=1, shots=3, **failed):
    """A story that was read and written: the same shots in each storyboard, numbered by the thousand."""
    finished = {"read": read(boards)}
    for board in range(1, boards + 1):
        own = (shot(1000 * (board - 1) + n, board=f"st_{board}") for n in range(1, shots + 1))
        finished[f"board-{board}.script"] = scripted(*own)
    return Seen(finished, {name.replace("__", "."): code for name, code in failed.items()})


def with_failed(found, *names):
    return Seen(found.finished, dict.fromkeys(names, "NotMedia"))


def params(**given):
    return StoryboardParams(text=FILE, **given)


def steps(found, **given):
    return {one.name: one for one in PLAN.steps(params(**given), found)}


def parts(found, part, **given):
    return [name for name in steps(found, **given) if name.endswith(f".{part}")]


# ---- growing


def test_at_first_only_the_text_is_read():
    assert list(steps(Seen())) == ["read"]


def test_once_read_it_wants_scripts_and_pictures_of_the_elements():
    wanted = steps(Seen({"read": read(2)}))

    assert list(wanted) == [
        *("read", "board-1.script", "board-2.script"),
        *("element.figure-1", "element.place-1", "element.place-2", "element.prop-1"),
    ]
    assert wanted["board-2.script"].params["first_shot"] == 1001
    assert wanted["element.figure-1"].params["subject"] == "figure"


def test_once_written_it_wants_every_shot_and_both_films():
    wanted = steps(seen(shots=2))

    assert [name for name in wanted if name.startswith("shot-1.")] == [
        f"shot-1.{part}" for part in ("picture", "speech", "clip", "take")
    ]
    assert set(wanted["board-1.film"].needs) == {"shot-1.take", "shot-2.take"}
    assert set(wanted["film"].needs) >= {"board-1.film", "shot-1.take", "shot-2.take"}
    assert list(wanted)[-1] == PLAN.final


def test_no_film_is_wanted_while_a_script_is_missing():
    half = seen(boards=2)
    found = Seen({name: one for name, one in half.finished.items() if name != "board-2.script"})

    wanted = steps(found)
    assert "board-1.film" in wanted
    assert "film" not in wanted


def test_every_operator_takes_what_it_is_given():
    """Params with what earlier steps make in place of each Ref are valid, for both ways of making clips."""
    found = seen(boards=2)
    made = {
        "image.generate": {"images": [{"image": FILE}]},
        "speech.speak": {"audio": FILE, "seconds": 2.5, "sentences": [{"text": "一。", "start": 0.1, "end": 2.0}]},
        "video.generate": {"video": FILE},
        "story.take": {"video": FILE, "sound": FILE, "still": FILE, "frames": 66, "speech_start": 0.1}
        | {"cues": [{"text": "一。", "start": 0.2, "end": 2.1}], "voices": [{"start": 0.2, "end": 2.1}]},
        "story.join": {"video": FILE, "sound": FILE, "shots": [{"shot": "1", "first": 60, "frames": 66}]}
        | {"cues": [{"text": "一。", "start": 0.2, "end": 2.1, "shot": "1"}]},
    }
    for given in ({}, {"prompts": "multi"}, {"sound": False}, {"only_storyboard": True}, {"bundle": True}):
        finished = dict(found.finished)
        for one in PLAN.steps(params(**given), found):
            operator = operators.load(one.operator)
            operator.params.model_validate(resolved(one.params, finished))
            finished.setdefault(one.name, made.get(one.operator, {}))


# ---- one shot


def test_a_clip_is_as_long_as_its_take_once_the_speech_is_known():
    found = seen()

    before = steps(found)["shot-1.clip"]
    assert before.params["seconds"] == Ref("shot-1.speech", "seconds")
    spoken = Seen({**found.finished, "shot-1.speech": {"seconds": 2.51}})
    after = steps(spoken)["shot-1.clip"]
    assert after.params["seconds"] == narration.frames(2.51, 24) / 24
    assert set(after.needs) == set(before.needs) == {"shot-1.picture", "shot-1.speech"}


@pytest.mark.parametrize(("spoken", "asked"), [(0.3, 1.0), (61.0, 60.0), (400.0, 60.0)], ids=str)
def test_a_clip_is_asked_for_within_what_can_be_made(spoken, asked):
    found = Seen({**seen().finished, "shot-1.speech": {"seconds": spoken}})

    assert steps(found)["shot-1.clip"].params["seconds"] == asked


def test_pictures_flow_into_clips_or_the_cast_does():
    found = seen()

    by_picture, by_words = steps(found)["shot-1.clip"], steps(found, prompts="multi")["shot-1.clip"]
    assert by_picture.params["first"] == Ref("shot-1.picture", "images.0.image")
    assert steps(found)["shot-1.picture"].params["cast"][0]["image"] == Ref("element.figure-1", "images.0.image")
    assert by_words.params["cast"] == [
        {"name": "小禾", "look": "穿红衣的女孩", "image": Ref("element.figure-1", "images.0.image")}
    ]
    assert "shot-1.picture" not in steps(found, prompts="multi")


def test_figures_speak_in_their_own_voice():
    found = Seen(
        {"read": read(), "board-1.script": scripted(shot(1, kind="dialogue", voice="xiaoyun", speaker="figure-1"))}
    )

    wanted = steps(found)
    assert wanted["shot-1.speech"].params["voice"] == "xiaoyun"
    assert wanted["film"].params["boards"][0]["shots"][0]["speaker"] == "小禾"


def test_two_voices_in_one_shot_are_told_as_they_were_written():
    marked = "<speak><voice name='a'>“来。”</voice></speak>"
    found = Seen({"read": read(), "board-1.script": scripted(shot(1, speech=marked))})

    assert steps(found)["shot-1.speech"].params["text"] == marked


def test_a_shot_without_a_word_has_no_speech():
    found = Seen({"read": read(), "board-1.script": scripted(shot(1, text="……"), shot(2))})

    assert parts(found, "speech") == ["shot-2.speech"]
    assert steps(found)["shot-1.take"].params["seconds"] == 3.0


def test_a_silent_film_has_neither_speech_nor_sound():
    wanted = steps(seen(), sound=False)

    assert not [name for name in wanted if name.endswith(".speech")]
    assert wanted["shot-1.clip"].params["sound"] is False
    assert wanted["shot-1.take"].params["text"] == "第1句。"
    assert "sound" not in wanted["board-1.film"].params["shots"][0]


def test_takes_go_through_black_where_the_place_changes():
    own = (shot(1), shot(2, place="place-2"), shot(3, place="place-2"))
    wanted = steps(Seen({"read": read(), "board-1.script": scripted(*own)}))

    fades = [
        (wanted[f"shot-{n}.take"].params["fade_in"], wanted[f"shot-{n}.take"].params["fade_out"]) for n in (1, 2, 3)
    ]
    assert fades == [(0.3, 0.3), (0.3, 0.0), (0.0, 0.3)]


# ---- what is left where something failed


@pytest.mark.parametrize("part", ["picture", "speech", "clip", "take"])
def test_a_failed_shot_is_left_out_and_named(part):
    found = with_failed(seen(shots=3), f"shot-2.{part}")

    wanted = steps(found, skip_failures=True)
    assert [one["shot"] for one in wanted["board-1.film"].params["shots"]] == ["1", "3"]
    told = wanted["film"].params["boards"][0]["shots"]
    assert [one["failed"] for one in told] == ["", "NotMedia", ""]
    assert not {one.step for one in refs(wanted["film"].params)} & {"shot-2.take", "shot-2.speech", f"shot-2.{part}"}
    assert f"shot-2.{part}" in wanted


@pytest.mark.parametrize("part", ["picture", "speech", "clip", "take"])
def test_without_skipping_the_film_waits_for_every_shot(part):
    wanted = steps(with_failed(seen(shots=3), f"shot-2.{part}"), skip_failures=False)

    assert "shot-2.take" in wanted["board-1.film"].needs


def test_a_storyboard_without_any_shot_left_is_left_out():
    found = with_failed(seen(boards=2, shots=2), "shot-1.clip", "shot-2.take")

    wanted = steps(found, skip_failures=True)
    assert "board-1.film" not in wanted
    assert "film" not in wanted["film"].params["boards"][0]
    assert wanted["film"].params["boards"][1]["film"] == Ref("board-2.film", "video")


def test_a_storyboard_whose_script_or_film_failed_is_left_out():
    whole = seen(boards=2)
    found = Seen(
        {name: one for name, one in whole.finished.items() if name != "board-1.script"}, {"board-1.script": "Bad"}
    )

    told = steps(found, skip_failures=True)["film"].params["boards"]
    assert (told[0]["failed"], told[0]["shots"]) == ("Bad", [])
    assert "film" not in steps(found, skip_failures=False)
    told = steps(with_failed(whole, "board-2.film"), skip_failures=True)["film"].params["boards"]
    assert ("film" in told[0], "film" in told[1]) == (True, False)


def test_a_figure_whose_picture_failed_is_told_in_words():
    found = with_failed(seen(), "element.figure-1")

    assert steps(found, skip_failures=True)["shot-1.picture"].params["cast"] == [
        {"name": "小禾", "look": "穿红衣的女孩"}
    ]
    assert "element.figure-1" in steps(found, skip_failures=False)["shot-1.picture"].needs


def test_only_reading_cannot_be_mended():
    assert PLAN.suspends
    assert [PLAN.mends(name) for name in ("read", "board-1.script", "shot-1.clip")] == [False, True, True]


# ---- a storyboard alone


def test_a_storyboard_alone_has_pictures_and_no_films():
    for prompts in ("multi", "default"):
        wanted = steps(seen(shots=2), only_storyboard=True, prompts=prompts)

        assert {one.operator for one in wanted.values()} == {
            "story.read",
            "story.script",
            "image.generate",
            "story.deliver",
        }
        assert parts(seen(shots=2), "picture", only_storyboard=True) == ["shot-1.picture", "shot-2.picture"]
        assert wanted["film"].params["films"] is False


# ---- the plan itself


def test_the_same_things_known_give_the_same_steps():
    found = seen(boards=2)

    assert PLAN.steps(params(), found) == PLAN.steps(params(), copy.deepcopy(found))


def test_what_is_not_of_a_shot_does_not_change_its_steps():
    """Editing one shot's words re-runs that shot, its film and the delivery, and nothing else."""
    before = steps(seen(shots=3))
    edited = copy.deepcopy(seen(shots=3))
    edited.finished["board-1.script"]["shots"][1]["clip_prompt"] = "小禾在河边走"
    after = steps(edited)

    changed = {name for name in after if before[name] != after[name]}
    assert changed == {"shot-2.clip", "film"}


class Counted(dict):
    """Counts how often something is looked up."""

    asked = 0

    def get(self, *given):
        Counted.asked += 1
        return super().get(*given)

    def __contains__(self, name):
        Counted.asked += 1
        return super().__contains__(name)


@pytest.mark.parametrize("shots", [100, 200])
def test_asking_the_plan_grows_with_the_shots_alone(shots):
    whole = seen(shots=shots)
    Counted.asked = 0

    found = PLAN.steps(params(skip_failures=True), Seen(Counted(whole.finished), Counted(whole.failed)))

    assert len(found) == 8 + 4 * shots
    assert Counted.asked < 25 * shots
    assert sum(len(refs(one.params)) for one in found) < 18 * shots


def test_the_estimate_grows_with_the_text():
    small, large = ({one.operator: one for one in PLAN.guess(params(), {"text": size})} for size in (7_000, 70_000))

    for name in ("speech.speak", "video.generate", "story.take"):
        assert large[name].steps == pytest.approx(10 * small[name].steps, rel=0.1)
        assert large[name].media_seconds == pytest.approx(10 * small[name].media_seconds, rel=0.1)
    assert "video.generate" not in {one.operator for one in PLAN.guess(params(only_storyboard=True), {})}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"narrator": "nobody"}, "narrator"),
        ({"style": "NoStyle"}, "style"),
        ({"mode": "dialogue"}, "dialogue"),
    ],
    ids=["narrator", "style", "mode"],
)
def test_wrong_params_are_refused_at_once(given, field):
    with pytest.raises(InvalidParameter, match=f"(?i){field}|nobody"):
        params(**given)
