"""What a language model sees: pictures go out, things come back, and what does not fit is asked for again."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reelwright.errors import ModelNotInstalled, UpstreamFailed, UpstreamRefused
from reelwright.models import seeing
from reelwright.models.port import Endpoint, NoModels

GOOD = {"things": [{"name": "dog", "pictures": [1, 2], "score": 0.9}], "summary": "A dog runs."}


class Server(NoModels):
    """Says what it is given, one after the other; a number is a status."""

    def __init__(self, *replies):
        super().__init__()
        self.asked, left = [], list(replies)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                server.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
                reply = left.pop(0)
                status = reply if isinstance(reply, int) else 200
                text = reply if isinstance(reply, str) else json.dumps(reply)
                said = {
                    "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                    "usage": {"total_tokens": 9},
                }
                body = json.dumps(said if status == 200 else {"error": {"message": "no pictures here"}}).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *given): ...

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def endpoint(self, capability):
        return Endpoint(f"http://127.0.0.1:{self.http.server_address[1]}/v1", "sees", attempts=1)


@pytest.fixture
def server():
    made = []

    def make(*replies):
        made.append(Server(*replies))
        return made[-1]

    yield make
    for one in made:
        one.http.shutdown()
        one.http.server_close()


def test_pictures_go_out_and_things_come_back(server):
    models = server(GOOD)
    seen = seeing.look([b"first", b"second"], models)
    assert [(one.name, one.pictures, one.score) for one in seen.things] == [("dog", (1, 2), 0.9)]
    assert (seen.summary, seen.tokens) == ("A dog runs.", 9)
    words, *pictures = models.asked[0]["messages"][0]["content"]
    assert "2 pictures" in words["text"]
    shown = [one["image_url"]["url"].partition(",")[2] for one in pictures]
    assert [base64.b64decode(one) for one in shown] == [b"first", b"second"]


def test_words_around_the_answer_do_no_harm(server):
    seen = seeing.look([b"x", b"y"], server(f"Sure!\n```json\n{json.dumps(GOOD)}\n```"))
    assert seen.things[0].name == "dog"


@pytest.mark.parametrize(
    ("first", "told"),
    [
        pytest.param("I see a dog.", "no JSON object", id="words"),
        pytest.param({"things": [{"name": "dog", "pictures": [3], "score": 1}], "summary": ""}, "1 to 2", id="picture"),
        pytest.param({"things": [{"name": " ", "pictures": [1], "score": 1}], "summary": ""}, "no name", id="name"),
        pytest.param({"things": [{"name": "a", "pictures": [1], "score": 7}], "summary": ""}, "score", id="score"),
        pytest.param({"things": "dog"}, "Expected", id="shape"),
    ],
)
def test_a_wrong_answer_is_asked_for_again_with_its_fault(server, first, told):
    models = server(first, GOOD)
    assert seeing.look([b"x", b"y"], models).tokens == 18
    assert told in models.asked[1]["messages"][-1]["content"]


def test_two_wrong_answers_are_an_error(server):
    with pytest.raises(UpstreamFailed, match="no answer of the right form"):
        seeing.look([b"x"], server("no", "no"))


def test_a_model_that_does_not_see_is_told(server):
    with pytest.raises(UpstreamRefused, match=r"no pictures here.*one that sees pictures"):
        seeing.look([b"x"], server(400))


def test_without_a_model_it_says_what_to_do():
    with pytest.raises(ModelNotInstalled, match="llm_url"):
        seeing.look([b"x"], NoModels())
