"""What is told of a storyboard to those who deliver it: its boards, their shots, and who and what is in them."""

from reelwright.operators import files
from reelwright.operators.contract import Params, param


class Spot(Params):
    start: float = param("When it comes, in the storyboard's film.", unit="s")
    end: float = param("When it goes.", unit="s")
    text: str = param("What is written.")
    shot: str = param("The shot that it belongs to.", "")


class Placed(Params):
    shot: str = param("Its id.")
    first: int = param("Its first picture in the storyboard's film.", ge=0)
    frames: int = param("Pictures in it.", ge=1)


class ToldShot(Params):
    id: str = param("Its id.")
    kind: str = param("narration or dialogue.", "narration")
    text: str = param("What is said.", "")
    speaker: str = param("Who says it; empty for the narrator.", "")
    voice: str = param("In whose voice.", "")
    place: str = param("Name of the place.", "")
    figures: tuple[str, ...] = param("Names of who is in it.", ())
    props: tuple[str, ...] = param("Names of things in it.", ())
    details: dict[str, str] = param("What else its script tells: time, weather, camera, mood, action, prompts, …", {})
    seconds: float = param("How long it was thought to be.", 0.0, ge=0, unit="s")
    picture: files.Image | None = param("Its picture.", None)
    take: files.Video | None = param("Its take, for the bundle.", None)
    speech: files.Audio | None = param("Its speech, for the bundle.", None)
    speech_start: float = param("Where its speech begins in the take.", 0.0, ge=0, unit="s")
    speech_seconds: float = param("How long its speech is; 0 without any.", 0.0, ge=0, unit="s")
    failed: str = param("Code of the failure, where it could not be made.", "")


class ToldBoard(Params):
    id: str = param("Its id.")
    number: int = param("Which one it is.", ge=1)
    title: str = param("Its title.", "")
    text: str = param("The text it was made from.", "")
    shots: tuple[ToldShot, ...] = param("Its shots, in order.", ())
    film: files.Video | None = param("Its film.", None)
    sound: files.Audio | None = param("The film's sound without loss.", None)
    placed: tuple[Placed, ...] = param("Where each shot lies in its film.", ())
    cues: tuple[Spot, ...] = param("Its subtitles.", ())
    failed: str = param("Code of the failure, where it could not be made.", "")


class Element(Params):
    id: str = param("Its id.")
    name: str = param("Its name.")
    kind: str = param("figure, place or prop.")
    look: str = param("How it looks.", "")
    voice: str = param("A figure's voice.", "")
    picture: files.Image | None = param("Its picture.", None)
