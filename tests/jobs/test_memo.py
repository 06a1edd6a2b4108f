"""The memo key changes with everything that changes a result, and with nothing else."""

import pytest

from reelwright.jobs import memo
from reelwright.models.port import BUILTIN, Provider

DIGESTS = ("a" * 64,)


def key_of(echo, *, params=None, provider=BUILTIN, digests=DIGESTS, seed=0, salt="", version=None):
    from dataclasses import replace

    operator = replace(echo, version=version) if version else echo
    given = operator.params(**{"text": "oss://given/a.txt", **(params or {})})
    return memo.key(operator, provider, given, digests, seed=seed, salt=salt)


def test_the_address_is_no_part_of_it(echo):
    assert key_of(echo) == key_of(echo, params={"text": "oss://elsewhere/b.mov"})


def test_a_default_written_out_is_the_same_request(echo):
    assert key_of(echo) == key_of(echo, params={"times": 1})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"params": {"times": 2}}, id="params"),
        pytest.param({"digests": ("b" * 64,)}, id="input"),
        pytest.param({"provider": Provider("other", "model")}, id="provider"),
        pytest.param({"provider": Provider("builtin", "builtin", {"net": "1"})}, id="weights"),
        pytest.param({"seed": 1}, id="seed"),
        pytest.param({"version": 4}, id="version"),
        pytest.param({"salt": "step"}, id="salt"),
    ],
)
def test_what_changes_a_result_changes_the_key(echo, change):
    assert key_of(echo) != key_of(echo, **change)


def test_the_order_of_inputs_matters(echo):
    two = {"other": "oss://given/b.txt"}

    assert key_of(echo, params=two, digests=("a", "b")) != key_of(echo, params=two, digests=("b", "a"))
