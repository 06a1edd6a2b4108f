"""What a storyboard job is told."""

from typing import Literal

from pydantic import model_validator

from reelwright.errors import InvalidParameter
from reelwright.kernels import voices
from reelwright.media import encode
from reelwright.operators import Params, files, param
from reelwright.operators.casting import Style
from reelwright.operators.narrating import NarratorName
from reelwright.pipelines.storyboard.sizes import Ratio, Resolution

MOST_TITLE = 128  # bytes


class StoryboardParams(Params):
    text: files.Text = param(
        "The story: TXT (UTF-8, UTF-16, GBK) or DOCX, up to 5 MB.", example="oss://media/story.txt"
    )
    source: Literal["novel", "script"] = param("What kind of text it is.", "novel")
    mode: Literal["first_person", "first_person_vo", "third_person", "dialogue"] = param(
        "How it is told: read by a narrator as the first or third person, by voice alone, or spoken by its figures.",
        "first_person",
    )
    prompts: Literal["multi", "default"] = param(
        "How a clip is made: `default` sets a picture of the shot in motion, `multi` makes it from the words and the "
        "pictures of its figures.",
        "default",
    )
    style: Style = param("The look of everything: one of the 32 styles.", "RealisticPhotography")
    narrator: NarratorName = param("The narrator's voice: a name as `speech.speak` takes.", voices.DEFAULT)
    ratio: Ratio = param("Width to height.", "9:16")
    resolution: Resolution = param("Size of the films; below 720P for drafts.", "720P")
    sound: bool = param("With speech, music and the sound of places; else a silent film.", True)
    only_storyboard: bool = param("Stop at the storyboard: shots, prompts and pictures, no films.", False)
    skip_failures: bool = param("Make the film without shots that failed; else the job waits for their mend.", False)
    title: str = param("Title of the film; the text's own if empty.", "", max_length=MOST_TITLE)
    video_model: str = param("Name of the model that makes clips, where a server elsewhere does.", "", max_length=200)
    subtitles: bool = param("Write what is said into the picture; subtitle files are made either way.", True)
    music: bool = param("With quiet music under the voices.", True)
    engine: Literal["auto", "builtin", "model"] = param("What reads the text.", "auto")
    quality: encode.Quality = param("Encoder settings: `draft` is fastest, `high` largest.", "normal")
    bundle: bool = param("Also pack takes, speech and timelines for an editor in one ZIP.", False)

    @model_validator(mode="after")
    def _is_told_by_somebody(self) -> "StoryboardParams":
        if self.mode == "dialogue" and self.source != "script":
            told = "mode `dialogue` has no narrator and needs source `script`; name another mode for a novel"
            raise InvalidParameter(told, field="params.mode")
        return self
