"""A prompt told at length by a language model: what a camera would see, in the language of the prompt."""

import time

from reelwright.errors import UpstreamFailed, UpstreamRefused
from reelwright.models import llm
from reelwright.models.llm import Message
from reelwright.models.port import BUILTIN, Models, Provider

MOST = 800  # letters of the longer prompt
TASK = (
    "You help to shoot a short film of one scene. Rewrite the user's prompt so that a camera crew could shoot it: keep "
    "every person, thing, place, colour, time and movement that it names, and add light, weather, framing and the "
    "movement of the camera where it leaves them open. Answer in the prompt's own language with the new prompt alone, "
    f"one paragraph of at most {MOST} letters, without quotation marks."
)


def painter(models: Models, *, extends: bool) -> Provider:
    """The built-in painter, with the language model that has a word in what it paints."""
    found = llm.provider(models) if extends else None
    return BUILTIN if found is None else Provider(BUILTIN.name, BUILTIN.tier, found.models)


def extended(prompt: str, models: Models, *, seed: int) -> str | None:
    """The longer prompt; None if there is no language model, or it does not answer."""
    if models.endpoint(llm.CAPABILITY) is None or not prompt.strip():
        return None
    try:
        said = llm.opened(models, pause=time.sleep).text([Message("system", TASK), Message("user", prompt)], seed=seed)
    except (UpstreamFailed, UpstreamRefused):
        return None  # The film can be made without it.
    text = " ".join(said.value.split()).strip("\"'“”「」 ")
    return text[:MOST] or None
