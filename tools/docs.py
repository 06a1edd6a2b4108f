"""Write the generated pages under docs/reference, or check that they are up to date.

    python tools/docs.py            write
    python tools/docs.py --check    exit 1 and name the page that is stale or incomplete

Everything here is made from declarations: operators, settings, errors, the CLI and the
faces' operation tables. Nobody edits these pages.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reelwright import errors, operators
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Plan
from reelwright.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
HEADER = "<!-- Made by `make docs` from the declarations in src/. Do not edit. -->\n\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    check = parser.parse_args().check
    made = {path: HEADER + text for path, text in pages()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    left_over = [path for path in REFERENCE.rglob("*.md") if path not in made]
    if check:
        for path in stale + left_over:
            print(f"stale: {path.relative_to(ROOT)}; run `make docs` and commit")
        return 1 if stale or left_over else 0
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in left_over:
        path.unlink()
    return 0


def pages() -> Iterator[tuple[Path, str]]:
    """Every page: its path and its text."""
    yield REFERENCE / "operators.md", operator_index()
    for name in operators.names():
        yield REFERENCE / "operators" / f"{name}.md", operator_page(operators.load(name))
    for name in registry.names():
        yield REFERENCE / "plans" / f"{name}.md", operator_page(registry.load(name))
    yield REFERENCE / "settings.md", settings_page()
    yield REFERENCE / "errors.md", errors_page()
    yield REFERENCE / "cli.md", cli_page()
    yield REFERENCE / "coverage-ice.md", coverage_page()
    yield from quality_pages()


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return (
        "\n".join(
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
        )
        + "\n"
    )


# ---- operators


def operator_index() -> str:
    rows = []
    for name in operators.names():
        one = operators.load(name)
        rows.append((f"[`{name}`](operators/{name}.md)", one.summary, ", ".join(one.tiers), str(one.version)))
    plans = [(f"[`{name}`](plans/{name}.md)", registry.load(name).summary) for name in registry.names()]
    told = "\n## Plans\n\nJobs of many steps, named in a submit as operators are.\n\n" + table(
        ("plan", "what it does"), plans
    )
    return "# Operators\n\n" + table(("operator", "what it does", "tiers", "version"), rows) + told


def operator_page(one: operators.Operator[Any, Any] | Plan[Any]) -> str:
    params, result = one.params.model_json_schema(), one.result.model_json_schema(mode="serialization")
    parts = [f"# `{one.name}`\n\n{one.summary}\n"]
    if one.description:
        parts.append(f"\n{one.description}\n")
    parts.append("\n## Params\n\n" + fields_table(params))
    parts.append("\n## Result\n\n" + fields_table(result))
    for name, schema in (result.get("$defs") or {}).items():
        if schema.get("properties"):
            parts.append(f"\n### {name}\n\n" + fields_table(schema))
    parts.append(f"\nVersion {one.version}. Tiers: {', '.join(one.tiers)}.")
    if one.quality:
        parts.append(f" Held to: {quality_words(one.quality)}.")
    parts.append("\n\n## Use\n\n" + usage(one, params))
    return "".join(parts)


def quality_words(quality: operators.Quality) -> str:
    floor = f" ≥ {quality.at_least:g}" if quality.at_least is not None else ""
    ceiling = f" ≤ {quality.at_most:g}" if quality.at_most is not None else ""
    return f"`{quality.metric}`{floor}{ceiling}"


def fields_table(schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = []
    for name, field in schema.get("properties", {}).items():
        meaning = field.get("description") or ("$ref" in field and f"See {type_words(field)} below.")
        if not meaning:
            raise SystemExit(f"{schema.get('title')}.{name} has no description: give one in param(…)")
        default = "required" if name in required else f"`{field.get('default')}`"
        rows.append((f"`{name}`", type_words(field), default, limits(field), meaning))
    return table(("name", "type", "default", "limits, unit", "meaning"), rows)


def type_words(field: dict[str, Any]) -> str:
    if "x-file" in field:
        return f"{field['x-file']} file"
    if "anyOf" in field:
        return " or ".join(type_words(one) for one in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field.get("type") == "array":
        inner = field.get("items") or field.get("prefixItems", [{}])[0]
        return f"list of {type_words(inner)}"
    return str(field.get("type", "any"))


def limits(field: dict[str, Any]) -> str:
    marks = (
        ("minimum", "≥"),
        ("exclusiveMinimum", ">"),
        ("maximum", "≤"),
        ("exclusiveMaximum", "<"),
        ("maxLength", "length ≤"),
    )
    sources = [field, *field.get("anyOf", ())]
    words = [f"{mark} {one[key]:g}" for one in sources for key, mark in marks if key in one]
    return ", ".join(words) + (f" {field['unit']}" if field.get("unit") else "")


def usage(one: operators.Operator[Any, Any] | Plan[Any], params: dict[str, Any]) -> str:
    required = list(params.get("required", ()))
    flags = " ".join(f"--{name.replace('_', '-')} {name}.file" for name in required)
    body = ", ".join(f'"{name}": "oss://bucket/{name}.file"' for name in required)
    return (
        f"```\nreelwright run {one.name} {flags} --out results\n```\n\n"
        f'```\nPOST /v1/jobs {{"operator": "{one.name}", "params": {{{body}}}}}\n```\n'
    )


# ---- settings, errors, CLI, coverage


def settings_page() -> str:
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory else str(field.default)
        rows.append(
            (f"`{name}`", f"`REELWRIGHT_{name.upper()}`", f"`{default}`" if default else "", field.description or "")
        )
    text = "Flags come first, then the environment, then `reelwright.toml` in the home, then the defaults.\n\n"
    return "# Settings\n\n" + text + table(("setting", "environment", "default", "meaning"), rows)


def errors_page() -> str:
    tree = (errors.__doc__ or "").partition("\n\n")[2]
    drawing, _, rest = tree.partition("\n\n")
    rows = [
        (f"`{kind.code}`", f"`{kind.__name__}`", "yes" if kind.retryable else "no")
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.ReelwrightError)
    ]
    return f"# Errors\n\n```\n{drawing}\n```\n\n{rest}\n\n" + table(("code", "class", "a retry can help"), rows)


def cli_page() -> str:
    import typer

    from reelwright.faces.cli import app

    command = typer.main.get_command(app)
    parts = ["# Command line\n\n`reelwright COMMAND --help` says the same, in colour.\n"]
    parts += command_pages(command, "reelwright")
    return "".join(parts)


def command_pages(command: Any, name: str) -> Iterator[str]:
    for sub_name, sub in sorted(getattr(command, "commands", {}).items()):
        if sub.hidden:
            continue
        yield f"\n## `{name} {sub_name}`\n\n{(sub.help or '').strip()}\n"
        rows = [option_row(one) for one in sub.params if not getattr(one, "hidden", False)]
        if rows:
            yield "\n" + table(("option", "default", "meaning"), rows)
        yield from command_pages(sub, f"{name} {sub_name}")


def option_row(option: Any) -> tuple[str, str, str]:
    names = option.opts + option.secondary_opts
    shown = ", ".join(f"`{one}`" for one in names) if option.param_type_name == "option" else f"`{option.name.upper()}`"
    default = "" if option.default is None or callable(option.default) else str(option.default)
    return shown, f"`{default}`" if default and default != "()" else "", getattr(option, "help", "") or ""


def coverage_page() -> str:
    from reelwright.faces.ice.coverage import page

    return page()


def quality_pages() -> Iterator[tuple[Path, str]]:
    """The figures that the committed benchmark results hold."""
    sys.path.insert(0, str(ROOT))
    from benchmarks.report import page

    yield REFERENCE / "quality.md", page(ROOT / "benchmarks" / "results", ROOT / "docs" / "decisions")


if __name__ == "__main__":
    raise SystemExit(main())
