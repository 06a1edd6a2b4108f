"""The settings with a command's flags on top."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import faults
from reelwright.loading import lazy

if TYPE_CHECKING:
    import pydantic

    from reelwright import settings
    from reelwright.settings import Settings
else:
    pydantic = lazy("pydantic")
    settings = lazy("reelwright.settings")


def configured(**flags: Any) -> "Settings":
    """What was not given (None) comes from the environment, the home's file or the defaults.

    Raises `InvalidParameter` with the setting, the value and what is wrong.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    if "home" in given:
        given["home"] = Path(given["home"]).expanduser().resolve()
    try:
        return settings.Settings(**given)
    except pydantic.ValidationError as error:
        raise InvalidParameter(faults.first_fault(error, "the setting {}")) from None
