"""The RPC protocol by itself, spoken to as ASGI: look-up, parsing, limits, and one envelope for every error."""

import asyncio
import json
import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import Conflict, InternalError, ReelwrightError, Throttled
from reelwright.faces import request as requests
from reelwright.faces.rpc import Fault, Rpc
from reelwright.faces.wire import always, cancel, query, refused, submit, text
from reelwright.jobs.job import Job, Key, Status
from reelwright.jobs.ledger.port import Submitted
from reelwright.settings import Settings

ID = "0" * 32
KEY = Key("AK", "SK", "sk-1", tenant="studio")
JOB_ID = {"JobId": text("id", required=True)}
OPERATIONS = (
    submit(
        "SubmitJob",
        operator="video.cover",
        takes={"Input": text("video", required=True), "Word": text("word")},
        gives=JOB_ID,
        family="f",
    ),
    query("QueryJob", takes=JOB_ID, gives={**JOB_ID, "Name": "wire.name"}, family="f"),
    cancel("CancelJob", takes=JOB_ID, gives={"Message": always("Success")}, family="f"),
    refused("SubmitSong", because="needs a singer"),
)


class Desk:
    """A service of one job, which remembers what was asked of it."""

    def __init__(self, *, family="f", **given):
        self.settings = Settings(**given)
        self.family, self.revision, self.asked, self.reads, self.fault = family, 1, [], 0, None

    def secret(self, access_key_id):
        return KEY if access_key_id == KEY.access_key_id else None

    def bearer(self, api_key):
        return KEY if api_key == KEY.api_key else None

    def link(self, bucket, key, base):
        return f"{base}/{bucket}/{key}"

    async def submit(self, tenant, wanted, *, own_hosts=()):
        self.asked.append((tenant, dict(wanted.params), own_hosts))
        if self.fault:
            raise self.fault
        return Submitted(ID, True)

    def document(self, tenant, job_id):
        return b"%d" % self.revision if job_id == ID else None

    def job(self, tenant, job_id):
        self.reads += 1
        wire = {"name": f"revision {self.revision}"}
        return Job(ID, tenant, "video.cover", {}, Status.QUEUED, 0.0, 1.0, face=self.family, wire=wire)

    async def cancel(self, tenant, job_id):
        raise Conflict("the job is done")


def tell(error: ReelwrightError) -> Fault:
    return Fault(error.code, 500 if isinstance(error, InternalError) else 400)


def build(desk: Desk) -> Rpc:
    return Rpc(desk, version="2020-11-09", operations=OPERATIONS, tell=tell)


def ask(app, action=None, *, method="POST", path="/", query="", body=b"", headers=(), host="h.test:1", parts=None):
    """One call; returns (status, headers, reply)."""
    given = [("host", host), ("x-acs-bearer-token", KEY.api_key), *headers]
    if action is not None:
        given.append(("x-acs-action", action))
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "server": ("127.0.0.1", 8710),
        "query_string": query if isinstance(query, bytes) else query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given],
    }
    chunks = list(parts if parts is not None else [body])
    sent = []

    async def receive():
        chunk = chunks.pop(0)
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    if not sent:
        return None
    start, end = sent
    told = dict(start["headers"])
    assert told[b"content-type"] == b"application/json;charset=utf-8"
    assert int(told[b"content-length"]) == len(end["body"])
    reply = json.loads(end["body"])
    assert re.fullmatch(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}", reply["RequestId"])
    assert told[b"x-acs-request-id"].decode() == reply["RequestId"]
    if start["status"] != 200:
        assert list(reply) == ["RequestId", "HostId", "Code", "Message", "Recommend"]
        assert (reply["HostId"], reply["Recommend"]) == (host, "")
    return start["status"], told, reply


def code(answer) -> tuple[int, str]:
    return answer[0], answer[2]["Code"]


FORM = ("content-type", "application/x-www-form-urlencoded; charset=UTF-8")


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(home=tmp_path)


@pytest.fixture
def app(desk) -> Rpc:
    return build(desk)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"action": "QueryJob", "query": f"JobId={ID}"}, id="header"),
        pytest.param({"query": f"Action=QueryJob&JobId={ID}&Version=2020-11-09&Format=JSON"}, id="query"),
        pytest.param({"body": f"Action=QueryJob&JobId={ID}".encode(), "headers": [FORM]}, id="form"),
        pytest.param({"query": "Action=QueryJob", "body": f"JobId={ID}".encode(), "headers": [FORM]}, id="both"),
        pytest.param({"action": "QueryJob", "query": f"Action=SubmitJob&JobId={ID}"}, id="header-wins"),
        pytest.param({"action": "QueryJob", "query": f"JobId={ID}", "path": "/prefix/"}, id="any-path"),
        pytest.param({"action": "QueryJob", "query": f"JobId={ID}&JobId={ID}"}, id="twice-the-same"),
        pytest.param({"action": "QueryJob", "query": f"&JobId={ID}&&"}, id="empty-pairs"),
    ],
)
def test_the_ways_to_name_an_operation_and_its_parameters(app, method, given):
    status, _, reply = ask(app, method=method, **given)
    assert (status, reply["JobId"], reply["Name"]) == (200, ID, "revision 1")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([("content-type", "application/octet-stream")], id="octets"),
        pytest.param([("content-type", "application/json")], id="json"),
        pytest.param([], id="no-type"),
    ],
)
def test_a_body_that_is_no_form_holds_no_parameters(app, headers):
    assert code(ask(app, "QueryJob", body=f"JobId={ID}".encode(), headers=headers)) == (400, "MissingParameter")


def test_an_empty_body_of_any_type_is_fine(app):
    octets = [("content-type", "application/octet-stream"), ("content-length", "0")]
    assert ask(app, "QueryJob", query=f"JobId={ID}", headers=octets)[0] == 200


@pytest.mark.parametrize(
    ("given", "expected", "told"),
    [
        pytest.param({}, "MissingParameter", "Action is missing", id="no-action"),
        pytest.param({"path": "/nowhere"}, "OperationNotFound", "nothing at '/nowhere'", id="nowhere"),
        pytest.param({"action": "QueryJobs"}, "OperationNotFound", "did you mean QueryJob", id="near"),
        pytest.param({"action": "Zzz"}, "OperationNotFound", "no operation 'Zzz'", id="far"),
        pytest.param({"action": "SubmitSong"}, "UnsupportedOperation", "it needs a singer", id="refused"),
        pytest.param({"action": "QueryJob"}, "MissingParameter", "JobId is missing", id="parameter"),
        pytest.param({"action": "QueryJob", "query": "JobId="}, "MissingParameter", "JobId is missing", id="empty"),
        pytest.param({"action": "QueryJob", "query": "JobId=nope"}, "JobNotFound", "'nope'", id="unknown"),
        pytest.param({"action": "QueryJob", "query": "JobId=1&JobId=2"}, "InvalidParameter", "twice", id="twice"),
        pytest.param(
            {"action": "QueryJob", "query": "JobId=1", "body": b"JobId=2", "headers": [FORM]},
            "InvalidParameter",
            "JobId is given twice, as '1' and '2'",
            id="query-against-form",
        ),
        pytest.param({"action": "QueryJob", "query": "JobId=%zz"}, "InvalidParameter", "JobId is badly", id="percent"),
        pytest.param({"action": "QueryJob", "query": "JobId=%"}, "InvalidParameter", "badly", id="lone-percent"),
        pytest.param({"action": "QueryJob", "query": "JobId=%ff"}, "InvalidParameter", "JobId is no UTF-8", id="utf8"),
        pytest.param({"action": "QueryJob", "query": b"JobId=\xff"}, "InvalidParameter", "no UTF-8", id="raw-bytes"),
        pytest.param(
            {"action": "QueryJob", "headers": [("x-acs-version", "2019-01-01")]},
            "UnsupportedVersion",
            "'2019-01-01'; this is 2020-11-09",
            id="version",
        ),
        pytest.param({"query": "Action=QueryJob&Version=1"}, "UnsupportedVersion", "'1'", id="version-in-the-query"),
        pytest.param({"action": "QueryJob", "method": "PUT"}, "MethodNotAllowed", "PUT is not", id="method"),
        pytest.param({"action": "CancelJob", "query": f"JobId={ID}"}, "Conflict", "done", id="conflict"),
        pytest.param({"action": "QueryJob", "query": "a" * (1 << 21)}, "TooLarge", "query is 2097152", id="long-query"),
        pytest.param({"action": "QueryJob", "query": "a=1&" * 2000}, "TooLarge", "at most 1000", id="many-pairs"),
        pytest.param(
            {"action": "QueryJob", "headers": [("x", "y" * 70_000)]}, "TooLarge", "headers are larger", id="headers"
        ),
        pytest.param(
            {"action": "QueryJob", "headers": [("content-length", str(5 << 20))]}, "TooLarge", "body", id="announced"
        ),
        pytest.param(
            {"action": "QueryJob", "parts": [b"a" * (3 << 20), b"a" * (3 << 20)]}, "TooLarge", "body", id="streamed"
        ),
        pytest.param({"action": "QueryJob", "body": b"a" * (5 << 20)}, "TooLarge", "body", id="in-one-piece"),
    ],
)
def test_every_fault_is_told_in_the_one_envelope(app, given, expected, told):
    answer = ask(app, **given)
    assert code(answer) == (400, expected)
    assert re.search(told, answer[2]["Message"]), answer[2]["Message"]


def test_a_body_in_pieces_is_read_whole(app):
    parts = [b"Job", b"", f"Id={ID}".encode()]
    assert ask(app, "QueryJob", parts=parts, headers=[FORM])[2]["JobId"] == ID


def test_a_caller_that_went_away_gets_no_answer(app):
    assert ask(app, "QueryJob", parts=[b"Job", None]) is None


def test_parameters_arrive_decoded(app, desk):
    value = "a b~*+/中&="
    ask(app, "SubmitJob", query=f"Input={quote(value)}&Word=a+b")
    assert desk.asked == [("studio", {"video": value, "word": "a b"}, ("h.test:1",))]


def test_a_reply_is_rendered_once_for_each_state_of_a_job(app, desk):
    names = [ask(app, "QueryJob", query=f"JobId={ID}")[2]["Name"] for _ in range(3)]
    assert (names, desk.reads) == (["revision 1"] * 3, 1)
    desk.revision = 2
    assert ask(app, "QueryJob", query=f"JobId={ID}")[2]["Name"] == "revision 2"


@pytest.mark.parametrize("action", ["QueryJob", "CancelJob"])
def test_a_job_of_another_family_is_unknown(tmp_path, action):
    app = build(Desk(home=tmp_path, family="native"))
    assert code(ask(app, action, query=f"JobId={ID}")) == (400, "JobNotFound")


def test_throttling_tells_milliseconds(app, desk):
    desk.fault = Throttled("slow down", retry_after=1.5)
    answer = ask(app, "SubmitJob", query="Input=x")
    assert (code(answer), answer[1][b"x-acs-retry-after"]) == ((400, "Throttled"), b"1500")


def test_a_crash_is_told_and_logged_but_not_shown(app, desk, caplog):
    desk.fault = KeyError("planted")
    answer = ask(app, "SubmitJob", query="Input=x")
    assert code(answer) == (500, "InternalError")
    assert "planted" not in answer[2]["Message"]
    assert answer[2]["RequestId"] in answer[2]["Message"]
    assert caplog.records[0].request_id == answer[2]["RequestId"]
    assert "planted" in caplog.text


def test_an_open_server_asks_nobody(tmp_path):
    desk = Desk(home=tmp_path, open=True)
    wrong = [("x-acs-bearer-token", "sk-wrong")]
    assert code(ask(build(Desk(home=tmp_path)), "SubmitJob", query="Input=x", headers=wrong))[1] == "AccessKeyNotFound"
    assert ask(build(desk), "SubmitJob", query="Input=x", headers=wrong)[0] == 200
    assert ask(build(desk), "SubmitJob", query="Input=x")[0] == 200
    assert [tenant for tenant, _, _ in desk.asked] == ["default", "studio"]


def test_the_public_address_is_known_as_our_own(tmp_path):
    desk = Desk(home=tmp_path, public_url="https://Media.example.test/base")
    ask(build(desk), "SubmitJob", query="Input=x")
    assert desk.asked[0][2] == ("h.test:1", "media.example.test")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (b"127.0.0.1:8000", ("127.0.0.1:8000", "http://127.0.0.1:8000")),
        (b"http://127.0.0.1:8000", ("127.0.0.1:8000", "http://127.0.0.1:8000")),
        (b"127.0.0.1:8000/prefix", ("127.0.0.1:8000", "http://127.0.0.1:8000")),
        (b"http://Media.test/a/b", ("media.test", "http://Media.test")),
        (b"[::1]:80", ("[::1]:80", "http://[::1]:80")),
        (b'x"><script>', ("10.0.0.1:99", "http://10.0.0.1:99")),
        (b"", ("10.0.0.1:99", "http://10.0.0.1:99")),
        (None, ("10.0.0.1:99", "http://10.0.0.1:99")),
    ],
)
def test_the_origin_is_read_from_any_host_that_clients_send(host, expected):
    assert requests.origin(host, "http", ("10.0.0.1", 99)) == expected


def test_other_protocols_than_http_are_left_alone(app):
    asyncio.run(app({"type": "lifespan"}, None, None))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_whatsoever_crash_it(encoded, form):
    desk = SimpleNamespace(settings=Settings(home="/nowhere"), bearer=lambda key: KEY, document=lambda *_: None)
    app = Rpc(desk, version="1", operations=OPERATIONS, tell=tell)
    answer = ask(app, "QueryJob", query=encoded, body=form, headers=[FORM])
    assert code(answer)[1] in {"MissingParameter", "InvalidParameter", "JobNotFound", "UnsupportedVersion"}


@given(st.lists(st.tuples(st.text(min_size=1), st.text())))
def test_pairs_are_decoded_in_their_order(given):
    encoded = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in given)
    assert requests.pairs(encoded.encode(), "query") == given
