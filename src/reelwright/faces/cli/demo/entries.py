"""What the demo runs, one entry each; how each result is checked is in `checks`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.faces.cli.demo import asked, checks
from reelwright.faces.cli.demo.samples import Samples

if TYPE_CHECKING:
    from reelwright.faces.cli.demo.vendor import How

TASK = "task"
"""The action of what goes to the task API."""
Check = Callable[[Samples, Sequence[Path], Any], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One job: the vendor's function, its input, where its output goes, and what must be true of it.

    With an `action` it is a smart job: `params` are the fields of that operation, texts or what becomes JSON. With
    the action `TASK` they are what the task API's client takes.
    """

    function: str
    title: str
    input: Callable[[Samples], Path] | None
    output: str
    check: Check
    params: Mapping[str, Any] = field(default_factory=dict)
    action: str = ""

    @property
    def how(self) -> "How":
        """Which of the vendor's protocols it goes by."""
        return "function" if not self.action else "task" if self.action == TASK else "smart"


@dataclass(frozen=True, slots=True)
class Told:
    """How an entry went. `seen` is what was measured; `fault` is empty if all was right."""

    entry: Entry
    seconds: float
    files: Sequence[Path] = ()
    seen: str = ""
    fault: str = ""


ENTRIES = (
    Entry("Cover", "covers of a video", lambda made: made.picture.path, "out/cover-{sequenceId}.png", checks.covers),
    Entry("VideoClip", "a film in short", lambda made: made.film.path, "out/summary.mp4", checks.summarised),
    Entry(
        "VideoH2V", "a landscape video made upright", lambda made: made.picture.path, "out/upright.mp4", checks.upright
    ),
    Entry(
        "VideoGreenScreenMatting",
        "somebody without the screen",
        lambda made: made.screen.path,
        "out/cut.webm",
        checks.cut_out,
    ),
    Entry(
        "VideoDelogo", "a film without its sign", lambda made: made.marked.path, "out/unmarked.mp4", checks.without_sign
    ),
    Entry(
        "VideoDetext",
        "a film without its captions",
        lambda made: made.worded.path,
        "out/bare.mp4",
        checks.without_words,
    ),
    Entry(
        "CaptionExtraction",
        "the captions of a film",
        lambda made: made.worded.path,
        "out/captions.srt",
        checks.captions_read,
        {"lang": "en"},
    ),
    Entry(
        "FaceBeauty",
        "faces at their best",
        lambda made: made.faces.path,
        "out/faces.mp4",
        checks.retouched,
        asked.BEAUTY,
    ),
    Entry(
        "SpeechDenoise", "a voice without its noise", lambda made: made.speech_path, "out/voice.wav", checks.denoised
    ),
    Entry(
        "MusicDemix",
        "voice and accompaniment apart",
        lambda made: made.song_path,
        "out/{resultType}.wav",
        checks.demixed,
    ),
    Entry(
        "AudioMixing", "a song behind a voice", lambda made: made.speech_path, "out/mix.wav", checks.mixed, asked.SONG
    ),
    Entry("AudioBeatDetection", "the beats of a song", lambda made: made.song_path, "out/beats.json", checks.beats),
    Entry(
        "MusicSegmentDetect",
        "the choruses of a song",
        lambda made: made.whole_path,
        "out/choruses.json",
        checks.choruses,
    ),
    Entry(
        "AudioQualityAssessment",
        "how good a voice sounds",
        lambda made: made.speech_path,
        "out/scores",
        checks.assessed,
    ),
    Entry(
        "TextGenerate", "texts around keywords", None, "", checks.written, asked.TEXT, action="submit_text_generate_job"
    ),
    Entry(
        "DynamicChart",
        "a table as a bar race",
        None,
        "out/race.mp4",
        checks.charted,
        asked.CHART,
        action="submit_dynamic_chart_job",
    ),
    Entry(
        "ASR", "what somebody reads, written down", None, "", checks.written_down, asked.READ, action="submit_asrjob"
    ),
    Entry(
        "TextToSpeech",
        "a text read aloud",
        None,
        "out/speech",
        checks.spoken,
        asked.SPEECH,
        action="submit_audio_produce_job",
    ),
    Entry("text-to-video", "a film from a sentence", None, "", checks.painted, asked.FILM, action=TASK),
    Entry(
        "image-to-video",
        "a picture set in motion",
        lambda made: made.photo_path,
        "",
        checks.set_in_motion,
        asked.MOVED,
        action=TASK,
    ),
)
