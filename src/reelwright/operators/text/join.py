"""Join texts into one."""

from reelwright.operators import Context, Params, Quality, Result, operator, param


class JoinParams(Params):
    texts: tuple[str, ...] = param("The texts, in order.", min_length=1, max_length=1000)
    separator: str = param("What stands between two of them.", "", max_length=1000)
    skip_empty: bool = param("Leave out texts of nothing but blanks, with their separator.", True)


class JoinResult(Result):
    text: str = param("The one text.")
    characters: int = param("Its length.")
    texts: int = param("Texts that were joined.")


@operator(version=1, quality=Quality("wrong_characters", at_most=0))
def join(params: JoinParams, ctx: Context) -> JoinResult:
    kept = [one for one in params.texts if one.strip() or not params.skip_empty]
    text = params.separator.join(kept)
    ctx.report(1, 1, unit="text")
    return JoinResult(text=text, characters=len(text), texts=len(kept))
