"""Cut out what a picture is about, on transparent ground.

What stands out from its surroundings by colour, light and place is found without a model; hair and glass have no fine
edge. Alpha that the picture has counts too. Where nothing stands out the whole picture stays, and `found` says so.
"""

import numpy as np

from reelwright.kernels import blending
from reelwright.kernels.painting import cutout as cutting
from reelwright.media import pictures
from reelwright.operators import Context, Params, Quality, files, operator, param
from reelwright.operators.picture import PictureResult, opened, saved, saved_mask

LEAST_SIDE = 32  # px


class CutoutParams(Params):
    image: files.Image = param("Picture of something.")
    crop: bool = param("Cut the canvas down to what is left.", False)


class CutoutResult(PictureResult):
    mask: files.Image = param("White where the subject is: PNG of one channel, of the result's size.")
    found: bool = param("Whether something stands out.")
    share: float = param("Share of the given picture that the subject covers.", ge=0, le=1)


@operator(version=1, quality=Quality("mask_iou", at_least=0.8))
def cutout(params: CutoutParams, ctx: Context) -> CutoutResult:
    given = opened(params.image, ctx)
    colours, own = pictures.rgb(given.pixels), pictures.alpha(given.pixels)
    found = cutting.subject(colours) if min(given.size) >= LEAST_SIDE else None
    mask = own if found is None else blending.product(found, own)
    share, notes = float(mask.mean()) / 255, given.notes
    if found is None:
        notes = (*notes, "nothing stands out from its surroundings: the picture stays whole")
    if params.crop and mask.any():
        rows, columns = (np.flatnonzero(mask.max(axis=axis)) for axis in (1, 0))
        part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        colours, mask = colours[part], np.ascontiguousarray(mask[part])
    path = saved_mask(ctx, mask)
    made = pictures.with_alpha(colours, mask)
    return saved(ctx, made, notes, CutoutResult, mask=path, found=found is not None, share=share)
