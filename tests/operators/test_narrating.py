"""What operators that read aloud share: names of voices, told by the field that holds them."""

import pytest

from reelwright.errors import InvalidParameter
from reelwright.operators import Params, narrating
from reelwright.operators.speech.dub import dub
from reelwright.operators.speech.speak import speak


class Asked(Params):
    voice: narrating.VoiceName = "siqi"
    narrator: narrating.NarratorName = "siqi"


@pytest.mark.parametrize("field", ["voice", "narrator"])
def test_a_voice_that_there_is_not_is_told_by_its_field_with_a_near_one(field):
    with pytest.raises(InvalidParameter, match="siqi") as caught:
        Asked.model_validate({field: "siqqi"})

    assert caught.value.field == f"params.{field}"


@pytest.mark.parametrize("name", ["siqi", "SiQi", "kokoro:af_heart"])
def test_names_are_kept_as_they_were_written(name):
    assert Asked.model_validate({"voice": name}).voice == name


def test_both_operators_tell_the_same_phases_and_tiers():
    assert speak.phases == dub.phases == narrating.PHASES
    assert tuple(speak.tiers) == tuple(dub.tiers) == narrating.TIERS
