"""`text.write`: the promises of count, length and keywords, by the phrase book and by a language model."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import ValidationError

from reelwright.errors import Cancelled, InvalidParameter, MissingParameter, ModelNotInstalled, UpstreamFailed
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.context import Silent
from reelwright.operators.text.write import WriteParams, choose, write

STORY = "清晨，小明在咖啡馆里等人。\n晚上，小明和小红走到河边。小红说：“我们回家吧。”"


class WithModel(NoModels):
    """The weights of nobody, and a language model at an address."""

    def __init__(self, address, **given):
        super().__init__()
        self._endpoint = Endpoint(address, "small", "", **{"timeout": 5.0, "attempts": 2, **given})

    def endpoint(self, capability):
        return self._endpoint if capability == "llm" else None


@pytest.fixture
def answering():
    """`answering(tell)`: the address of a server that says what `tell(messages)` gives, as JSON."""
    servers = []

    def answering(tell):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                content = tell([one["content"] for one in asked["messages"]])
                said = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
                choice = {"message": {"role": "assistant", "content": said}}
                body = json.dumps({"choices": [choice], "usage": {"total_tokens": 10}}).encode()
                self.send_response(200 if said else 500)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args): ...

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((http, thread))
        return f"http://127.0.0.1:{http.server_port}"

    yield answering
    for http, thread in servers:
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def context(tmp_path):
    def context(models=None, **given):
        return Context.local(out=tmp_path / "out", models=models or NoModels(), **given)

    return context


# ---- the phrase book


@pytest.mark.parametrize(
    ("keywords", "language"),
    [("蓝牙耳机,长续航,学生", "zh"), ("wireless earbuds, waterproof, runners", "en")],
)
@pytest.mark.parametrize("kind", ["copy", "title"])
def test_as_many_texts_come_back_as_were_asked_for(context, kind, keywords, language):
    told = write(WriteParams(kind=kind, keywords=keywords, count=37, length=90), context())

    assert (len(told.texts), len(set(told.texts))) == (37, 37)
    assert told.language == language
    assert told.longest == max(map(len, told.texts)) <= 90
    assert told.keywords_kept == (1.0 if kind == "copy" else told.keywords_kept)
    assert told.usage.total_tokens > 37
    assert (told.filled, told.shots) == (0, ())


def test_the_seed_is_the_runs(context):
    params = WriteParams(kind="copy", keywords="咖啡", count=5)
    first, same, other = (write(params, context(seed=seed)).texts for seed in (1, 1, 2))
    assert first == same != other


def test_the_language_can_be_told(context):
    told = write(WriteParams(kind="title", keywords="iPhone", language="zh", count=5), context())
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one) for one in told.texts)


def test_a_storyboard_is_the_storys_own_words(context):
    told = write(WriteParams(kind="storyboard", text=STORY), context())
    assert "".join(one.narration for one in told.shots) == STORY.replace("\n", "")
    assert {one.scene: one.place for one in told.shots} == {1: "咖啡馆", 2: "河边"}
    (script,) = told.texts
    assert all(one.narration in script for one in told.shots)
    assert "小红" in told.shots[-1].figures


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "copy"}, "keywords"),
        ({"kind": "copy", "keywords": "，。!"}, "keywords"),
        ({"kind": "storyboard", "keywords": "咖啡"}, "text"),
    ],
)
def test_what_is_missing_is_named(given, field):
    with pytest.raises((MissingParameter, ValidationError), match=field):
        WriteParams(**given)


@pytest.mark.parametrize(
    "given", [{"count": 0}, {"count": 1001}, {"length": 4}, {"length": 1001}, {"language": "fr"}, {"kind": "poem"}]
)
def test_limits_are_kept(given):
    with pytest.raises(ValidationError):
        WriteParams(**{"kind": "copy", "keywords": "咖啡", **given})


def test_more_than_there_can_be_is_refused(context):
    with pytest.raises(InvalidParameter, match="raise length"):
        write(WriteParams(kind="copy", keywords="咖啡", length=6, count=1000), context())


# ---- a language model


def test_the_model_of_the_settings_writes(context, answering):
    asked = []

    def tell(messages):
        asked.append(messages)
        return {"texts": [f"咖啡第{len(asked)}杯，好喝{n}。" for n in range(10)]}

    told = write(WriteParams(kind="copy", keywords="咖啡", count=15, length=20), context(WithModel(answering(tell))))
    assert told.texts[0] == "咖啡第1杯，好喝0。"
    assert (len(told.texts), told.filled, told.usage.total_tokens) == (15, 0, 20)
    assert "Do not repeat" in asked[1][1]


def test_texts_that_break_a_promise_are_asked_again_and_then_filled_up(context, answering):
    bad = ["没有关键词。", "咖啡" * 40, "", "咖啡，好。", "咖啡，好。"]
    told = write(
        WriteParams(kind="copy", keywords="咖啡", count=6, length=30),
        context(WithModel(answering(lambda _: {"texts": bad}))),
    )
    assert told.texts[0] == "咖啡，好。"
    assert (len(set(told.texts)), told.filled) == (6, 5)
    assert all("咖啡" in one and len(one) <= 30 for one in told.texts)


def test_a_model_draws_up_the_pictures_and_leaves_the_words(context, answering):
    def tell(messages):
        numbers = [int(line.split(".")[0]) for line in messages[1].splitlines()]
        return {"shots": [{"number": n, "picture": f"第{n}幅\n画", "place": "", "time": "黎明"} for n in numbers]}

    told = write(WriteParams(kind="storyboard", text=STORY), context(WithModel(answering(tell))))
    assert "".join(one.narration for one in told.shots) == STORY.replace("\n", "")
    assert told.shots[0].picture == "第1幅 画"
    assert (told.shots[0].place, told.shots[0].time) == ("咖啡馆", "黎明")


def test_a_model_that_forgets_shots_is_told_and_then_given_up(context, answering):
    asked = []

    def tell(messages):
        asked.append(messages[-1])
        return {"shots": []}

    with pytest.raises(UpstreamFailed, match=r"shots 1, .* are missing"):
        write(WriteParams(kind="storyboard", text=STORY), context(WithModel(answering(tell))))
    assert len(asked) == 2


def test_the_phrase_book_can_be_asked_for_although_there_is_a_model(context, answering):
    def never(messages):
        raise AssertionError("asked")

    models = WithModel(answering(never))
    params = WriteParams(kind="copy", keywords="咖啡", engine="builtin")
    assert choose(params, models).tier == "builtin"
    assert write(params, context(models)).texts


def test_a_model_that_is_wanted_and_not_there_says_how_to_name_one():
    with pytest.raises(ModelNotInstalled, match="REELWRIGHT_LLM_URL"):
        choose(WriteParams(kind="copy", keywords="咖啡", engine="model"), NoModels())


def test_the_provider_is_the_model(answering):
    provider = choose(WriteParams(kind="copy", keywords="咖啡"), WithModel("http://127.0.0.1:1"))
    assert (provider.tier, list(provider.models)) == ("upstream", ["llm:small"])


def test_a_cancelled_run_does_not_wait_for_the_next_try(context, answering):
    class Stopped(Silent):
        def check(self):
            raise Cancelled("stopped")

    models = WithModel(answering(lambda _: ""), attempts=20)
    with pytest.raises(Cancelled):
        write(WriteParams(kind="copy", keywords="咖啡"), context(models, reporter=Stopped()))
