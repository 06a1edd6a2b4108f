"""Templates through the vendor's client: kept, listed, and their JobParams in a job."""

import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.errors import InvalidParameter
from reelwright.faces.ice import templates
from reelwright.faces.request import Origin
from reelwright.faces.wire import Desk

GIF = '{ "Model" : "gif" }'  # spaces and all: the text comes back unchanged


@pytest.fixture
def make(ask):
    def make(name="Covers", type=8, config=GIF, **given):
        request = m.CreateCustomTemplateRequest(name=name, type=type, template_config=config, **given)
        return ask("create_custom_template", request).custom_template

    return make


@pytest.fixture
def get(ask):
    return lambda **given: ask("get_custom_template", m.GetCustomTemplateRequest(**given)).custom_template


@pytest.fixture
def listed(ask):
    def listed(type="1,2,3,4,5,6,7,8,9,10,11", **given):
        found = ask("list_custom_templates", m.ListCustomTemplatesRequest(type=type, **given))
        return [one.template_name for one in found.custom_template_list], found.total

    return listed


def test_a_template_is_made_shown_changed_and_deleted(ask, refused, make, get):
    made = make()
    assert re.fullmatch("[0-9a-f]{32}", made.template_id)
    assert (made.template_name, made.type, made.type_name, made.template_config) == ("Covers", 8, "AICover", GIF)
    assert (made.status, made.is_default) == ("Normal", False)

    change = m.UpdateCustomTemplateRequest(template_id=made.template_id, name="Pictures")
    assert ask("update_custom_template", change).success is True
    change = m.UpdateCustomTemplateRequest(template_id=made.template_id, template_config="{}")
    assert ask("update_custom_template", change).success is True

    changed = get(template_id=made.template_id, type=8)
    assert (changed.template_name, changed.template_config) == ("Pictures", "{}")
    assert changed.create_time == made.create_time
    assert ask("delete_custom_template", m.DeleteCustomTemplateRequest(template_id=made.template_id)).success is True
    asked = m.GetCustomTemplateRequest(template_id=made.template_id, type=8)
    assert refused("get_custom_template", asked)[:2] == (404, "ResourceNotFound")


def test_a_subtype_is_a_name_when_made_and_a_number_when_found(make, get, ask):
    made = make(type=9, subtype=2)
    assert made.subtype == "VideoDetext"

    found = get(template_id=made.template_id)
    assert (found.subtype, found.subtype_name) == (2, "VideoDetext")
    listed = ask("list_custom_templates", m.ListCustomTemplatesRequest(type="9")).custom_template_list
    assert [(one.subtype, one.subtype_name) for one in listed] == [(2, "VideoDetext")]
    assert make(type=9).subtype == "VideoDelogo", "the first one where none is given"
    plain = get(template_id=make(type=8, subtype=3).template_id)
    assert (plain.subtype, plain.subtype_name) == (None, None), "covers have no subtypes"


def test_each_type_and_subtype_has_a_default_of_its_own(ask, make, get, refused):
    first, second, other = make("first", 9, subtype=2), make("second", 9, subtype=2), make("other", 9, subtype=1)
    for one in (first, other, second):
        assert ask("set_default_custom_template", m.SetDefaultCustomTemplateRequest(one.template_id)).success is True

    assert get(type=9, subtype=2).template_name == "second"
    assert get(type=9).template_name == "other"
    assert [get(template_id=one.template_id).is_default for one in (first, second, other)] == [False, True, True]
    ask("delete_custom_template", m.DeleteCustomTemplateRequest(second.template_id))
    asked = m.GetCustomTemplateRequest(type=9, subtype=2)
    assert refused("get_custom_template", asked)[:2] == (404, "ResourceNotFound")


def test_listing_can_be_narrowed_turned_and_paged(make, listed):
    for number in range(3):
        make(f"cover {number}")
    make("logo", 9, subtype=1), make("words", 9, subtype=2)

    assert listed() == (["words", "logo", "cover 2", "cover 1", "cover 0"], 5)
    assert listed(order_by="CreationTime:Asc", page_size=2) == (["cover 0", "cover 1"], 5)
    assert listed(page_number=2, page_size=2) == (["cover 2", "cover 1"], 5)
    assert listed(page_number=9, page_size=2) == ([], 5)
    assert listed(type="9") == (["words", "logo"], 2)
    assert listed(type="9", subtype="VideoDetext") == listed(type="8,9", subtype="2") == (["words"], 1)
    assert listed(type="8", name="er 1") == (["cover 1"], 1)
    assert listed(type="1") == ([], 0)


def test_the_templates_of_the_system_are_those_that_work_here(ask, refused):
    found = ask("list_system_templates", m.ListSystemTemplatesRequest(type="8"))
    assert (found.total, [one.template_name for one in found.system_template_list]) == (2, ["Cover-Still", "Cover-GIF"])
    gif = found.system_template_list[1]

    shown = ask("get_system_template", m.GetSystemTemplateRequest(gif.template_id)).system_template
    assert (shown.to_map(), shown.template_config) == (gif.to_map(), '{"Model":"gif"}')
    for narrowed in ({"status": "Invisible"}, {"name": "nothing"}):
        assert ask("list_system_templates", m.ListSystemTemplatesRequest(type="8", **narrowed)).total == 0
    assert refused("get_system_template", m.GetSystemTemplateRequest("0" * 32))[:2] == (404, "ResourceNotFound")


def cover(template_id, output="oss://media/o", function="Cover", **given):
    return m.SubmitIProductionJobRequest(
        function_name=function,
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media=output),
        template_id=template_id,
        **given,
    )


@pytest.mark.parametrize(
    ("config", "job_params", "model"),
    [
        pytest.param(GIF, None, "gif", id="from-the-template"),
        pytest.param(GIF, "{}", "gif", id="empty-params"),
        pytest.param(GIF, '{"Model":""}', "still", id="the-job-says-otherwise"),
        pytest.param('{"Other":1}', None, None, id="nothing-that-is-read"),
    ],
)
def test_a_template_gives_the_params_that_the_job_does_not(ask, make, service, key, config, job_params, model):
    template = make(config=config)

    job_id = ask("submit_iproduction_job", cover(template.template_id, job_params=job_params)).job_id

    assert service.job(key.tenant, job_id).params.get("model") == model
    told = ask("query_iproduction_job", m.QueryIProductionJobRequest(job_id=job_id))
    assert (told.template_id, told.job_params) == (template.template_id, job_params)


def test_a_template_of_the_system_serves_too(ask, service, key):
    gif = ask("list_system_templates", m.ListSystemTemplatesRequest(type="8", name="GIF")).system_template_list[0]
    job_id = ask("submit_iproduction_job", cover(gif.template_id)).job_id
    assert service.job(key.tenant, job_id).params["model"] == "gif"


def test_a_template_that_does_not_serve_the_function_is_refused(make, refused):
    template = make(type=1, config="{}").template_id
    for request, told in (
        (cover("0" * 32), "TemplateId is '0000.*no such template"),
        (cover(template), "TemplateId: template 'Covers' is of the type Transcode.*no function"),
        (cover(make().template_id, function="VideoH2V"), "AICover, which serves Cover;"),
    ):
        status, code, message = refused("submit_iproduction_job", request)
        assert (status, code) == (400, "InvalidParameter")
        assert re.search(told, message), message


WHOLE = {"name": "x", "type": 8, "template_config": "{}"}


@pytest.mark.parametrize(
    ("method", "asked", "code", "told"),
    [
        ("create", m.CreateCustomTemplateRequest(**{**WHOLE, "name": None}), "MissingParameter", "^Name is"),
        ("create", m.CreateCustomTemplateRequest(**{**WHOLE, "type": None}), "MissingParameter", "^Type is"),
        ("create", m.CreateCustomTemplateRequest(**{**WHOLE, "type": 12}), "InvalidParameter", "Type is '12'.*1 to 11"),
        (
            "create",
            m.CreateCustomTemplateRequest(**{**WHOLE, "template_config": "[1]"}),
            "InvalidParameter",
            r"TemplateConfig is '\[1\]'; give a JSON object",
        ),
        (
            "create",
            m.CreateCustomTemplateRequest(**{**WHOLE, "type": 9, "subtype": 3}),
            "InvalidParameter",
            r"Subtype is 3; give one of 1 \(VideoDelogo\), 2 \(VideoDetext\)",
        ),
        ("get", m.GetCustomTemplateRequest(), "MissingParameter", "^TemplateId is missing"),
        ("update", m.UpdateCustomTemplateRequest(template_id="0" * 32), "ResourceNotFound", "no template '000"),
        ("update", m.UpdateCustomTemplateRequest(template_config="{}"), "MissingParameter", "^TemplateId is"),
        ("delete", m.DeleteCustomTemplateRequest("0" * 32), "ResourceNotFound", "no template '000"),
        ("set_default", m.SetDefaultCustomTemplateRequest("0" * 32), "ResourceNotFound", "no template '000"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_wrong_request_names_the_parameter(refused, method, asked, code, told):
    found = refused(f"{method}_custom_template", asked)
    assert found[1] == code
    assert re.search(told, found[2]), found[2]


@pytest.mark.parametrize(("subtype", "function"), [(1, "VideoDelogo"), (2, "VideoDetext")])
def test_what_is_erased_has_templates_of_its_own(make, service, key, subtype, function):
    made = make(type=9, subtype=subtype, config='{"Time":[0,5],"LogoModel":"tv"}')
    desk = Desk(service, key.tenant, Origin("host", "http://host"))
    asked = {"wire": {"function": function, "template": made.template_id}, "job_params": {"Time": [1, 2]}}

    assert templates.applied(asked, desk)["job_params"] == {"Time": [1, 2], "LogoModel": "tv"}
    with pytest.raises(InvalidParameter, match=f"which serves {function}"):
        templates.applied({"wire": {"function": "Cover", "template": made.template_id}}, desk)
