"""The media library of this face: its operations, and what the jobs of other modules need of it.

A job reads a medium by its id, and leaves its outputs in the library:

    from reelwright.faces.ice import library

    library.address(desk, media_id, field="Input.Media")          -> "oss://bucket/key" of the asset's file
    library.source(desk, text, field="InputFile")                 -> the same for a text that is an id or an address
    library.lands(desk, title="…", kind="audio", media=1)         -> entries for `Submission.wire`
    library.destination(desk, "speech")                           -> "oss://bucket/path/speech-<id>" for an output
                                                                     that was given no address
    library.analyses(desk, address)                               -> an entry for `wire`: the asset keeps which job
                                                                     told last what it shows
    library.MediaIds("")                                          -> a row of a job: ids of the assets it made

`lands` with `media=1` chooses the id of the future asset: `wire["media_id"]`, which a submit can
answer with (`"MediaId": "wire.media_id"`). The asset is written by the transaction that accepts the job,
as Preparing, and filled by the one that ends it; then a job of its own looks into the file, and it is Normal. With
`media=0` assets are made when the job ends, one for each output whose result field is in `roles` (all
outputs, if none is named): `roles=("clips",)` lands `clips.0.video`, `clips.1.video`, ….
A job that fails, is cancelled or deleted leaves the assets that were told at submit as PrepareFail.

The records and their life are in `jobs.library`; `docs/decisions/0014` tells why.
"""

from reelwright.faces.ice.library.by_url import BY_URLS
from reelwright.faces.ice.library.changing import CHANGES
from reelwright.faces.ice.library.products import MediaIds, address, analyses, destination, lands, source
from reelwright.faces.ice.library.reading import READINGS
from reelwright.faces.ice.library.registering import REGISTER
from reelwright.faces.ice.library.uploading import UPLOADS

LIBRARY = (REGISTER, *UPLOADS, *BY_URLS, *READINGS, *CHANGES)

__all__ = ["LIBRARY", "MediaIds", "address", "analyses", "destination", "lands", "source"]
