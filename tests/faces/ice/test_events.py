"""Event callbacks and NotifyAddress, through the vendor's client, to a receiver on loopback."""

import hashlib
import json
import re
import time

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice import notices
from reelwright.jobs.delivery import DeliveryFilter, DeliveryState
from reelwright.jobs.job import Failure
from reelwright.settings import Settings

KEY = "Abc123xyz"


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, fetch_allow=("127.0.0.0/8",), callback_delay=0.01)


@pytest.fixture
def delivering(service, address):
    """The deliverer runs; the face has told it how its messages are written."""
    service.callbacks.start()
    yield
    service.callbacks.close()


@pytest.fixture
def subscribe(ask):
    def subscribe(url, **given):
        request = m.SetEventCallbackRequest(callback_type="HTTP", callback_url=url, **given)
        assert ask("set_event_callback", request).success is True

    return subscribe


@pytest.fixture
def submit(ask):
    def submit(user_data=None):
        request = m.SubmitIProductionJobRequest(
            function_name="Cover",
            input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
            output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
            user_data=user_data,
        )
        return ask("submit_iproduction_job", request).job_id

    return submit


def notify(url) -> str:
    return json.dumps({"NotifyAddress": url, "mine": "文"})


def settled(service, key):
    for _ in range(6000):
        found = service.deliveries(DeliveryFilter(key.tenant))
        if found and all(one.state is not DeliveryState.PENDING for one in found):
            return found
        time.sleep(0.01)
    raise AssertionError(f"still pending: {found}")


def test_what_was_set_is_told_again(ask, subscribe):
    assert ask("get_event_callback").to_map().keys() == {"RequestId"}

    subscribe("http://example.com/a", event_type_list="FileUploadComplete", auth_switch="on", auth_key=KEY)

    told = ask("get_event_callback")
    assert (told.callback_type, told.callback_url) == ("HTTP", "http://example.com/a")
    assert (told.auth_switch, told.auth_key, told.event_type_list) == ("on", KEY, "FileUploadComplete")
    subscribe("http://example.com/b")
    told = ask("get_event_callback")
    assert (told.callback_url, told.auth_switch, told.auth_key) == ("http://example.com/b", "off", None)


def test_the_end_of_a_job_is_told_in_the_vendors_envelope(subscribe, submit, worker, delivering, receiver, key):
    taken = receiver(200)
    subscribe(taken.url)
    user_data = '{"mine":"文"}'
    job_id = submit(user_data)
    worker.make_covers()

    (told,) = taken.wait()

    body = told.pop("MessageBody")
    assert told.keys() == {"EventType", "UserId", "EventTime"}
    assert told["EventType"] == "IProductionComplete"
    assert told["UserId"] == notices.user_id(key.tenant)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["EventTime"])
    assert body == {
        "Type": "IProduction",
        "JobType": "IProduction",
        "JobId": job_id,
        "FunctionName": "Cover",
        "State": "Success",
        "Status": "Success",
        "Code": "Success",
        "Message": "success",
        "Details": [],
        "UserData": user_data,
    }
    headers = taken.got[0][0]
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert not {"x-ice-signature", "x-ice-timestamp"} & headers.keys()


def test_a_failure_is_told_with_its_reason(subscribe, submit, worker, delivering, receiver):
    taken = receiver(200)
    subscribe(taken.url)
    submit()
    worker.fail(worker.claim(), Failure("NoVideo", "in.mp4 has no picture; give a video"))

    (told,) = taken.wait()

    body = told["MessageBody"]
    assert (body["Status"], body["State"], body["Code"]) == ("Fail", "Fail", "NoVideo")
    assert body["Message"] == "in.mp4 has no picture; give a video"


def test_a_cancelled_job_is_told_too(ask, subscribe, submit, delivering, receiver):
    taken = receiver(200)
    subscribe(taken.url)
    ask("cancel_iproduction_job", m.CancelIProductionJobRequest(job_id=submit()))

    (told,) = taken.wait()
    assert (told["MessageBody"]["Status"], told["MessageBody"]["Code"]) == ("Fail", "Cancelled")


def test_every_try_is_signed_over_address_time_and_key(subscribe, submit, worker, delivering, receiver):
    taken = receiver(500, 200)
    url = taken.url + "?by=reelwright"
    subscribe(url, auth_switch="on", auth_key=KEY)
    submit()
    worker.make_covers()

    taken.wait(2)

    for headers, _ in taken.got:
        stamp = headers["x-ice-timestamp"]
        assert abs(int(stamp) - time.time()) < 300
        assert headers["x-ice-signature"] == hashlib.md5(f"{url}|{stamp}|{KEY}".encode()).hexdigest()
    first, second = taken.got
    assert first[0]["x-reelwright-delivery"] == second[0]["x-reelwright-delivery"]
    assert first[1] == second[1]


def test_a_notify_address_of_one_job_is_told_of_that_job(submit, worker, delivering, receiver, service, key):
    taken = receiver(200)
    job_id = submit(notify(taken.url))
    submit("no JSON at all, but NotifyAddress stands in it")
    submit(json.dumps({"NotifyAddress": "ice-callback-queue"}))
    for _ in range(3):
        worker.make_covers()

    (told,) = taken.wait()

    assert (told["MessageBody"]["JobId"], told["MessageBody"]["UserData"]) == (job_id, notify(taken.url))
    assert len(settled(service, key)) == 1


def test_a_notify_address_is_signed_with_the_key_of_the_callback(subscribe, submit, worker, delivering, receiver):
    mine, everybodys = receiver(200), receiver(200)
    subscribe(everybodys.url, auth_switch="on", auth_key=KEY)
    submit(notify(mine.url))
    worker.make_covers()

    assert mine.wait() == everybodys.wait()
    headers = mine.got[0][0]
    assert headers["x-ice-signature"] == notices.sign(mine.url, headers["x-ice-timestamp"], KEY)


@pytest.mark.parametrize(
    ("events", "count"),
    [("", 1), ("IProductionComplete", 1), ("FileUploadComplete, IProductionComplete", 1), ("FileUploadComplete", 0)],
    ids=["all", "this", "this-too", "others"],
)
def test_only_the_events_that_are_wanted_are_told(subscribe, submit, worker, service, key, events, count):
    subscribe("http://example.com/", event_type_list=events)
    submit()
    worker.make_covers()

    assert len(service.deliveries(DeliveryFilter(key.tenant))) == count


def test_what_is_behind_no_job_is_announced_to_both_addresses(subscribe, delivering, receiver, service, key):
    taken, mine = receiver(200), receiver(200)
    subscribe(taken.url, event_type_list="FileUploadComplete")
    body = {"Status": "Success", "MediaId": "0" * 32, "Size": "5510872"}

    def change(tx) -> None:
        now = time.time()
        notices.announce(tx, key.tenant, "FileUploadComplete", body, now=now, notify=mine.url)
        notices.announce(tx, key.tenant, "DeleteMediaComplete", body, now=now)

    service.callbacks._ledger.write(change).result()

    (told,) = taken.wait()
    assert (told["EventType"], told["MessageBody"]) == ("FileUploadComplete", body)
    assert mine.wait() == [told]
    assert len(settled(service, key)) == 2


def test_an_address_inside_is_given_up_and_the_log_says_why(subscribe, submit, worker, delivering, service, key):
    subscribe("http://10.0.0.7/told")
    submit()
    worker.make_covers()

    (given_up,) = settled(service, key)
    assert given_up.state is DeliveryState.GIVEN_UP
    assert "fetch_allow" in given_up.log[0].error


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"callback_type": "MNS", "callback_queue_name": "ice-callback-q"}, "UnsupportedOperation", "queue.*give HTTP"),
        ({"callback_type": "SMS"}, "InvalidParameter", "CallbackType is 'SMS'; give HTTP or MNS"),
        ({"callback_type": "HTTP"}, "MissingParameter", "^CallbackURL is missing"),
        ({"callback_url": "http://e.com/" + "文" * 82}, "InvalidParameter", "CallbackURL is 259 bytes.*256"),
        ({"callback_url": "ftp://e.com/"}, "InvalidParameter", "^CallbackURL: 'ftp://e.com/' is not http"),
        ({"callback_url": "http://u:p@e.com/"}, "InvalidParameter", "^CallbackURL: .*password"),
        ({"auth_switch": "on"}, "MissingParameter", "^AuthKey is missing"),
        ({"auth_switch": "maybe"}, "InvalidParameter", "AuthSwitch is 'maybe'; give on or off"),
        ({"auth_key": "Abc123" * 6}, "InvalidParameter", "^AuthKey must be up to 32"),
        ({"auth_key": "abc123"}, "InvalidParameter", "^AuthKey must be .*upper"),
        ({"auth_key": "ABC123"}, "InvalidParameter", "^AuthKey must"),
        ({"auth_key": "Abcdef"}, "InvalidParameter", "^AuthKey must"),
        ({"auth_key": "Abc-123"}, "InvalidParameter", "^AuthKey must"),
        ({"event_type_list": "A;B"}, "InvalidParameter", "EventTypeList is 'A;B'; give names"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_callback_is_refused(refused, given, code, told):
    needs_url = given.get("callback_type") in (None, "MNS")
    url = {"callback_url": "http://example.com/"} if needs_url else {}
    found = refused("set_event_callback", m.SetEventCallbackRequest(**{**url, **given}))
    assert found[:2] == (400, code)
    assert re.search(told, found[2]), found[2]


@pytest.mark.parametrize("target", ["nowhere", "ftp://example.com/", 7, "http://u:p@example.com/"], ids=str)
def test_a_notify_address_that_is_none_is_refused(refused, target):
    request = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
        user_data=json.dumps({"NotifyAddress": target}),
    )
    status, code, told = refused("submit_iproduction_job", request)
    assert (status, code) == (400, "InvalidParameter")
    assert told.startswith("UserData.NotifyAddress")


def test_the_account_number_is_a_tenants_own_and_exact_in_any_json():
    numbers = {notices.user_id(tenant) for tenant in ("default", "a", "b")}
    assert len(numbers) == 3
    assert all(len(str(number)) == 16 and number == int(float(number)) for number in numbers)
    assert notices.user_id("a") == notices.user_id("a")
