"""The vendor's signatures: recorded vectors, every trap known, and an independent signer."""

import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.errors import (
    AccessKeyNotFound,
    IncompleteSignature,
    ReelwrightError,
    RequestExpired,
    SignatureDoesNotMatch,
)
from reelwright.faces import request as requests
from reelwright.faces import signature
from reelwright.faces.request import Request
from reelwright.jobs.job import Key

KEY = Key("testAK", "testSK", "sk-test", tenant="studio")
RECORDED_AT = 1767323045.0  # 2026-01-02T03:04:05Z
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

# The vector that the vendor's own signing code made.
BODY = b"AppId=app-1&AppParams=%7B%22k%22%3A%22v%22%7D"
QUERY = b"JobId=a+b~%2A%2B%2F%E4%B8%AD&ClientToken="
NAMES = (
    "accept;content-type;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;"
    "x-acs-version"
)
SIGNATURE = "5753a909a13b9ff460d32c213c0724e96ef593fb4ae5930e8c49afe46c54d95a"
HEADERS = {
    "accept": "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "host": "127.0.0.1:8000",
    "user-agent": "test-agent",
    "x-acs-action": "QueryIProductionJob",
    "x-acs-content-sha256": "3d2cad613cf6c26e83b318fabc46a7b74da8b78d6afb1a881e59014d83f1820d",
    "x-acs-date": "2026-01-02T03:04:05Z",
    "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
    "x-acs-version": "2020-11-09",
    "authorization": f"ACS3-HMAC-SHA256 Credential=testAK,SignedHeaders={NAMES},Signature={SIGNATURE}",
}
V1_QUERY = (
    b"AccessKeyId=testAK&Action=QueryIProductionJob&Format=json&JobId=a+b~%2A%2B%2F%E4%B8%AD"
    b"&SignatureMethod=HMAC-SHA1&SignatureNonce=0123456789abcdef0123456789abcdef&SignatureVersion=1.0"
    b"&Timestamp=2026-01-02T03%3A04%3A05Z&Version=2020-11-09&Signature=Ubx0hWngXxNe51Q4yb5w5gnryhE%3D"
)


class OneKey:
    def secret(self, access_key_id: str) -> Key | None:
        return KEY if access_key_id == KEY.access_key_id else None

    def bearer(self, api_key: str) -> Key | None:
        return KEY if api_key == KEY.api_key else None


def sent(headers=None, *, method="POST", path="/", query=QUERY, body=BODY, form=True) -> Request:
    raw = requests.headers_of([(k.encode(), v.encode()) for k, v in (HEADERS if headers is None else headers).items()])
    fields = requests.pairs(body, "form") if body and form else []
    return Request(method, path, raw, query, body, requests.pairs(query, "query"), fields)


def asked(request: Request, *, now=RECORDED_AT, window=0.0) -> Key:
    parameters = requests.merged(request.query_pairs, request.form_pairs)
    return signature.authenticate(request, parameters, OneKey(), now=now, window=window)


def with_authorization(value: str) -> dict[str, str]:
    return {**HEADERS, "authorization": value}


def signed(method="POST", *, path="/", query="", body=b"", extra=None, secret="testSK", unsigned=()) -> dict[str, str]:
    """Headers of a request signed by the published rules, with nothing taken from the product."""
    headers = {
        "host": "127.0.0.1:8000",
        "x-acs-action": "QueryIProductionJob",
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": "2026-01-02T03:04:05Z",
        **(extra or {}),
    }
    names = sorted(set(headers) - set(unsigned))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical = "\n".join([method, path, query, lines, ";".join(names), hashlib.sha256(body).hexdigest()])
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    mark = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    told = f"ACS3-HMAC-SHA256 Credential=testAK,SignedHeaders={';'.join(names)},Signature={mark}"
    return {**headers, "authorization": told}


# ---- version 3


def test_the_recorded_request_is_accepted():
    assert asked(sent()).tenant == "studio"


def test_the_recorded_query_is_canonical():
    request = sent()
    assert signature.canonical_query(request.query, request.query_pairs) == (
        b"ClientToken=&JobId=a%20b~%2A%2B%2F%E4%B8%AD"
    )


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"method": "GET"}, id="method"),
        pytest.param({"query": QUERY.replace(b"a+b", b"a-b")}, id="query-value"),
        pytest.param({"query": QUERY + b"&More=1"}, id="query-name"),
        pytest.param({"body": BODY + b"1"}, id="body"),
        pytest.param({"body": b""}, id="no-body"),
        *(pytest.param({"headers": {**HEADERS, name: HEADERS[name] + "1"}}, id=name) for name in NAMES.split(";")),
        pytest.param({"headers": with_authorization(HEADERS["authorization"][:-1] + "b")}, id="signature"),
    ],
)
def test_whatever_is_changed_on_the_way_is_found(changed):
    with pytest.raises(SignatureDoesNotMatch):
        asked(sent(**changed))


def test_another_secret_does_not_match():
    with pytest.raises(SignatureDoesNotMatch, match="check the access key secret"):
        asked(sent(signed(secret="other"), query=b"", body=b""))


@pytest.mark.parametrize(
    ("path", "signed_path"),
    [
        pytest.param("/prefix/", "/", id="vendor-client-with-a-path-in-its-endpoint"),
        pytest.param("/prefix/", "/prefix/", id="a-client-that-signs-the-path-it-sends"),
        pytest.param("/a b/", "/a%20b/", id="an-encoded-path"),
    ],
)
def test_the_path_may_be_signed_in_either_way(path, signed_path):
    headers = signed(path=signed_path, extra={"host": "127.0.0.1:8000/prefix"})
    assert asked(sent(headers, path=path, query=b"", body=b"")) is KEY


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "127.0.0.1:8000/prefix", "EXAMPLE.test"])
def test_the_host_is_verified_as_it_was_sent(host):
    assert asked(sent(signed(extra={"host": host}), query=b"", body=b"")) is KEY


def test_a_temporary_credential_signs_its_token_too():
    extra = {"x-acs-accesskey-id": "testAK", "x-acs-security-token": "token-1"}
    headers = signed(extra=extra)
    assert asked(sent(headers, query=b"", body=b"")) is KEY
    with pytest.raises(SignatureDoesNotMatch):
        asked(sent({**headers, "x-acs-security-token": "token-2"}, query=b"", body=b""))


def test_headers_added_by_the_http_library_are_not_signed():
    headers = {**signed(), "content-type": "application/octet-stream", "accept-encoding": "gzip"}
    assert asked(sent(headers, query=b"", body=b"")) is KEY


def test_a_header_that_came_twice_is_signed_sorted_and_joined():
    headers = signed(extra={"x-acs-extra": "a,b"})
    given = [(name.encode(), value.encode()) for name, value in headers.items() if name != "x-acs-extra"]
    given += [(b"x-acs-extra", b" b"), (b"x-acs-extra", b"a ")]
    assert asked(sent()._replace(headers=requests.headers_of(given), query=b"", query_pairs=[], body=b"")) is KEY


def test_a_body_that_is_no_form_is_signed_all_the_same():
    body = b'{"a": 1}'
    headers = {**signed(body=body), "content-type": "application/json"}
    assert asked(sent(headers, query=b"", body=body, form=False)) is KEY


@pytest.mark.parametrize("name", ["x-acs-action", "x-acs-date"])
def test_what_decides_the_call_must_be_signed(name):
    with pytest.raises(IncompleteSignature, match=name):
        asked(sent(signed(unsigned=[name]), query=b"", body=b""))


@pytest.mark.parametrize(
    ("authorization", "told"),
    [
        ("ACS3-HMAC-SM3 Credential=testAK,SignedHeaders=host,Signature=00", "ACS3-HMAC-SM3.*not known"),
        ("ACS3-RSA-SHA256 Credential=testAK,SignedHeaders=host,Signature=00", "ACS3-RSA-SHA256.*not known"),
        ("acs testAK:abc", "'acs'.*not known"),
        ("ACS3-HMAC-SHA256 Credential=testAK", "cannot be read"),
        ("ACS3-HMAC-SHA256 Credential=testAK,SignedHeaders=host,Signature=zz", "cannot be read"),
        (f"ACS3-HMAC-SHA256 Credential=testAK,SignedHeaders=host;x-other,Signature={SIGNATURE}", "x-other"),
    ],
)
def test_an_authorization_of_another_kind_says_what_is_wrong(authorization, told):
    with pytest.raises(IncompleteSignature, match=told):
        asked(sent(with_authorization(authorization)))


def test_an_unknown_access_key_is_named():
    with pytest.raises(AccessKeyNotFound, match="nobody"):
        asked(sent(with_authorization(HEADERS["authorization"].replace("testAK", "nobody"))))


def test_without_a_credential_the_mend_is_told():
    headers = {name: value for name, value in HEADERS.items() if name != "authorization"}
    with pytest.raises(IncompleteSignature, match="keys create"):
        asked(sent(headers))


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
NAME = st.text("abcXYZ019_-.", min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAME, PLAIN, max_size=5), st.booleans())
def test_any_parameters_are_canonical_whatever_their_order_and_transport(parameters, plus):
    space = "+" if plus else "%20"
    wire = "&".join(f"{name}={quote(value, safe='').replace('%20', space)}" for name, value in parameters.items())
    canonical = "&".join(f"{name}={quote(parameters[name], safe='')}" for name in sorted(parameters))
    request = sent(signed(query=canonical), query=wire.encode(), body=b"")
    assert asked(request) is KEY


# ---- version 1


def test_the_recorded_old_request_is_accepted():
    assert asked(sent({}, query=V1_QUERY, body=b"")) is KEY


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"method": "GET"}, id="method"),
        pytest.param({"query": V1_QUERY.replace(b"JobId=a", b"JobId=b")}, id="query"),
        pytest.param({"query": V1_QUERY + b"&SignatureType="}, id="an-empty-parameter-more"),
        pytest.param({"body": b"AppId=1"}, id="a-form-parameter-more"),
    ],
)
def test_the_old_signature_covers_query_and_form(changed):
    with pytest.raises(SignatureDoesNotMatch):
        asked(sent({}, **{"query": V1_QUERY, "body": b"", **changed}))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAME, PLAIN, max_size=3), st.dictionaries(NAME, PLAIN, max_size=3))
def test_any_old_request_with_a_form_is_accepted(in_query, in_form):
    own = {"AccessKeyId": "testAK", "SignatureMethod": "HMAC-SHA1", "SignatureType": ""}
    in_form = {name: value for name, value in in_form.items() if name not in in_query}
    every = {**own, **in_query, **in_form}
    canonical = "&".join(f"{quote(name, safe='')}={quote(every[name], safe='')}" for name in sorted(every))
    text = f"POST&%2F&{quote(canonical, safe='')}"
    mark = base64.b64encode(hmac.new(b"testSK&", text.encode(), hashlib.sha1).digest()).decode()

    def form(given):
        return "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items()).encode()

    request = sent({}, query=form({**own, **in_query, "Signature": mark}), body=form(in_form))
    assert asked(request) is KEY


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (V1_QUERY.replace(b"HMAC-SHA1", b"HMAC-SHA256"), IncompleteSignature),
        (V1_QUERY.replace(b"AccessKeyId=testAK&", b""), IncompleteSignature),
        (V1_QUERY.replace(b"testAK", b"nobody"), AccessKeyNotFound),
        (V1_QUERY.replace(b"Ubx0", b"%E4%B8%AD"), SignatureDoesNotMatch),
    ],
    ids=["other-method", "no-key-id", "unknown-key", "signature-that-is-no-ascii"],
)
def test_old_signatures_that_cannot_be_right(query, kind):
    with pytest.raises(kind):
        asked(sent({}, query=query, body=b""))


# ---- bearer, clock


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-acs-bearer-token": "sk-test"}, b"SignatureType=BEARERTOKEN"),
        ({"authorization": "Bearer sk-test"}, b""),
        ({}, b"BearerToken=sk-test&SignatureType=BEARERTOKEN&Signature=x"),
    ],
    ids=["header", "authorization", "query-of-the-old-protocol"],
)
def test_a_bearer_token_is_an_api_key(headers, query):
    assert asked(sent(headers, query=query, body=b"")) is KEY
    wrong = {name: value.replace("test", "wrong") for name, value in headers.items()}
    with pytest.raises(AccessKeyNotFound):
        asked(sent(wrong, query=query.replace(b"test", b"wrong"), body=b""))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(RECORDED_AT, None, id="now"),
        pytest.param(RECORDED_AT + 900, None, id="just-in-time"),
        pytest.param(RECORDED_AT + 901, RequestExpired, id="too-old"),
        pytest.param(RECORDED_AT - 901, RequestExpired, id="from-the-future"),
    ],
)
@pytest.mark.parametrize("old", [False, True], ids=["v3", "v1"])
def test_the_clock_window(now, expected, old):
    request = sent({}, query=V1_QUERY, body=b"") if old else sent()
    if expected is None:
        assert asked(request, now=now, window=900) is KEY
    else:
        with pytest.raises(expected, match=r"2026-01-02T03:04:05Z"):
            asked(request, now=now, window=900)
    assert asked(request, now=now, window=0) is KEY


def test_a_date_that_is_none_is_told():
    headers = signed(extra={"x-acs-date": "yesterday"})
    with pytest.raises(RequestExpired, match="yesterday"):
        asked(sent(headers, query=b"", body=b""), window=900)


def test_an_empty_body_has_the_published_digest():
    assert signature.EMPTY_HASH.decode() == EMPTY_SHA256


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_no_authorization_whatsoever_crashes(authorization, query):
    try:
        pairs = requests.pairs(query, "query")
        request = Request("POST", "/", {b"authorization": authorization}, query, b"", pairs, [])
        signature.authenticate(request, requests.merged(pairs), OneKey(), now=0.0, window=1.0)
    except ReelwrightError:
        return
    pytest.fail("random bytes were accepted")
