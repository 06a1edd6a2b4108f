"""UploadMediaByURL and GetUrlUploadInfos through the vendor's client; the tests play the worker that fetches."""

import re
from urllib.parse import quote

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Output

ONE, TWO = "https://example.com/a%20b.mp4?x=1,2", "http://example.com/two.png"


@pytest.fixture
def upload(ask):
    def upload(*urls, **given):
        listed = ",".join(quote(url, safe="") for url in urls)
        return ask("upload_media_by_url", m.UploadMediaByURLRequest(upload_urls=listed, **given)).upload_jobs

    return upload


@pytest.fixture
def tell(ask):
    def tell(**given):
        return ask("get_url_upload_infos", m.GetUrlUploadInfosRequest(**given))

    return tell


def fetched(worker, claim):
    key = claim.job.destination.removeprefix("oss://results/")
    worker.finish(
        claim,
        {"file": f"{LINK}results/{key}", "size": 5},
        [Output("file", "file", "results", key, 5, "f" * 64, "video/mp4")],
    )


def test_a_file_from_elsewhere_becomes_an_asset(upload, tell, worker, info, look, told):
    (job,) = upload(ONE, user_data='{"NotifyAddress":"http://mine.test/x"}')
    assert job.source_url == ONE
    waiting = info(job.media_id).media_basic_info
    assert (waiting.status, waiting.title, waiting.input_url) == ("Preparing", "a b.mp4", ONE)
    (before,) = tell(job_ids=job.job_id).urlupload_info_list
    assert (before.status, before.complete_time, before.file_size) == ("PENDING", None, None)

    claim = worker.claim()
    assert (claim.job.operator, claim.job.params) == ("media.keep", {"file": ONE})
    assert claim.job.destination == f"oss://results/library/{job.media_id}/a b.mp4"
    fetched(worker, claim)
    look()

    after = tell(job_ids=f"{job.job_id},nope")
    (one,) = after.urlupload_info_list
    assert (one.status, one.file_size, one.media_id, one.upload_url) == ("SUCCESS", "5", job.media_id, ONE)
    assert one.complete_time >= one.creation_time
    assert one.user_data == '{"NotifyAddress":"http://mine.test/x"}'
    assert after.non_exists == ["nope"]
    assert info(job.media_id).media_basic_info.status == "Normal"
    assert told().count(("UploadByURLComplete", "http://mine.test/x")) == 1
    assert ("UploadByURLComplete", "http://all.test/") in told()


def test_a_fetch_that_fails_says_why(upload, tell, worker, info, told):
    (job,) = upload(ONE)

    worker.fail(worker.claim(), Failure("ObjectNotFound", "there is nothing at https://example.com"))

    (one,) = tell(job_ids=job.job_id).urlupload_info_list
    assert (one.status, one.error_code) == ("FAIL", "ObjectNotFound")
    assert one.error_message == "there is nothing at https://example.com"
    assert info(job.media_id).media_basic_info.status == "PrepareFail"
    assert told() == [("UploadByURLComplete", "http://all.test/")]


def test_each_address_has_a_job_and_its_own_metadata(upload, info):
    meta = f'[{{"SourceURL":"{TWO}","Title":"Two","Tags":"x","BusinessType":"cover"}},{{"Title":"all others"}}]'

    first, second = upload(ONE, TWO, media_meta_data=meta)

    one, two = (info(job.media_id).media_basic_info for job in (first, second))
    assert (one.title, one.media_type, one.business_type) == ("all others", "video", "general")
    assert (two.title, two.media_type, two.business_type, two.media_tags) == ("Two", "image", "cover", "x")


def test_jobs_are_found_by_the_address_the_newest_first(upload, tell):
    (first,) = upload(ONE)
    (second,) = upload(ONE)

    found = tell(upload_urls=",".join(quote(url, safe="") for url in (ONE, TWO)))

    assert [one.job_id for one in found.urlupload_info_list] == [second.job_id, first.job_id]
    assert found.non_exists == [TWO]


def test_a_job_of_another_kind_is_unknown_here(ask, tell):
    request = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
    )
    job_id = ask("submit_iproduction_job", request).job_id

    assert tell(job_ids=job_id).non_exists == [job_id]


def test_an_address_without_an_ending_needs_one(upload, refused, worker):
    request = m.UploadMediaByURLRequest(upload_urls="https://example.com/watch")
    assert "give FileExtension" in refused("upload_media_by_url", request)[2]

    upload("https://example.com/watch", media_meta_data='{"FileExtension":"mp4"}')

    assert worker.claim().job.destination.endswith("/watch.mp4")


@pytest.mark.parametrize(
    ("method", "request_", "told"),
    [
        ("upload_media_by_url", m.UploadMediaByURLRequest(), "^UploadURLs is missing"),
        (
            "upload_media_by_url",
            m.UploadMediaByURLRequest(upload_urls=",".join(f"http://e.com/{n}.mp4" for n in range(21))),
            "^UploadURLs names 21 addresses; give 1 to 20",
        ),
        (
            "upload_media_by_url",
            m.UploadMediaByURLRequest(upload_urls="ftp://e.com/a.mp4"),
            "^UploadURLs: 'ftp://e.com/a.mp4' is no address",
        ),
        (
            "upload_media_by_url",
            m.UploadMediaByURLRequest(upload_urls="http://user:pw@e.com/a.mp4"),
            "^UploadURLs: .*user or password",
        ),
        (
            "upload_media_by_url",
            m.UploadMediaByURLRequest(upload_urls="oss://media/none.mp4"),
            "^UploadURLs: there is no object",
        ),
        (
            "upload_media_by_url",
            m.UploadMediaByURLRequest(upload_urls="http://e.com/a.mp4", media_meta_data="[1]"),
            "^MediaMetaData holds",
        ),
        ("get_url_upload_infos", m.GetUrlUploadInfosRequest(), "^JobIds is missing"),
        (
            "get_url_upload_infos",
            m.GetUrlUploadInfosRequest(job_ids=",".join(map(str, range(11)))),
            "^JobIds names 11 jobs; give at most 10",
        ),
    ],
    ids=["no-urls", "many-urls", "no-address", "password", "no-object", "no-metadata", "nothing", "many-jobs"],
)
def test_a_wrong_request_names_the_parameter(refusal, method, request_, told):
    status, _, message = refusal(method, request_)

    assert status == 400
    assert re.search(told, message), message
