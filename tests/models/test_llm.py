"""`models.llm` against a stand-in server that is slow, fails, refuses and talks nonsense."""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from reelwright.errors import ModelNotInstalled, UpstreamFailed, UpstreamRefused
from reelwright.models import llm
from reelwright.models.hub import open_hub
from reelwright.models.port import Endpoint, NoModels
from reelwright.settings import Settings

KEY = "sk-secret-0123456789"
ASKED = [llm.Message("user", "Name two colours.")]


class Colours(msgspec.Struct, forbid_unknown_fields=True):
    names: list[str]


@dataclass
class Reply:
    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    """Seconds before it is sent."""
    drip: float = 0.0
    """Seconds between two bytes of it."""


def said(content: Any, *, tokens: int = 7, finish: str = "stop", **more: Any) -> Reply:
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **more}}
    return Reply(body=json.dumps({"id": "x", "choices": [choice], "usage": {"total_tokens": tokens}}))


def failed(status: int, message: str = "no", **headers: str) -> Reply:
    return Reply(status, json.dumps({"error": {"message": message}}), headers)


GOOD = said({"names": ["red", "blue"]})


class Server:
    """Answers with the replies it was given, in turn; the last one again and again. Keeps what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def _handler(server) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.paths.append(self.path)
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                server.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                time.sleep(reply.wait)
                body = reply.body.encode()
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked gave up
                    self._send(reply, body)

            def _send(self, reply: Reply, body: bytes) -> None:
                self.send_response(reply.status)
                for name, value in {"content-length": str(len(body)), **reply.headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                for start in range(0, len(body), 1 if reply.drip else 1 << 20):
                    self.wfile.write(body[start : start + (1 if reply.drip else 1 << 20)])
                    time.sleep(reply.drip)

            def log_message(self, *args: object) -> None: ...

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def model(server, pauses):
    def model(*replies: Reply, **given: Any) -> llm.Llm:
        server.replies = list(replies)
        endpoint = Endpoint(**{"address": server.address, "model": "small", "key": KEY, "timeout": 5.0, **given})
        return llm.Llm(endpoint, pause=pauses.append)

    return model


# ---- what is asked


def test_a_question_goes_out_with_key_model_and_schema(model, server):
    answer = model(GOOD).ask(ASKED, Colours, seed=3)

    assert answer.value == Colours(["red", "blue"])
    assert (answer.tokens, answer.repaired) == (7, False)
    assert server.paths == ["/v1/chat/completions"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    asked = server.asked[0]
    assert (asked["model"], asked["seed"]) == ("small", 3)
    schema = asked["response_format"]["json_schema"]["schema"]
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "names" in asked["messages"][0]["content"]  # for servers that ignore the schema


def test_a_server_without_a_key_is_sent_none(model, server):
    model(GOOD, key="").ask(ASKED, Colours)
    assert "authorization" not in server.headers[0]


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/api/v3", "/api/v3/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
    ],
)
def test_the_address_may_be_that_of_the_server_or_of_its_interface(model, server, base, path):
    model(GOOD, address=server.address + base).ask(ASKED, Colours)
    assert server.paths == [path]


def test_plain_words_are_asked_without_a_schema(model, server):
    answer = model(said("<think>red or blue?</think>\nRed.")).text(ASKED)
    assert answer.value == "Red."
    assert "response_format" not in server.asked[0]


# ---- what is answered


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('```json\n{"names": ["red"]}\n```', id="in-a-fence"),
        pytest.param('Sure! Here it is:\n{"names": ["red"]}\nAnything else?', id="with-words-around"),
        pytest.param('<think>{"names": 3}?</think>{"names": ["red"]}', id="after-a-thought"),
        pytest.param(' \n{"names":["red"]}', id="bare"),
    ],
)
def test_json_is_found_in_what_was_said(model, content):
    assert model(said(content)).ask(ASKED, Colours).value.names == ["red"]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(said('{"names": ["red"'), id="cut-off"),
        pytest.param(said("red and blue"), id="no-json"),
        pytest.param(said({"names": "red"}), id="wrong-type"),
        pytest.param(said({"names": ["red"], "more": 1}), id="more-than-asked"),
        pytest.param(said({"colours": []}), id="another-field"),
        pytest.param(said("[]"), id="a-list"),
        pytest.param(said(""), id="nothing"),
        pytest.param(said({"names": ["red", "blue"]}, finish="length"), id="at-the-token-limit"),
    ],
)
def test_a_wrong_answer_is_repaired_once_by_asking_again(model, server, first):
    answer = model(first, GOOD).ask(ASKED, Colours)

    assert answer.value == Colours(["red", "blue"])
    assert (answer.repaired, answer.tokens) == (True, 14)
    told = server.asked[1]["messages"]
    assert [one["role"] for one in told[-2:]] == ["assistant", "user"]
    assert "cannot be used" in told[-1]["content"]


def test_a_callers_check_is_told_to_the_model(model, server):
    def two(value: Colours) -> None:
        if len(value.names) != 2:
            raise llm.Unfit(f"{len(value.names)} names, not 2")

    answer = model(said({"names": ["red"]}), GOOD).ask(ASKED, Colours, check=two)
    assert answer.value.names == ["red", "blue"]
    assert "1 names, not 2" in server.asked[1]["messages"][-1]["content"]


def test_a_model_that_talks_nonsense_twice_ends_in_an_error(model, server):
    with pytest.raises(UpstreamFailed, match=r"asked 2 times.*'blah'"):
        model(said("blah")).ask(ASKED, Colours)
    assert len(server.asked) == 2


def test_a_refusal_is_told_and_not_repaired(model, server):
    with pytest.raises(UpstreamRefused, match="not about colours"):
        model(said(None, refusal="I will not talk, not about colours.")).ask(ASKED, Colours)
    assert len(server.asked) == 1


# ---- servers that fail


@pytest.mark.parametrize(
    "first",
    [pytest.param(failed(status), id=str(status)) for status in (408, 429, 500, 502, 503, 504)]
    + [
        pytest.param(Reply(body="<html>oops"), id="no-json"),
        pytest.param(Reply(body='{"choices": []}'), id="no-choices"),
        pytest.param(Reply(body='{"object": "list"}'), id="another-document"),
        pytest.param(said(None), id="no-text"),
        pytest.param(Reply(body=GOOD.body, headers={"content-length": "9999"}), id="ends-early"),
    ],
)
def test_what_may_pass_is_tried_again(model, server, pauses, first):
    assert model(first, GOOD).ask(ASKED, Colours).value.names == ["red", "blue"]
    assert len(server.asked) == 2
    assert len(pauses) == 1


def test_pauses_grow_and_tries_end(model, server, pauses):
    with pytest.raises(UpstreamFailed, match=r"tried 4 times: .*500: overloaded") as caught:
        model(failed(500, "overloaded"), attempts=4).ask(ASKED, Colours)
    assert caught.value.retryable
    assert len(server.asked) == 4
    assert all(0.5 * 2**n <= pause <= 0.625 * 2**n for n, pause in enumerate(pauses))


@pytest.mark.parametrize(("given", "pause"), [("7", 7.0), ("100000", 60.0), ("soon", None)])
def test_a_server_may_say_how_long_to_wait(model, pauses, given, pause):
    model(failed(429, "slow down", retry_after=given), GOOD).ask(ASKED, Colours)
    assert pauses == [pause] if pause else pauses[0] < 1


@pytest.mark.parametrize(
    "slow",
    [
        pytest.param(Reply(body=GOOD.body, wait=0.8), id="silent"),
        pytest.param(Reply(body=GOOD.body, drip=0.05), id="drips"),
    ],
)
def test_a_slow_answer_is_given_up_and_asked_again(model, server, slow):
    assert model(slow, GOOD, timeout=0.3).ask(ASKED, Colours).value.names == ["red", "blue"]
    assert len(server.asked) == 2


def test_a_server_that_is_not_there_is_named(model, server):
    server.close()
    with pytest.raises(UpstreamFailed, match=r"127\.0\.0\.1"):
        model(GOOD, attempts=2).ask(ASKED, Colours)
    server.__init__()  # for the fixture to close


@pytest.mark.parametrize(
    ("status", "setting"), [(401, "llm_key"), (403, "llm_key"), (402, "llm_url"), (301, "llm_url")]
)
def test_what_will_not_pass_ends_at_once(model, server, pauses, status, setting):
    with pytest.raises(UpstreamRefused, match=rf"{status}.*{setting}"):
        model(failed(status)).ask(ASKED, Colours)
    assert (len(server.asked), pauses) == (1, [])


def test_a_server_without_schemas_is_asked_in_a_simpler_form_from_then_on(model, server):
    asking = model(failed(400, "unknown response_format"), failed(400, "unknown response_format"), GOOD)
    asking.ask(ASKED, Colours)
    asking.ask(ASKED, Colours)
    kinds = [one.get("response_format", {}).get("type") for one in server.asked]
    assert kinds == ["json_schema", "json_object", None, None]


def test_what_a_server_will_not_have_is_left_out(model, server):
    model(failed(400, "temperature must be 1"), GOOD).ask(ASKED, Colours)
    assert "temperature" not in server.asked[1]
    assert server.asked[1]["response_format"]["type"] == "json_schema"


def test_a_request_that_is_refused_in_every_form_ends(model, server):
    with pytest.raises(UpstreamRefused, match="context is too long"):
        model(failed(400, "the context is too long")).ask(ASKED, Colours)
    assert len(server.asked) == 3


# ---- secrets


@pytest.mark.parametrize("status", [401, 400, 500])
def test_the_key_is_in_no_message_and_no_log(model, caplog, status):
    caplog.set_level(logging.DEBUG)
    padding = "x" * 280  # the key straddles the place where a message is cut off
    with pytest.raises((UpstreamFailed, UpstreamRefused)) as caught:
        model(failed(status, f"{padding} Incorrect API key provided: {KEY}.")).ask(ASKED, Colours)
    assert KEY[:12] not in str(caught.value)
    assert KEY[:12] not in caplog.text
    assert KEY not in repr(Endpoint("http://x", "m", KEY))


def test_a_key_that_no_header_may_hold_is_not_shown(model):
    with pytest.raises(UpstreamRefused, match="llm_key") as caught:
        model(GOOD, key="sk-秘密").ask(ASKED, Colours)
    assert "秘密" not in str(caught.value)


def test_an_address_is_shown_without_its_password(model, server):
    address = server.address.replace("http://", "http://me:hidden@")
    with pytest.raises(UpstreamRefused) as caught:
        model(failed(402), address=address).ask(ASKED, Colours)
    assert "hidden" not in str(caught.value)


# ---- settings


def test_the_settings_name_the_model(tmp_path):
    hub = open_hub(Settings(home=tmp_path, llm_url="http://127.0.0.1:1/v1", llm_model="big", llm_key=f"{KEY}\n"))
    endpoint = hub.endpoint("llm")
    assert (endpoint.address, endpoint.model, endpoint.key) == ("http://127.0.0.1:1/v1", "big", KEY)
    assert KEY not in repr(Settings(home=tmp_path, llm_key=KEY))
    provider = llm.provider(hub)
    assert (provider.name, provider.tier) == ("openai-compatible", "upstream")
    assert list(provider.models) == ["llm:big"]


def test_without_one_the_error_says_how_to_name_one(tmp_path):
    assert open_hub(Settings(home=tmp_path)).endpoint("llm") is None
    assert llm.provider(NoModels()) is None
    with pytest.raises(ModelNotInstalled, match="REELWRIGHT_LLM_URL"):
        llm.opened(NoModels())
