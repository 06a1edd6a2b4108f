"""Servers elsewhere that are slow, fail, lose tasks and refuse them; played by a stand-in on loopback."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reelwright.errors import Elsewhere, InvalidParameter, UpstreamFailed, UpstreamRefused
from reelwright.models import elsewhere
from reelwright.models.asking import Server
from reelwright.models.elsewhere import ComfyUi, DashScope, OpenAi, Order, deliver
from reelwright.models.hub import open_hub
from reelwright.models.port import Endpoint, NoModels
from reelwright.settings import Settings

KEY = "sk-secret-0123456789"
ORDER = Order("text", "a cat", model="wan2.6-t2v", seconds=5, seed=7)


class StandIn(ThreadingHTTPServer):
    """`answers` maps "METHOD /path" to what is answered in turn, the last one again and again: (status, document)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers: dict[str, list[tuple[int, Any]]] = {}
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def count(self, what: str) -> int:
        return sum(one == what for one, _, _ in self.asked)


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        is_json = "json" in (self.headers.get("content-type") or "")
        self._answer(json.loads(body) if is_json else body)

    def _answer(self, body: Any) -> None:
        server: Any = self.server
        what = f"{self.command} {self.path.partition('?')[0]}"
        server.asked.append((what, body, {name.lower(): value for name, value in self.headers.items()}))
        given = server.answers.get(what, [(404, {"message": f"nothing at {what}"})])
        status, document = given.pop(0) if len(given) > 1 else given[0]
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def there() -> Iterator[StandIn]:
    server = StandIn()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def server(there, pauses) -> Server:
    return Server(Endpoint(there.url, "", KEY, timeout=5.0, attempts=3), "`settings`", pause=pauses.append)


@pytest.fixture
def once() -> Callable[[str, Callable[[], object]], object]:
    kept: dict[str, object] = {}

    def once(name: str, make: Callable[[], object]) -> object:
        if name not in kept:
            kept[name] = make()
        return kept[name]

    return once


CREATE = "POST /services/aigc/video-generation/video-synthesis"
CREATED = (200, {"output": {"task_id": "t-1", "task_status": "PENDING"}})
LOOK = "GET /tasks/t-1"
RUNNING = (200, {"output": {"task_id": "t-1", "task_status": "RUNNING"}})
UNKNOWN = (200, {"output": {"task_id": "t-1", "task_status": "UNKNOWN"}})


def done(address: str) -> tuple[int, Any]:
    output = {"task_status": "SUCCEEDED", "video_url": address, "actual_prompt": "a cat, at length"}
    usage = {"SR": 720, "size": {"width": 1280, "tiers": [1, 2]}, "currency": "CNY", "note": None}
    return 200, {"output": output, "usage": usage}


def test_a_task_is_submitted_once_and_looked_at_until_it_is_done(there, server, once):
    there.answers = {CREATE: [CREATED], LOOK: [RUNNING, RUNNING, done(f"{there.url}/film.mp4")]}
    for _ in range(2):
        with pytest.raises(Elsewhere) as caught:
            deliver(DashScope(server), ORDER, once)
        assert 1 <= caught.value.after <= 20
    delivery = deliver(DashScope(server), ORDER, once)

    assert (delivery.addresses, delivery.prompt) == ((f"{there.url}/film.mp4",), "a cat, at length")
    assert delivery.usage == {"SR": 720, "size.width": 1280, "currency": "CNY"}, "flat, without what is neither"
    assert caught.value.task == "t-1"
    assert there.count(CREATE) == 1
    _, body, headers = there.asked[0]
    assert (body["model"], body["input"]) == ("wan2.6-t2v", {"prompt": "a cat"})
    wanted = {"seed": 7, "duration": 5, "resolution": "720P", "shot_type": "single", "audio": False}
    assert {name: body["parameters"][name] for name in wanted} == wanted
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["x-dashscope-async"] == "enable"


def test_the_result_is_fetched_without_the_key(there, server, tmp_path):
    there.answers = {"GET /film.mp4": [(503, b"later"), (200, b"film" * 1000)]}
    path = DashScope(server).fetch(f"{there.url}/film.mp4?Expires=9", tmp_path / "film.mp4")
    assert path.read_bytes() == b"film" * 1000
    assert "authorization" not in there.asked[-1][2]


def test_what_may_pass_is_tried_again(there, server, once, pauses):
    there.answers = {CREATE: [(503, {"message": "busy"}), (429, {"message": "slow"}), CREATED], LOOK: [RUNNING]}
    with pytest.raises(Elsewhere):
        deliver(DashScope(server), ORDER, once)
    assert there.count(CREATE) == 3
    assert len(pauses) == 2
    assert pauses[0] < pauses[1]


def test_what_does_not_pass_is_told(there, server, once):
    there.answers = {CREATE: [(500, {"message": f"down, {KEY}"})]}
    with pytest.raises(UpstreamFailed, match=r"500: down, \.\.\.") as caught:
        deliver(DashScope(server), ORDER, once)
    assert KEY not in str(caught.value)
    assert there.count(CREATE) == 3


def test_a_wrong_key_ends_at_once(there, server, once):
    there.answers = {CREATE: [(401, {"message": "no such key"})]}
    with pytest.raises(UpstreamRefused, match=r"401: no such key; see the settings"):
        deliver(DashScope(server), ORDER, once)
    assert there.count(CREATE) == 1


def test_a_lost_task_is_submitted_again(there, server, once):
    again = (200, {"output": {"task_id": "t-2", "task_status": "PENDING"}})
    there.answers = {CREATE: [CREATED, again], LOOK: [UNKNOWN], "GET /tasks/t-2": [RUNNING, done("http://x/y.mp4")]}
    with pytest.raises(Elsewhere):
        deliver(DashScope(server), ORDER, once)
    assert deliver(DashScope(server), ORDER, once).addresses == ("http://x/y.mp4",)
    assert there.count(CREATE) == 2
    assert there.count(LOOK) == 1, "nobody asks again for what was lost"


def test_a_server_that_loses_everything_is_given_up(there, server, once):
    there.answers = {CREATE: [CREATED], LOOK: [UNKNOWN]}
    with pytest.raises(UpstreamFailed, match="lost the task 3 times"):
        deliver(DashScope(server), ORDER, once)


def test_a_refused_task_says_why_and_a_retry_asks_anew(there, server, once):
    failed = (200, {"output": {"task_status": "FAILED", "code": "DataInspectionFailed", "message": "not allowed"}})
    there.answers = {CREATE: [CREATED], LOOK: [failed, RUNNING]}
    with pytest.raises(UpstreamRefused, match="DataInspectionFailed: not allowed"):
        deliver(DashScope(server), ORDER, once)
    with pytest.raises(Elsewhere):
        deliver(DashScope(server), ORDER, once)
    assert there.count(CREATE) == 2


def test_pictures_travel_inside_and_films_are_uploaded(there, server, tmp_path):
    picture, film = tmp_path / "a.png", tmp_path / "b.mp4"
    picture.write_bytes(b"picture")
    film.write_bytes(b"film")
    policy = {"upload_dir": "d/x", "upload_host": f"{there.url}/put", "oss_access_key_id": "k", "signature": "s"}
    policy |= {"policy": "p", "x_oss_object_acl": "private", "x_oss_forbid_overwrite": "true"}
    there.answers = {"GET /uploads": [(200, {"data": policy})], "POST /put": [(200, b"{}")], CREATE: [CREATED]}
    DashScope(server).submit(Order("reference", "sing", references=(picture, film)))
    sent = there.asked[-1][1]["input"]["reference_urls"]
    assert sent == [f"data:image/png;base64,{base64.b64encode(b'picture').decode()}", "oss://d/x/b.mp4"]
    assert b"film" in next(body for what, body, _ in there.asked if what == "POST /put")


@pytest.mark.parametrize(
    ("order", "path"),
    [
        (Order("frames", ""), "POST /services/aigc/image2video/video-synthesis"),
        (Order("picture", "a", count=2, width=512, height=512), "POST /services/aigc/text2image/image-synthesis"),
        (Order("edit", "a", edit="extend"), CREATE),
    ],
)
def test_each_kind_goes_to_its_operation(there, server, order, path):
    there.answers = {path: [CREATED]}
    assert DashScope(server).submit(order) == "t-1"


def test_an_openai_compatible_server_answers_at_once(there, server, once):
    made = [{"b64_json": base64.b64encode(b"one").decode(), "revised_prompt": "a cat!"}, {"url": "http://x/2.png"}]
    there.answers = {"POST /images/generations": [(200, {"data": made, "usage": {"total_tokens": 4160}})]}
    delivery = deliver(OpenAi(server), Order("picture", "a cat", count=2, width=512, height=512), once)
    assert (delivery.contents, delivery.addresses, delivery.prompt) == ((b"one",), ("http://x/2.png",), "a cat!")
    assert delivery.usage == {"total_tokens": 4160}
    assert there.asked[0][1] == {"model": "", "prompt": "a cat", "n": 2, "size": "512x512"}
    with pytest.raises(UpstreamRefused, match="makes no films"):
        OpenAi(server).submit(ORDER)


GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {"seed": "%seed%", "model": ["4", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "best quality, %prompt%"}},
}


@pytest.fixture
def comfy(there, tmp_path):
    def comfy(graph: Any = GRAPH) -> ComfyUi:
        path = tmp_path / "graph.json"
        path.write_text(json.dumps(graph))
        return ComfyUi(Server(Endpoint(there.url, "", graph=str(path), attempts=2), "`settings`", pause=lambda _: None))

    return comfy


def test_comfyui_runs_the_graph_with_our_words_in_it(there, comfy, once, tmp_path):
    events = [["execution_start", {"timestamp": 1_000}], ["execution_success", {"timestamp": 13_500}]]
    outputs = {"9": {"gifs": [{"filename": "a.mp4", "subfolder": "s", "type": "output"}]}}
    history = {"outputs": outputs, "status": {"status_str": "success", "messages": events}}
    there.answers = {
        "POST /prompt": [(200, {"prompt_id": "p-1"})],
        "GET /history/p-1": [(200, {}), (200, {"p-1": history})],
        "GET /queue": [(200, {"queue_running": [[0, "p-1"]], "queue_pending": []})],
        "GET /view": [(200, b"film")],
    }
    with pytest.raises(Elsewhere):
        deliver(comfy(), ORDER, once)
    delivery = deliver(comfy(), ORDER, once)
    assert delivery.usage == {"seconds": 12.5}
    sent = there.asked[0][1]["prompt"]
    assert (sent["3"]["inputs"]["seed"], sent["6"]["inputs"]["text"]) == (7, "best quality, a cat")
    assert comfy().fetch(delivery.addresses[0], tmp_path / "a.mp4").read_bytes() == b"film"


def test_a_graph_that_fails_says_so(there, comfy):
    told = {"status": {"status_str": "error", "messages": [["execution_error", "out of memory"]]}, "outputs": {}}
    there.answers = {"GET /history/p-1": [(200, {"p-1": told})]}
    with pytest.raises(UpstreamRefused, match="out of memory"):
        comfy().look("p-1")


@pytest.mark.parametrize("graph", [{"nodes": [], "links": []}, [1], {"3": {"inputs": {}}}])
def test_a_graph_in_the_wrong_format_is_told_of(comfy, graph):
    with pytest.raises(InvalidParameter, match="API format"):
        comfy(graph).submit(ORDER)


def test_the_settings_choose_the_server(tmp_path):
    hub = open_hub(Settings(home=tmp_path, generation_url="http://127.0.0.1:1/api/v1", generation_kind="comfyui"))
    found = elsewhere.provider(hub)
    assert (found.name, found.tier) == ("comfyui", "upstream")
    assert elsewhere.provider(NoModels()) is None


# ---- recalling


class Settled(NoModels):
    def __init__(self, url, kind):
        super().__init__()
        self._endpoint = Endpoint(url, "", KEY, timeout=5.0, attempts=1, kind=kind)

    def endpoint(self, capability):
        return self._endpoint if capability == elsewhere.CAPABILITY else None


def test_dashscope_is_told_to_cancel(there):
    there.answers = {"POST /tasks/t-1/cancel": [(200, {"request_id": "r"})]}
    assert elsewhere.recall(Settled(there.url, "dashscope"), "t-1")
    assert there.asked[0][2]["authorization"] == f"Bearer {KEY}"


def test_what_has_begun_at_dashscope_goes_on(there):
    refusal = {"code": "UnsupportedOperation", "message": "only PENDING tasks can be cancelled"}
    there.answers = {"POST /tasks/t-1/cancel": [(400, refusal)]}
    with pytest.raises(UpstreamRefused, match="only PENDING"):
        elsewhere.recall(Settled(there.url, "dashscope"), "t-1")


@pytest.mark.parametrize("running", [True, False], ids=["ours", "somebody-else-s"])
def test_comfyui_drops_it_and_interrupts_only_what_is_ours(there, running):
    queue = {"queue_running": [[1, "t-1" if running else "t-9"]], "queue_pending": []}
    there.answers = {"POST /queue": [(200, b"")], "GET /queue": [(200, queue)], "POST /interrupt": [(200, b"")]}
    assert elsewhere.recall(Settled(there.url, "comfyui"), "t-1")
    assert there.asked[0][1] == {"delete": ["t-1"]}
    assert there.count("POST /interrupt") == running


def test_a_server_that_answers_at_once_has_nothing_to_stop(there):
    assert not elsewhere.recall(Settled(there.url, "openai"), "{}")
