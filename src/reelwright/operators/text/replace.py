"""Put words in the place of others in a text.

Words are replaced wherever they stand, from left to right, none within what was put. There are no patterns: one of
somebody's own could take for ever.
"""

import re

from reelwright.operators import Context, Params, Quality, Result, operator, param

MOST = 1_000_000  # characters


class ReplaceParams(Params):
    text: str = param("The text.", max_length=MOST)
    find: str = param("What is replaced.", min_length=1, max_length=10_000)
    put: str = param("What is put in its place; nothing takes it away.", "", max_length=10_000)
    case: bool = param("Capital and small letters must agree.", True)
    most: int | None = param("Most places that are replaced; all if left out.", None, ge=1)


class ReplaceResult(Result):
    text: str = param("The new text.")
    count: int = param("Places that were replaced.")


@operator(version=1, quality=Quality("wrong_characters", at_most=0))
def replace(params: ReplaceParams, ctx: Context) -> ReplaceResult:
    wanted = re.compile(re.escape(params.find), 0 if params.case else re.IGNORECASE)
    text, count = wanted.subn(lambda found: params.put, params.text, count=params.most or 0)
    ctx.report(1, 1, unit="text")
    return ReplaceResult(text=text, count=count)
