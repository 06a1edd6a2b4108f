"""A language model behind an OpenAI-compatible address, asked for text or for a typed value.

Any server that has `POST /chat/completions` will do; llama.cpp's has. `Llm.ask` sends the JSON schema of the wanted
type along, reads the answer strictly by that type and by the caller's own check, and asks once more with the fault
named where it does not fit; what comes back is a value of the type or an error, never half a document. A server that
knows no schemas is asked for a JSON object, one that does not know that either by words alone; `temperature` and `seed`
are left out where it will not have them. How one question is tried again is told in `models.chat`.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, Literal, TypeVar

import msgspec

from reelwright.errors import ModelNotInstalled, UpstreamFailed, UpstreamRefused
from reelwright.models.asking import short
from reelwright.models.chat import Chat, FormUnknown, Message, Said, plain
from reelwright.models.port import Endpoint, Models, Provider

__all__ = ["Answer", "Llm", "Message", "Unfit", "opened", "provider"]

T = TypeVar("T")
Form = Literal["schema", "object", "words"]
"""How a server is told that JSON is wanted."""

CAPABILITY = "llm"
NAME = "openai-compatible"
REPAIRS = 1
FORMS: tuple[Form, ...] = ("schema", "object", "words")

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)


class Unfit(ValueError):
    """Raised by a caller's check: the right type and wrong all the same. Its text is told to the model."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """`tokens`: all that the server counted, questions and answers, repairs too."""

    value: T
    tokens: int
    repaired: bool = False


class Llm:
    """One model. Not shared between threads; it remembers which way of asking its server knows.

    `pause` waits so many seconds between two tries; a run that may be cancelled looks for it there.
    """

    def __init__(
        self, endpoint: Endpoint, *, pause: Callable[[float], None] = time.sleep, temperature: float = 0.8
    ) -> None:
        self.endpoint = endpoint
        self._chat = Chat(endpoint, pause)
        self._form: Form = FORMS[0]
        self._extras: dict[str, float] = {"temperature": temperature, "seed": 0}

    def text(self, messages: Sequence[Message], *, seed: int = 0) -> Answer[str]:
        """An answer in plain words."""
        read = self._said({"messages": plain(messages)}, seed, dict)
        return Answer(_without_thought(read.text), read.tokens)

    def ask(
        self,
        messages: Sequence[Message],
        shape: type[T],
        *,
        check: Callable[[T], None] | None = None,
        seed: int = 0,
    ) -> Answer[T]:
        """An answer of the type `shape`, a msgspec struct. `check` raises `Unfit` for values that will not do.

        Raises UpstreamFailed if the model does not give one, even when told what was wrong.
        """
        asked, tokens = list(messages), 0
        for repair in range(REPAIRS + 1):
            request = {"messages": _with_schema(asked, shape)}
            read = self._said(request, seed + repair, lambda: _response_format(self._form, shape))
            tokens += read.tokens
            try:
                return Answer(_value(read, shape, check), tokens, repaired=repair > 0)
            except (msgspec.MsgspecError, Unfit) as error:
                fault = str(error)
            asked = [*messages, Message("assistant", read.text), Message("user", _mend(fault))]
        raise UpstreamFailed(
            f"the language model {self.endpoint.model!r} gave no answer of the right form, asked {REPAIRS + 1} times: "
            f"{fault}; its last one begins {short(read.text)!r}. A larger model, or fewer texts at once, may do"
        )

    def _said(self, request: Mapping[str, Any], seed: int, form: Callable[[], Mapping[str, Any]]) -> Said:
        """In the best form that the server knows."""
        while True:
            extras = {**self._extras, **({"seed": seed} if "seed" in self._extras else {})}
            try:
                return self._chat.said({**request, **extras, **form()})
            except FormUnknown as error:
                self._ask_for_less(error)

    def _ask_for_less(self, refusal: FormUnknown) -> None:
        """Leave out what the server named; else step down to a simpler form."""
        named = [name for name in self._extras if name in str(refusal)]
        if named:
            del self._extras[named[0]]
        elif self._form != FORMS[-1]:
            self._form = FORMS[FORMS.index(self._form) + 1]
        else:
            raise UpstreamRefused(f"{refusal}; see the settings `llm_url` and `llm_model`") from refusal


def provider(models: Models) -> Provider | None:
    """What would serve a question; None if the settings name no language model."""
    found = models.endpoint(CAPABILITY)
    if found is None:
        return None
    told = f"{found.address}\n{found.model}"
    return Provider(NAME, "upstream", {f"{CAPABILITY}:{found.model}": sha256(told.encode()).hexdigest()})


def opened(models: Models, *, pause: Callable[[float], None] = time.sleep, temperature: float = 0.8) -> Llm:
    """The model that the settings name; ModelNotInstalled tells how to name one."""
    found = models.endpoint(CAPABILITY)
    if found is None:
        raise ModelNotInstalled(
            "no language model is set: give the address of an OpenAI-compatible server, or of llama.cpp's, in "
            "`llm_url` (REELWRIGHT_LLM_URL), and its key, if it wants one, in `llm_key`"
        )
    return Llm(found, pause=pause, temperature=temperature)


# ---- requests


def _schema(shape: type[Any]) -> dict[str, Any]:
    """With the type itself at the root: some servers take no reference there."""
    made = msgspec.json.schema(shape)
    parts = made.get("$defs", {})
    name = made.get("$ref", "").rpartition("/")[2]
    root: dict[str, Any] = dict(parts.pop(name, {})) or {key: made[key] for key in made if key != "$defs"}
    return {**root, **({"$defs": parts} if parts else {})}


def _with_schema(messages: Sequence[Message], shape: type[Any]) -> list[dict[str, str]]:
    """The schema stands in the words too: a server that ignores `response_format` says nothing of it."""
    words = f"Answer with one JSON object and nothing else. Its JSON schema: {_as_text(_schema(shape))}"
    first, *rest = messages
    if first.role == "system":
        return plain([Message("system", f"{first.content}\n\n{words}"), *rest])
    return plain([Message("system", words), *messages])


def _response_format(form: Form, shape: type[Any]) -> dict[str, Any]:
    if form == "schema":
        named = {"name": shape.__name__.strip("_").lower(), "schema": _schema(shape), "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": named}}
    return {"response_format": {"type": "json_object"}} if form == "object" else {}


def _mend(fault: str) -> str:
    return f"That answer cannot be used: {fault}. Give the whole answer again, as one JSON object that fits the schema."


def _as_text(document: Mapping[str, Any]) -> str:
    return msgspec.json.encode(document).decode()


# ---- replies


def _value(read: Said, shape: type[T], check: Callable[[T], None] | None) -> T:
    if read.is_cut:
        raise Unfit("it was cut off at the token limit; make it shorter")
    value = msgspec.json.decode(_json(read.text), type=shape)
    if check is not None:
        check(value)
    return value


def _json(text: str) -> str:
    """The JSON of an answer that has words or a fence around it."""
    text = _without_thought(text)
    fenced = _FENCED.search(text)
    text = fenced.group(1).strip() if fenced else text
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _without_thought(text: str) -> str:
    """Some models write down how they came to it."""
    return _THOUGHT.sub("", text).strip()
