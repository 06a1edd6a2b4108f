"""Apps of a tenant: kept, found, listed after the built-in ones, removed."""

import pytest

from reelwright.errors import Conflict, InvalidParameter, NotFound
from reelwright.jobs import apps
from reelwright.pipelines import apps as builtin

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}, "_meta": {"title": "TargetImage"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
}


@pytest.fixture
def keep(ledger):
    def keep(app_id, title="An app", tenant="me", now=1.0):
        return ledger.write(lambda tx: apps.put(tx, tenant, app_id, title, GRAPH, now=now)).result()

    return keep


def test_a_kept_app_is_found(ledger, keep):
    keep("negative", "Negative")

    found = apps.find(ledger, "me", "negative")

    assert (found.id, found.title, found.graph, found.is_builtin) == ("negative", "Negative", GRAPH, False)


def test_one_of_the_same_id_takes_its_place(ledger, keep):
    keep("negative", "Old", now=1.0)
    keep("negative", "New", now=2.0)

    found = apps.find(ledger, "me", "negative")

    assert (found.title, found.created_at, found.changed_at) == ("New", 1.0, 2.0)


def test_apps_are_a_tenants_own(ledger, keep):
    keep("negative", tenant="other")

    with pytest.raises(NotFound, match="no app 'negative'"):
        apps.find(ledger, "me", "negative")


def test_the_built_in_ones_come_first_and_are_everybodys(ledger, keep):
    keep("zebra")
    keep("aardvark")

    listed = [one.id for one in apps.everything(ledger, "me")]

    assert listed == [*builtin.names(), "aardvark", "zebra"]
    assert apps.find(ledger, "anybody", "audiogram").is_builtin


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Audiogram"), ("zh", "音频可视化短片"), ("zh-CN", "音频可视化短片")]
)
def test_a_built_in_app_has_words_in_two_languages(ledger, language, title):
    assert apps.find(ledger, "me", "audiogram", language=language).title == title


def test_a_removed_app_is_gone(ledger, keep):
    keep("negative")

    ledger.write(lambda tx: apps.remove(tx, "me", "negative")).result()

    with pytest.raises(NotFound):
        apps.find(ledger, "me", "negative")
    with pytest.raises(NotFound):
        ledger.write(lambda tx: apps.remove(tx, "me", "negative")).result()


def test_a_built_in_one_stays(ledger):
    with pytest.raises(Conflict, match="stays"):
        ledger.write(lambda tx: apps.remove(tx, "me", "audiogram")).result()


@pytest.mark.parametrize(
    ("app_id", "graph", "kind", "field"),
    [
        pytest.param("a b", GRAPH, InvalidParameter, "id", id="a-blank-in-the-id"),
        pytest.param("", GRAPH, InvalidParameter, "id", id="no-id"),
        pytest.param("../x", GRAPH, InvalidParameter, "id", id="a-path-for-an-id"),
        pytest.param("audiogram", GRAPH, Conflict, "id", id="a-built-in-id"),
        pytest.param("x", {}, InvalidParameter, "graph", id="an-empty-graph"),
        pytest.param(
            "x", {**GRAPH, "2": {"class_type": "Nothing"}}, InvalidParameter, "graph.2.class_type", id="an-unknown-type"
        ),
        pytest.param("x", {**GRAPH, "9": {"class_type": "a" * (1 << 20)}}, InvalidParameter, "graph", id="too-large"),
    ],
)
def test_what_cannot_be_kept_is_told(app_id, graph, kind, field):
    with pytest.raises(kind) as caught:
        apps.check(app_id, graph)

    assert caught.value.field == field


def test_a_graph_that_waits_for_its_files_can_be_kept():
    apps.check("negative", GRAPH)


def test_values_of_keys_become_params_of_the_plan():
    params = apps.submission(GRAPH, {"LoadImage.1.TargetImage": "oss://media/a.png"}, title="Negative")

    assert params["files"] == [{"key": "1.image", "file": "oss://media/a.png"}]
    assert (params["graph"], params["title"]) == (GRAPH, "Negative")
