"""UploadMediaByURL and GetUrlUploadInfos: files that lie elsewhere are fetched, each by a job of its own.

The job keeps the file where the asset has its place (`media.keep`); it goes through the guarded fetcher, as every
input from outside does. What became of it is told by the job's id, or by the address.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from reelwright import timing
from reelwright.errors import AddressRefused, InvalidParameter, JobNotFound, MissingParameter
from reelwright.faces.codecs import parsed, read
from reelwright.faces.ice.library import places, uploading, wishes
from reelwright.faces.ice.library.documents import Word
from reelwright.faces.ice.library.products import FACE
from reelwright.faces.wire import Desk, Document, Table, each, handled, one_of, text
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids
from reelwright.jobs.job import Job, NewJob, Status
from reelwright.jobs.library import LANDS, Landing
from reelwright.jobs.records import Keeping, Shelf
from reelwright.service import Submission
from reelwright.storage.fetch import checked_url

FAMILY = f"{FACE}.library"
BY_URL = "UploadByURLComplete"
KEEP = "media.keep"
MOST_URLS, MOST_ASKED, MOST_TOLD = 20, 10, 100
STATUS = {
    Status.QUEUED: "PENDING",
    Status.RUNNING: "PENDING",
    Status.SUSPENDED: "PENDING",
    Status.SUCCEEDED: "SUCCESS",
    Status.FAILED: "FAIL",
    Status.CANCELLED: "FAIL",
}


class Transfer(msgspec.Struct, frozen=True):
    """A job that fetches; its record's id is the job's."""

    url: str
    media: str
    user_data: str = ""


TRANSFERS = Shelf("ice.transfer", Transfer)

META: Table = {
    "SourceURL": text("url"),
    "FileExtension": text("extension"),
    **{name: row for name, row in uploading.META.items() if name not in ("Title", "BusinessType")},
    "Title": text("title", most=uploading.MOST_TITLE),
    "BusinessType": one_of("business", wishes.BUSINESS),
}
TOLD: Table = {
    "JobId": "id",
    "MediaId": "media",
    "UploadURL": "url",
    "UserData": "user_data",
    "Status": one_of("status", STATUS),
    "FileSize": Word("size"),
    "CreationTime": at("created_at"),
    "CompleteTime": at("finished_at"),
    "ErrorCode": "failure.code",
    "ErrorMessage": "failure.message",
}


async def upload(desk: Desk, given: Document) -> Document:
    now = timing.now()
    urls = _urls(str(given["urls"]), "UploadURLs", MOST_URLS)
    by_url = _metadata(given.get("meta"))
    made = [_transfer(desk, given, by_url.get(url, by_url.get("", {})), url, now) for url in urls]

    def change(tx: Keeping) -> None:
        for transfer, new in made:
            tx.submit(new)
            TRANSFERS.put(tx, desk.tenant, new.id, transfer, now=now, labels={"url": transfer.url})

    await desk.service.keep(change)
    return {"jobs": [{"id": new.id, "media": transfer.media, "url": transfer.url} for transfer, new in made]}


def _transfer(desk: Desk, given: Document, meta: Document, url: str, now: float) -> tuple[Transfer, NewJob]:
    name = PurePosixPath(unquote(urlsplit(url).path)).name or "file"
    extension = wishes.text_of(meta, "extension", PurePosixPath(name).suffix)
    if not extension:
        told = f"UploadURLs: {url} has no ending that tells the kind of file; give FileExtension in MediaMetaData"
        raise InvalidParameter(told, field="UploadURLs")
    asset_id = ids.new(now)
    where = uploading.place(desk, given, asset_id, PurePosixPath(name).stem, extension)
    kind = wishes.kind_by_name(f"x.{extension.removeprefix('.')}")
    asset = uploading.described(desk, given, meta, where, now, kind=kind, name=name, origin="url")
    asset = msgspec.structs.replace(
        asset, given=url, tells=msgspec.structs.replace(asset.tells, arrived=BY_URL), address=""
    )
    landing = Landing(asset, (asset_id,))
    wanted = Submission(
        operator=KEEP,
        params={"file": url},
        destination=str(where),
        face=FAMILY,
        wire={LANDS: msgspec.to_builtins(landing), "url": url},
    )
    new = desk.service.check(desk.tenant, wanted, own_hosts=places.own_hosts(desk))
    return Transfer(url, asset_id, asset.user_data), new


def _urls(listed: str, field: str, most: int) -> list[str]:
    """Addresses with commas between, each percent-encoded as a whole; one that is written plainly is taken too."""
    parts = [part.strip() for part in listed.split(",") if part.strip()]
    urls = list(dict.fromkeys(part if "://" in part else unquote(part) for part in parts))
    if not 1 <= len(urls) <= most:
        raise InvalidParameter(f"{field} names {len(urls)} addresses; give 1 to {most}", field=field)
    for url in urls:
        if url.startswith(("http://", "https://")):
            _check(url, field)
    return urls


def _check(url: str, field: str) -> None:
    try:
        checked_url(url)
    except AddressRefused as error:
        raise InvalidParameter(f"{field}: {error.message}", field=field) from None


def _metadata(given: object) -> Mapping[str, dict[str, object]]:
    """What is said of each address; what names none is said of all."""
    if not given:
        return {}
    decoded = parsed(given, "MediaMetaData")
    found = {}
    for one in decoded if isinstance(decoded, list) else [decoded]:
        if not isinstance(one, Mapping):
            raise InvalidParameter("MediaMetaData holds what is no object; give a list of them", field="MediaMetaData")
        said = read(META, one, within="MediaMetaData.")
        found[str(said.get("url", ""))] = said
    return found


# ---- what became of them


async def tell(desk: Desk, given: Document) -> Document:
    if given.get("ids"):
        asked = [one.strip() for one in str(given["ids"]).split(",") if one.strip()]
        if len(asked) > MOST_ASKED:
            raise InvalidParameter(f"JobIds names {len(asked)} jobs; give at most {MOST_ASKED}", field="JobIds")
        found = {job_id: _told(desk, [job_id]) for job_id in asked}
    elif given.get("urls"):
        asked = _urls(str(given["urls"]), "UploadURLs", MOST_ASKED)
        found = {url: _told(desk, _jobs_of(desk, url)) for url in asked}
    else:
        raise MissingParameter("JobIds is missing; give it, or UploadURLs", field="JobIds")
    told = [one for some in found.values() for one in some]
    return {"found": told[:MOST_TOLD], "missing": [one for one, some in found.items() if not some]}


def _jobs_of(desk: Desk, url: str) -> list[str]:
    """Newest first."""
    return [one.id for one in TRANSFERS.page(desk.service.kept, desk.tenant, labels={"url": url}, limit=MOST_TOLD)]


def _told(desk: Desk, job_ids: list[str]) -> list[dict[str, Any]]:
    """What is told of those that are known."""
    told = []
    for job_id in job_ids:
        transfer = TRANSFERS.get(desk.service.kept, desk.tenant, job_id)
        try:
            job = desk.service.job(desk.tenant, job_id)
        except JobNotFound:  # It has expired.
            continue
        if transfer is not None:
            told.append(_one(transfer.body, job))
    return told


def _one(transfer: Transfer, job: Job) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(transfer),
        "user_data": transfer.user_data or None,
        "id": job.id,
        "status": job.status.value,
        "size": job.result["size"] if job.result else None,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "failure": msgspec.to_builtins(job.failure) if job.failure else {},
    }


BY_URLS = (
    replace(
        handled(
            "UploadMediaByURL",
            upload,
            takes={**uploading.COMMON, "UploadURLs": text("urls", required=True), "MediaMetaData": "meta"},
            gives={"UploadJobs": each("jobs", {"JobId": "id", "MediaId": "media", "SourceURL": "url"})},
        ),
        also_named={"params.file": "UploadURLs"},  # a fault of the address is found where its job is made
    ),
    handled(
        "GetUrlUploadInfos",
        tell,
        takes={"JobIds": text("ids"), "UploadURLs": text("urls")},
        gives={"URLUploadInfoList": each("found", TOLD), "NonExists": "missing"},
    ),
)
