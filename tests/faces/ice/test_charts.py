"""Charts by the vendor's own client, synchronous and asynchronous."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Output

TABLE = "oss://media/numbers.xlsx"
OUTPUT = {"MediaURL": "oss://media/film.mp4", "Bitrate": 2000, "Width": 800, "Height": 680}


@pytest.fixture(autouse=True)
def files(service):
    service.objects.create_bucket("results")
    for name in ("numbers.xlsx", "ground.png", "letters.ttf"):
        service.objects.put("media", name, b"something")


def request(**given):
    own = {"chart_type": "Line", "input": {"XlsFile": TABLE}, "output_config": OUTPUT, **given}
    texts = {name: json.dumps(one, ensure_ascii=False) if isinstance(one, dict) else one for name, one in own.items()}
    return m.SubmitDynamicChartJobRequest(**texts)


@pytest.fixture
def params(ask, worker):
    def params(**given):
        ask("submit_dynamic_chart_job", request(**given))
        return worker.claim().job.params

    return params


def test_a_job_is_told_from_its_submit_to_its_film(ask, worker, service, address):
    job_id = ask("submit_dynamic_chart_job", request(title="Growth", user_data='{"mine":1}')).job_id
    claim = worker.claim()
    assert claim.job.operator == "video.chart"
    assert claim.job.params == {"table": TABLE, "kind": "line", "width": 800, "height": 680, "bitrate": 2000}
    assert claim.job.destination == "oss://media/film"

    service.objects.put("media", "film.mp4", b"film")
    output = Output("chart.mp4", "video", "media", "film.mp4", 4, "f" * 64, "video/mp4")
    worker.finish(claim, {"video": f"{LINK}media/film.mp4"}, [output])

    done = ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))
    assert (done.state, done.smart_job_info.job_type, done.user_data) == ("Finished", "DynamicChart", '{"mine":1}')
    assert done.smart_job_info.input_config.input_file == TABLE
    assert f"{address}/media/film.mp4" in done.job_result.media_url
    assert done.job_result.media_id


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"chart_type": "Histogram"}, {"kind": "bars"}, id="bars"),
        pytest.param({"chart_type": "BarRace"}, {"kind": "race"}, id="race"),
        pytest.param(
            {
                "chart_config": {
                    "Style": "Mystery",
                    "TitleStartTime": "3000",
                    "ChartStartTime": "3500",
                    "VideoDuration": "15000",
                }
            },
            {"style": "mystery", "title_start": 3.0, "chart_start": 3.5, "duration": 15.0},
            id="times-in-milliseconds-as-text",
        ),
        pytest.param(
            {"chart_title": {"Text": "人口", "FontSize": "30", "FontColor": "#000000"}},
            {"title": "人口", "title_look": {"size": 30.0, "colour": "#000000"}},
            id="title",
        ),
        pytest.param(
            {"unit": {"Text": "人", "FontColor": "0xFF8800", "FontFile": "oss://media/letters.ttf"}},
            {"unit": "人", "unit_look": {"colour": "#FF8800", "font": "oss://media/letters.ttf"}},
            id="font-and-colour",
        ),
        pytest.param({"data_source": {"Text": "Census"}}, {"source": "Census", "source_look": {}}, id="source"),
        pytest.param({"background": {"Color": "0x102030"}}, {"background": "#102030"}, id="colour-in-an-object"),
        pytest.param(
            {"background": "oss://media/ground.png"}, {"background_image": "oss://media/ground.png"}, id="picture"
        ),
        pytest.param(
            {"background": {"ImageUrl": "oss://media/ground.png"}},
            {"background_image": "oss://media/ground.png"},
            id="picture-in-an-object",
        ),
        pytest.param({"axis_params": {"XAxisFontInterval": "2"}}, {"interval": 2}, id="interval"),
        pytest.param({"output_config": {**OUTPUT, "Width": 801}}, {"width": 800}, id="odd-width"),
    ],
)
def test_what_is_asked_for_becomes_params(params, given, expected):
    found = params(**given)
    assert expected == {name: found[name] for name in expected}


def test_without_an_address_the_film_becomes_an_asset(ask, worker):
    ask("submit_dynamic_chart_job", request(output_config=None))
    claim = worker.claim()
    assert claim.job.destination.startswith("oss://results/")
    assert "width" not in claim.job.params


def test_what_was_asked_is_told_back(ask, worker):
    chart = {"Style": "Green", "VideoDuration": "9000"}
    ask("submit_dynamic_chart_job", request(chart_config=chart, subtitle={"Text": "below"}))
    (listed,) = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="DynamicChart")).smart_job_list
    editing = json.loads(listed.editing_config)
    assert editing["ChartType"] == "Line"
    assert json.loads(editing["ChartConfig"]) == chart
    assert json.loads(editing["Subtitle"]) == {"Text": "below"}


@pytest.mark.parametrize(
    ("given", "code", "named"),
    [
        ({"chart_type": "Radar"}, "InvalidParameter", "ChartType"),
        ({"input": {"XlsFile": ""}}, "MissingParameter", "Input.XlsFile"),
        ({"input": {"XlsFile": "oss://media/none.xlsx"}}, "InvalidParameter", "Input.XlsFile"),
        ({"chart_config": {"Style": "Gothic"}}, "InvalidParameter", "ChartConfig.Style"),
        ({"chart_config": {"VideoDuration": "900000"}}, "InvalidParameter", "ChartConfig.VideoDuration"),
        ({"chart_title": {"Text": "x", "FontColor": "red"}}, "InvalidParameter", "ChartTitle.FontColor"),
        ({"background": "#12"}, "InvalidParameter", "Background"),
        ({"output_config": {**OUTPUT, "Bitrate": 3}}, "InvalidParameter", "OutputConfig.Bitrate"),
    ],
    ids=lambda value: None if isinstance(value, str) else json.dumps(value)[:60],
)
def test_what_cannot_be_done_is_refused_by_name(refused, given, code, named):
    status, said, message = refused("submit_dynamic_chart_job", request(**given))
    assert (status, said) == (400, code)
    assert named in message
