"""`video.translate`: new lines read back from the picture, in time; old ones gone; and what it says without a model."""

import json
import os
import threading
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from reelwright.errors import InvalidParameter, MissingParameter, ModelNotInstalled, NothingFound
from reelwright.media import encode, frames, making, probe, samples, subtitles
from reelwright.media.making.captioned import Cue, captioned
from reelwright.models import ocr
from reelwright.models.port import Endpoint, NoModels
from reelwright.operators import Context
from reelwright.operators.video.translate import TranslateParams, translate

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
LINES = [(0.4, 1.4, "Where is the dog?"), (1.6, 2.8, "It ran to the river.")]
TOLD = [(0.4, 1.4, "Wo ist der Hund?"), (1.6, 2.8, "Er lief zum Fluss.")]


class Llm(NoModels):
    """A language model that says every line in capitals, behind a real server."""

    def __init__(self):
        super().__init__()
        self.questions = []
        llm = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                asked = body["messages"][-1]["content"]
                llm.questions.append(asked)
                numbered = [line.partition(". ") for line in asked.partition("lines:\n")[2].splitlines()]
                lines = [{"number": int(number), "text": text.upper()} for number, _, text in numbered]
                message = {"role": "assistant", "content": json.dumps({"lines": lines})}
                told = json.dumps(
                    {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"total_tokens": 21}}
                ).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *given): ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def endpoint(self, capability):
        return Endpoint(f"http://127.0.0.1:{self.server.server_address[1]}/v1", "test")


@pytest.fixture(scope="module")
def llm():
    model = Llm()
    yield model
    model.server.shutdown()
    model.server.server_close()


@pytest.fixture
def srt(tmp_path):
    def write(lines, name="in.srt"):
        return subtitles.save([subtitles.Cue(*line) for line in lines], tmp_path / name, "srt")

    return write


def run(folder, models=None, **given):
    params = TranslateParams(**{"target_language": "de", "quality": "draft", **given})
    out = folder / "out"
    out.mkdir()
    return translate(params, Context.local(phases=translate.phases, out=out, models=models or NoModels()))


def read(path, time):
    picture = frames.at(path, Fraction(time).limit_denominator(1000)).rgb
    return [said.text for _, said in ocr.warm(NoModels()).find_and_read(picture)]


def test_a_given_translation_is_burned_in_and_in_time(make_video, srt, tmp_path):
    made = make_video([(making.SCENE, 3.2)], size=(480, 270), sound=True)
    result = run(tmp_path, video=str(made.path), translation=srt(TOLD), preview=True)
    assert read(result.video, 1.0) == ["Wo ist der Hund?"]
    assert read(result.video, 2.0) == ["Er lief zum Fluss."]
    for time, shown in ((0.36, False), (0.4, True), (1.36, True), (1.4, False), (1.6, True), (2.8, False)):
        moment = Fraction(round(25 * time), 25)
        here, there = (frames.at(path, moment).gray.astype(int) for path in (result.video, made.path))
        assert (np.abs(here - there)[200:].max() > 90) == shown, time
    assert result.frames == made.frames
    assert result.frames_with_lines == round(25 * (1.0 + 1.2))
    assert (result.engine, result.tokens, result.source) == ("given", 0, "translation")
    assert [(one.start, one.end, one.text) for one in subtitles.read(result.subtitles)] == TOLD
    assert result.sound_shift == 0
    assert Path(result.sheet).stat().st_size > 0


def test_lines_of_a_file_are_translated_by_the_language_model(make_video, srt, llm, tmp_path):
    made = make_video([(making.SCENE, 3.2)], size=(480, 270))
    result = run(tmp_path, llm, video=str(made.path), subtitles=srt(LINES), source_language="en", bilingual=True)
    assert [one.text for one in result.lines] == ["WHERE IS THE DOG?", "IT RAN TO THE RIVER."]
    assert "from English into German" not in llm.questions[-1]
    assert read(result.video, 1.0) == ["WHERE IS THE DOG?", "Where is the dog?"]
    assert (result.engine, result.tokens, result.source) == ("openai-compatible", 21, "subtitles")
    assert [one.text for one in subtitles.read(result.source_subtitles)] == [text for *_, text in LINES]


def test_a_subtitle_file_alone_is_translated(srt, llm, tmp_path):
    result = run(tmp_path, llm, subtitles=srt(LINES))
    assert result.video is None
    assert [one.text for one in subtitles.read(result.subtitles)] == ["WHERE IS THE DOG?", "IT RAN TO THE RIVER."]


def test_burned_in_captions_are_read_taken_out_and_replaced(llm, tmp_path):
    cues = [Cue(0.4, 1.6, "Where is the dog?"), Cue(2.0, 3.2, "It ran off.")]
    made = captioned(tmp_path / "film.mp4", cues, size=(480, 270), pan=0.0)
    result = run(tmp_path, llm, video=str(made.path), erase=True, source_language="en")
    assert result.source == "picture"
    assert [one.source for one in result.lines] == [cue.text for cue in cues]
    assert [(one.start, one.end) for one in result.lines] == [(cue.start, cue.end) for cue in made.cues]
    assert result.erased == 2
    assert read(result.video, 1.0) == ["WHERE IS THE DOG?"]
    assert read(result.video, 1.8) == []


def test_colour_size_and_box_are_those_asked_for(make_video, srt, tmp_path):
    made = make_video([(making.SCENE, 1.0)], size=(480, 270))
    look = {"size": 0.1, "colour": "#00FFFF", "box": "#000000"}
    result = run(tmp_path, video=str(made.path), translation=srt([(0, 1, "HELLO")]), look=look)
    low = frames.at(result.video, Fraction(1, 2)).rgb[200:].astype(int)
    cyan = (low[..., 0] < 90) & (low[..., 1] > 200) & (low[..., 2] > 200)
    assert cyan.sum() > 300
    assert np.ptp(np.flatnonzero(cyan.any(axis=1))) == pytest.approx(0.1 * 270 * 0.7, rel=0.3)


def test_without_burning_only_files_are_written(make_video, srt, tmp_path):
    made = make_video([(making.SCENE, 1.0)])
    result = run(tmp_path, video=str(made.path), translation=srt([(0, 1, "Hallo")]), burn=False)
    assert (result.video, result.frames) == (None, 0)
    assert not list((tmp_path / "out").glob("*.mp4"))


def test_without_a_model_or_a_translation_it_says_what_to_do(srt, tmp_path):
    with pytest.raises(ModelNotInstalled, match=r"llm_url.*or give a finished translation"):
        run(tmp_path, subtitles=srt(LINES))


def test_a_film_in_which_nothing_is_said_or_written_says_so(make_video, llm, tmp_path):
    made = make_video([(making.SCENE, 1.0)])
    with pytest.raises(NothingFound, match="no line was found"):
        run(tmp_path, llm, video=str(made.path))


def test_a_file_without_words_is_refused(tmp_path, llm):
    path = tmp_path / "empty.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n\n\n")
    with pytest.raises(InvalidParameter, match="no line with words"):
        run(tmp_path, llm, subtitles=str(path))


def test_nothing_to_translate_is_refused_at_submit():
    with pytest.raises(MissingParameter, match="give a video"):
        TranslateParams(target_language="de")


def test_colours_are_written_as_on_the_web():
    with pytest.raises(ValidationError, match=r"look\.colour"):
        TranslateParams(video="a.mp4", target_language="de", look={"colour": "yellow"})


@pytest.mark.skipif(not (DATA / "video").is_dir(), reason="the shared data is not here")
def test_what_is_said_becomes_subtitles(llm, tmp_path):
    path = DATA / "video" / "multishot.mp4"
    result = run(tmp_path, llm, video=str(path), source="speech", burn=False)
    assert result.source == "speech"
    assert "BLOCK BOOKS" in " ".join(one.text for one in result.lines)
    assert encode.sound_lag(path) == 0
    assert all(one.end <= float(probe.probe(path).duration) + 0.5 for one in result.lines)


def test_lines_are_said_in_their_time_over_what_is_no_voice(make_video, srt, tmp_path):
    pytest.importorskip("espeakng_loader", reason="the built-in voice is not installed")
    made = make_video([(making.SCENE, 5.0)], sound=True)
    lines = [(0.5, 2.0, "Good evening, my friend."), (3.0, 4.5, "The river is cold.")]
    result = run(tmp_path, video=str(made.path), translation=srt(lines), target_language="en", speak=True, burn=False)
    assert (result.spoken, result.frames, result.frames_with_lines) == (2, made.frames, 0)
    sound = samples.read(result.video, channels=1)
    level = np.sqrt(np.square(sound.samples[0][: 48000 * 5 // 480 * 480].reshape(-1, 480)).mean(axis=1))
    said = [level[round(100 * start) + 20 : round(100 * end) - 40].mean() for start, end, _ in lines]
    pause = level[225:290].mean()
    assert min(said) > 3 * pause
    assert sound.samples.shape[1] / sound.rate == pytest.approx(5.0, abs=0.05)
    assert result.sound_shift == pytest.approx(0, abs=0.03)
