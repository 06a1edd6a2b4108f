"""One sub-command for each operator and each plan, made from its declaration when it is asked for."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import faults, flags
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.operators import Operator, Params
    from reelwright.pipelines import registry
    from reelwright.pipelines.contract import Plan
else:
    registry = lazy("reelwright.pipelines.registry")

SUMMARY = 110  # characters of a summary in the list


def option(name: str, kind: Any, default: Any, help: str, *names: str, **more: Any) -> inspect.Parameter:
    """A common option, as `flags.signature` takes it."""
    more.setdefault("rich_help_panel", "How it is run")
    declared = typer.Option(*(names or (f"--{name.replace('_', '-')}",)), help=help, **more)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=Annotated[kind, declared])


def command(
    verb: str, operator: "Operator[Any, Any] | Plan[Any]", common: list[inspect.Parameter], act: Callable[..., None]
) -> Any:
    """The sub-command of an operator: `act(operator, params, **common)` with checked parameters."""
    found = flags.of(operator.params.model_json_schema())

    def run(**given: Any) -> None:
        params = checked(operator, flags.values(found, given))
        act(operator, params, **{one.name: given[one.name] for one in common})

    app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)
    told = flags.escaped(f"{operator.summary}\n\n{_unwrapped(operator.description)}")
    call = flags.escaped(flags.example(f"{verb} {operator.name}", found))
    shown = app.command(operator.name, help=told, epilog=f"Example: [bold]{call}[/]")
    shown(flags.command(run, flags.signature(found, common)))
    return typer.main.get_command(app)


def _unwrapped(text: str) -> str:
    """Paragraphs as one line each: the terminal wraps them at its own width."""
    return "\n\n".join(" ".join(one.split()) for one in text.split("\n\n"))


def checked(operator: "Operator[Any, Any] | Plan[Any]", given: Mapping[str, Any]) -> "Params":
    """The operator's own parameters. Raises `InvalidParameter` with the flag, the value and what is wrong."""
    from pydantic import ValidationError

    try:
        params: Params = operator.params.model_validate(given)
    except ValidationError as error:
        raise InvalidParameter(faults.first_fault(error, "--{}"), field="params") from None
    check = getattr(operator, "check", None)  # a plan's own
    if check is not None:
        check(params)
    return params


class Offered(TyperGroup):
    """The operators and plans as sub-commands. `make` builds the one that was asked for."""

    def make(self, operator: "Operator[Any, Any] | Plan[Any]") -> Any:
        raise NotImplementedError

    def list_commands(self, ctx: Any) -> list[str]:
        return list(registry.all_names())

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if ctx.resilient_parsing and cmd_name not in registry.all_names():
            return None
        return self.make(registry.load(cmd_name))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Operators"):
            formatter.write_dl([(name, _summary(name)) for name in self.list_commands(ctx)])


@cache
def _summary(name: str) -> str:
    return registry.load(name).summary[:SUMMARY]
