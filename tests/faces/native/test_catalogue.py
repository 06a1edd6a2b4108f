"""Operators as the face shows them."""

from types import SimpleNamespace

from reelwright.operators import registry


def test_the_list_names_each_operator_with_its_figure(http):
    assert http.get("/v1/operators").json()["operators"] == [
        {
            "name": "test.echo",
            "version": 3,
            "summary": "Say it again.",
            "tiers": ["builtin"],
            "quality": {"metric": "likeness", "at_least": 0.9, "at_most": None},
        }
    ]


def test_one_operator_is_told_with_its_schemas(http):
    told = http.get("/v1/operators/test.echo").json()

    assert told["params"]["properties"]["count"]["maximum"] == 20
    assert told["params"]["required"] == ["video"]
    assert set(told["result"]["properties"]) == {"video", "boxes"}
    assert told["phases"] == {"look": 1.0}


def test_a_broken_plug_in_does_not_hide_the_others(http, monkeypatch, caplog):
    def torn():
        raise ImportError("no such library")

    plugins = {**registry._plugins(), "test.torn": SimpleNamespace(load=torn)}
    monkeypatch.setattr(registry, "_plugins", lambda: plugins)
    registry.names.cache_clear()

    told = http.get("/v1/operators").json()["operators"]

    assert [one["name"] for one in told] == ["test.echo"]
    assert any(one.operator == "test.torn" for one in caplog.records if hasattr(one, "operator"))
