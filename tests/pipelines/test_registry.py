"""Which plans there are, and that what a job may name is found."""

import pytest

from reelwright.errors import UnknownOperator
from reelwright.operators import Operator
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Plan


@pytest.mark.parametrize("name", registry.names())
def test_every_plan_says_what_it_is(name):
    plan = registry.find(name)

    assert isinstance(plan, Plan)
    assert plan.name == name
    assert plan.summary
    assert plan.description
    assert plan.result is registry.load(plan.concludes).result


def test_a_job_may_name_a_plan_or_an_operator():
    assert isinstance(registry.load("storyboard"), Plan)
    assert isinstance(registry.load("video.cover"), Operator)
    assert {"graph", "storyboard", "video.cover"} <= set(registry.all_names())


def test_a_name_that_is_neither_is_told_with_near_ones():
    with pytest.raises(UnknownOperator, match=r"video\.cover"):
        registry.load("video.covers")
