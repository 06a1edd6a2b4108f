"""Assets as inputs and outputs of jobs, through the vendor's client."""

import asyncio

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.errors import InvalidParameter
from reelwright.faces.ice import library
from reelwright.faces.request import Origin
from reelwright.faces.wire import Desk
from reelwright.service import Submission


@pytest.fixture
def submit(ask):
    """`submit(input, output)`: each (type, media, …). The id of the job."""

    def submit(source, target, **given):
        request = m.SubmitIProductionJobRequest(
            function_name="Cover",
            input=m.SubmitIProductionJobRequestInput(**source),
            output=m.SubmitIProductionJobRequestOutput(**target),
            **given,
        )
        return ask("submit_iproduction_job", request).job_id

    return submit


@pytest.fixture
def query(ask):
    return lambda job_id: ask("query_iproduction_job", m.QueryIProductionJobRequest(job_id=job_id))


@pytest.fixture
def desk(service, key):
    return Desk(service, key.tenant, Origin("host", "http://host"))


def test_a_submit_can_answer_with_the_asset_that_its_job_will_fill(desk, service, worker, look, info):
    lands = library.lands(desk, title="Speech", kind="audio", media=1, roles=("covers",), user_data="mine")
    wanted = Submission("video.cover", {"video": "oss://media/in.mp4"}, wire=lands, destination="oss://media/o.png")
    asyncio.run(service.submit(desk.tenant, wanted))
    waiting = info(lands["media_id"]).media_basic_info
    assert (waiting.status, waiting.media_type, waiting.title) == ("Preparing", "audio", "Speech")

    worker.make_covers(("o.png",))
    look(kind="audio")

    basic = info(lands["media_id"]).media_basic_info
    assert (basic.status, basic.input_url, basic.user_data) == ("Normal", "oss://media/o.png", "mine")


def test_an_address_or_an_id_is_told_apart_by_its_shape(desk, register):
    media_id = register()

    assert library.source(desk, media_id, field="InputFile") == "oss://media/in.mp4"
    assert library.source(desk, "oss://media/x", field="InputFile") == "oss://media/x"
    assert library.source(desk, "no id", field="InputFile", kind="OSS") == "no id"
    with pytest.raises(InvalidParameter, match=r"^InputFile is 'no id', but there is no such asset"):
        library.source(desk, "no id", field="InputFile", kind="Media")


OSS = {"type": "OSS", "media": "oss://media/in.mp4"}
NEW = {"type": "Media", "media": ""}


@pytest.mark.parametrize("word", ["Media", "MediaId"])
def test_a_job_reads_the_file_of_an_asset(register, submit, query, worker, word):
    media_id = register()
    worker.claim()

    job_id = submit({"type": word, "media": media_id}, {"type": "OSS", "media": "oss://media/{source}.png"})

    assert worker.claim().job.params["video"] == "oss://media/in.mp4"
    told = query(job_id)
    assert (told.input.type, told.input.media) == ("Media", media_id)


def test_the_outputs_of_a_job_become_assets(submit, query, worker, look, info):
    job_id = submit(OSS, {**NEW, "biz": "VOD"}, name="Covers")
    assert query(job_id).output_media_ids == []

    worker.make_covers(("o/one.png", "o/two.png"))
    look(kind="image")
    look(kind="image")

    told = query(job_id)
    assert len(told.output_media_ids) == len(told.output_files) == 2
    first, second = (info(one).media_basic_info for one in told.output_media_ids)
    assert (first.input_url, second.input_url) == ("oss://media/o/one.png", "oss://media/o/two.png")
    assert (first.title, second.title, first.biz) == ("Covers", "Covers (2)", "VOD")
    assert (first.media_type, first.status, first.upload_source) == ("image", "Normal", "job")


def test_where_they_go_is_the_default_location_or_as_asked(submit, worker):
    submit(OSS, NEW)
    assert worker.claim().job.destination.startswith("oss://results/library/{source}-")

    submit(OSS, {**NEW, "output_url": "oss://media/{source}-{sequenceId}.png"})
    assert worker.claim().job.destination == "oss://media/{source}-{sequenceId}.png"


def test_an_asset_may_take_the_output_for_its_file(register, look, submit, query, worker, info):
    media_id = register(title="mine")
    look()

    job_id = submit(OSS, {"type": "Media", "media": media_id})
    worker.make_covers(("o/one.png",))

    assert query(job_id).output_media_ids == [media_id]
    basic = info(media_id).media_basic_info
    assert (basic.title, basic.status) == ("mine", "Preparing")
    assert look().job.params["file"] == "oss://media/o/one.png"


def test_outputs_that_go_to_addresses_are_no_assets(submit, query, worker):
    job_id = submit(OSS, {"type": "OSS", "media": "oss://media/o.png"})
    worker.make_covers(("o.png",))

    assert query(job_id).output_media_ids == []


@pytest.mark.parametrize(
    ("source", "target", "told"),
    [
        ({"type": "Media", "media": "0" * 32}, NEW, "Input.Media is '0"),
        (OSS, {"type": "Media", "media": "0" * 32}, "Output.Media is '0"),
        (OSS, {**NEW, "output_url": "oss://none/x.png"}, "Output.OutputUrl: there is no bucket 'none'"),
        (OSS, {"type": "OSS", "media": ""}, "Output.Media is missing"),
    ],
    ids=["input", "output", "output-url", "no-output"],
)
def test_what_is_not_there_is_refused(refusal, source, target, told):
    request = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(**source),
        output=m.SubmitIProductionJobRequestOutput(**target),
    )

    status, _, message = refusal("submit_iproduction_job", request)

    assert status == 400
    assert message.startswith(told), message


def test_an_asset_without_a_file_is_refused_as_an_input(ask, refused):
    made = ask("create_upload_media", m.CreateUploadMediaRequest(file_info='{"Type":"video","Name":"a","Ext":"mp4"}'))
    request = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="Media", media=made.media_id),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
    )

    assert "its file is not there yet" in refused("submit_iproduction_job", request)[2]
