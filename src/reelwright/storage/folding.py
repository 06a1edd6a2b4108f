"""One page of a listing: keys beyond a delimiter are folded into common prefixes."""

from collections.abc import Iterable

from reelwright.storage.layout import Entry


def fold(
    entries: Iterable[Entry], *, prefix: str, delimiter: str, after: str, limit: int
) -> tuple[list[Entry], list[str], str | None]:
    """`entries` come in order of key. Returns objects, common prefixes, and what to continue after (None at the end).

    A page that ended with a common prefix is continued after the whole of it.
    """
    found: list[Entry] = []
    prefixes: list[str] = []
    last = ""
    if limit <= 0:
        return found, prefixes, None
    for entry in entries:
        common = _common(entry.key, prefix, delimiter)
        if common is not None and (common == last or common <= after):
            continue
        if common is None and entry.key <= after:
            continue
        if len(found) + len(prefixes) >= limit:
            return found, prefixes, last
        if common is not None:
            prefixes.append(common)
        else:
            found.append(entry)
        last = common or entry.key
    return found, prefixes, None


def _common(key: str, prefix: str, delimiter: str) -> str | None:
    if not delimiter:
        return None
    at = key.find(delimiter, len(prefix))
    return None if at < 0 else key[: at + len(delimiter)]
