"""Keep a file as it is: what comes in goes out, byte for byte, under the name it came by.

For files that lie elsewhere and are wanted in a bucket of this server. They are fetched as every input is, with all
its guards; nothing looks into them.
"""

import shutil
from pathlib import Path

from reelwright.operators import Context, Params, Quality, Result, files, operator, param


class KeepParams(Params):
    file: files.Any_ = param("File to keep.")


class KeepResult(Result):
    file: files.Any_ = param("The same file.")
    size: int = param("Its size.", unit="B")


@operator(version=1, quality=Quality("bytes_changed", at_most=0))
def keep(params: KeepParams, ctx: Context) -> KeepResult:
    source = Path(params.file)
    kept = ctx.output(f"file{source.suffix.lower()}")
    shutil.copyfile(source, kept)
    size = kept.stat().st_size
    ctx.report(size, size, unit="byte")
    return KeepResult(file=str(kept), size=size)
