"""Figures, places and prompts by a language model: taken where they fit the story, left where they do not."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reelwright.errors import UpstreamFailed
from reelwright.models import storytelling
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.story.read import ReadParams, read
from reelwright.operators.story.script import ScriptParams, script

STORY = (
    "清晨，老周走进钟表店。老周说：“这只怀表，你到底能不能修好呢？”\n"
    "林秋笑了。她接过怀表看了看。林秋没有说话。赵四站在外面。"
)


class WithModel(NoModels):
    def __init__(self, address):
        super().__init__()
        self._endpoint = Endpoint(address, "small", "", timeout=5.0, attempts=1)

    def endpoint(self, capability):
        return self._endpoint if capability == "llm" else None


@pytest.fixture
def answering():
    """`answering(tell)`: models at a server that says what `tell(question)` gives, and all questions so far."""
    servers = []

    def answering(tell):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                given = json.loads(self.rfile.read(int(self.headers["content-length"])))
                asked.append("\n".join(one["content"] for one in given["messages"]))
                said = json.dumps(tell(asked[-1]), ensure_ascii=False)
                choice = {"message": {"role": "assistant", "content": said}}
                body = json.dumps({"choices": [choice], "usage": {"total_tokens": 10}}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args): ...

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((http, thread))
        return WithModel(f"http://127.0.0.1:{http.server_port}"), asked

    yield answering
    for http, thread in servers:
        http.shutdown()
        thread.join()
        http.server_close()


def person(name, **given):
    return {"name": name, "aliases": [], "role": "", "gender": "male", "age": "old", "look": f"{name}的样子", **given}


def context(models, tmp_path, operator, params):
    made = Context.local(out=tmp_path / "out", models=models)
    made.provider = operator.provider(params, models)
    return made


@pytest.fixture
def told(tmp_path):
    def told(models, **given):
        path = tmp_path / "story.txt"
        path.write_text(STORY, encoding="utf-8")
        params = ReadParams(text=str(path), **given)
        return read(params, context(models, tmp_path, read, params))

    return told


def test_looks_and_missing_figures_are_taken(answering, told):
    models, _ = answering(
        lambda _: {
            "figures": [person("老周", look="白发老人，蓝布长衫"), person("赵四", look="瘦高个子，灰帽子")],
            "places": [{"name": "钟表店", "look": "昏暗的小店，满墙的钟"}],
        }
    )

    found = told(models)

    looks = {one.name: one.look for one in found.figures}
    assert looks["老周"] == "白发老人，蓝布长衫"
    assert looks["赵四"] == "瘦高个子，灰帽子"
    assert "林秋" in looks
    assert found.places[0].look.startswith("昏暗的小店，满墙的钟")


def test_who_is_not_in_the_story_is_asked_for_again_and_then_left_out(answering, told):
    models, asked = answering(lambda _: {"figures": [person("哈利"), person("赫敏")], "places": []})

    found = told(models)

    assert len(asked) == 2
    assert "the story does not name 哈利, 赫敏" in asked[1]
    assert {one.name for one in found.figures} >= {"老周", "林秋"}
    assert not {"哈利", "赫敏"} & {one.name for one in found.figures}


def test_where_the_model_is_insisted_on_its_failure_is_told(answering, told):
    models, _ = answering(lambda _: {"nonsense": 1})

    with pytest.raises(UpstreamFailed, match="no answer of the right form"):
        told(models, engine="model")


def test_the_built_in_reader_asks_nobody(answering, told):
    models, asked = answering(lambda _: {})

    told(models, engine="builtin")

    assert asked == []


# ---- shots


@pytest.fixture
def written(tmp_path, told):
    def written(models, **given):
        story = told(NoModels()).model_dump()
        names = ("figures", "places", "props", "language")
        params = ScriptParams(board=story["boards"][0], **{name: story[name] for name in names}, **given)
        return script(params, context(models, tmp_path, script, params)).shots

    return written


def pictures(question):
    numbers = map(int, re.findall(r"^(\d+)\. \[", question, re.MULTILINE))
    return {"shots": [{"number": one, "action": f"动作{one}", "picture": f"画面{one}。"} for one in numbers]}


def test_prompts_are_the_models_and_the_words_are_not(answering, written):
    models, _ = answering(pictures)

    plain, found = written(NoModels()), written(models)

    assert [one.text for one in found] == [one.text for one in plain]
    assert [one.voice for one in found] == [one.voice for one in plain]
    assert all(f"画面{number}" in one.picture_prompt for number, one in enumerate(found))
    assert all(f"画面{number}" in one.clip_prompt for number, one in enumerate(found))
    assert [one.action for one in found] == [f"动作{number}" for number in range(len(found))]


def test_the_style_is_told_to_the_model(answering, written):
    models, asked = answering(pictures)

    written(models, style="InkWuxia")

    assert all("InkWuxia" in one for one in asked)


def test_shots_that_the_model_forgets_keep_the_readers_prompts(answering, written):
    models, asked = answering(lambda _: {"shots": []})

    found = written(models)

    assert found == written(NoModels())
    assert "shots 0, 1" in asked[1]


@pytest.mark.parametrize(
    ("role", "language", "kind"),
    [("掌柜", "zh", "man"), ("rabbit", "en", "animal"), ("crowd", "en", "crowd"), ("alchemist", "en", "person")],
)
def test_kinds_of_roles(role, language, kind):
    assert storytelling.kind_of(role, language) == kind
