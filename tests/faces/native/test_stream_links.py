"""Links in events are minted on the way out, like those in replies."""

from reelwright.faces.native.stream import frame
from reelwright.jobs.job import Event, Key
from reelwright.jobs.links import Links


def test_a_live_frame_comes_as_a_link():
    links = Links(lambda: Key("AK", "secret", "sk"), 3600)
    event = Event(7, "0" * 32, 1.0, "preview", {"image": "rw-link:results/a b/preview.jpg"})

    sent = links.fill(frame(event), "http://host:1").decode()

    assert '"image":"http://host:1/results/a%20b/preview.jpg?OSSAccessKeyId=AK' in sent
