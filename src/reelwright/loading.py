"""Heavy libraries, imported when they are first used.

The web process reads every operator's schema and must not load a codec by that; so the
modules of `media`, `kernels` and `operators` bind such libraries lazily:

    if TYPE_CHECKING:
        import av
    else:
        av = lazy("av")
"""

import importlib
from typing import Any


class lazy:  # noqa: N801 - read like a keyword
    """Stands for a module until one of its names is wanted."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(importlib.import_module(self._name), attribute)
        self.__dict__[attribute] = value
        return value
