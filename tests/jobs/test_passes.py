"""Upload passes: good for one object and a while, and not to be made by anybody else."""

import base64
import json

import pytest

from reelwright.errors import Forbidden
from reelwright.jobs import passes
from reelwright.jobs.job import Key

KEY = Key("RWone", "a secret", "sk-one")
OTHER = Key("RWtwo", "another secret", "sk-two")
NOW = 2_000_000_000.0


def opened(one, *, issuer=KEY, token=None, access_key_id=None, bucket="films", key="a/b c.mp4", now=NOW):
    return passes.opened(
        one.security_token if token is None else token,
        issuer,
        access_key_id or one.access_key_id,
        bucket,
        key,
        now=now,
    )


@pytest.fixture
def one():
    return passes.issue(KEY, "films", "a/b c.mp4", now=NOW)


def test_a_pass_opens_its_object_for_an_hour(one):
    assert one.access_key_id.startswith("STS.")
    assert passes.issuer_of(one.security_token) == KEY.access_key_id
    assert opened(one) == opened(one, now=NOW + 3600) == one.access_key_secret
    assert one.expires == NOW + 3600


def test_no_two_passes_are_alike_and_none_shows_the_key(one):
    again = passes.issue(KEY, "films", "a/b c.mp4", now=NOW)

    assert again.access_key_secret != one.access_key_secret
    assert KEY.access_key_secret not in json.dumps([one.security_token, one.access_key_secret])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"now": NOW + 3601}, "expired"),
        ({"key": "a/b"}, "for oss://films/a/b c.mp4 only"),
        ({"bucket": "other"}, "for oss://films/a/b c.mp4 only"),
        ({"issuer": OTHER}, "not one that this server gave"),
        ({"access_key_id": "STS.other"}, "not one that this server gave"),
        ({"token": "nonsense"}, "not one that this server gave"),
        ({"token": ""}, "not one that this server gave"),
    ],
    ids=["late", "other-key", "other-bucket", "other-issuer", "other-id", "no-token", "empty"],
)
def test_anything_else_is_forbidden(one, given, why):
    with pytest.raises(Forbidden, match=why):
        opened(one, **given)


def test_a_grant_that_was_widened_is_forbidden(one):
    said, _, signature = one.security_token.partition(".")
    grant = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    grant["key"] = "b"
    forged = base64.urlsafe_b64encode(json.dumps(grant).encode()).decode().rstrip("=")

    with pytest.raises(Forbidden, match="not one that this server gave"):
        opened(one, token=f"{forged}.{signature}", key="b")
