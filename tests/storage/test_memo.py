"""Results of steps, found again or not at all."""

import hashlib
import threading

import pytest

from reelwright.errors import MemoLost
from reelwright.settings import Settings
from reelwright.storage import local
from reelwright.storage.memo import MemoStore

KEY = hashlib.sha256(b"what made it").hexdigest()
MADE = {"provider": "builtin", "tier": "builtin", "models": {}}


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def objects(settings):
    store = local.open_store(settings)
    store.create_bucket("results")
    return store


@pytest.fixture
def memo(settings):
    return local.open_memo(settings)


@pytest.fixture
def made(tmp_path):
    """Two outputs of a step."""
    cover, text = tmp_path / "cover.jpg", tmp_path / "words.txt"
    cover.write_bytes(b"picture")
    text.write_bytes(b"words")
    return {"cover.jpg": cover, "words.txt": text}


def files_of(settings):
    return [path for path in (settings.home / "cas").rglob("*") if path.is_file() and path.name != "manifest.json"]


def test_what_was_saved_is_found(memo, made, settings):
    result = {"covers": [{"image": "rw-output:cover.jpg", "time": 1.5}]}
    saved = memo.save(KEY, result, made, MADE)
    found = local.open_memo(settings).find(KEY)
    assert found == saved
    assert (found.result, found.made) == (result, MADE)
    assert [(one.name, one.size, one.media_type) for one in found.files] == [
        ("cover.jpg", 7, "image/jpeg"),
        ("words.txt", 5, "text/plain"),
    ]
    assert found.files[0].sha256 == hashlib.sha256(b"picture").hexdigest()


def test_a_result_without_files_is_found_too(memo):
    memo.save(KEY, {"n": 1}, {}, MADE)
    assert memo.find(KEY).result == {"n": 1}


@pytest.mark.parametrize("key", ["0" * 64, "", "../x", "A" * 64])
def test_an_unknown_key_is_not_found(memo, key):
    assert memo.find(key) is None


@pytest.mark.parametrize("damage", ["gone", "other-size", "same-size", "manifest"])
def test_a_damaged_memo_is_not_found_and_is_made_anew(memo, made, settings, damage):
    memo.save(KEY, {}, made, MADE)
    if damage == "manifest":
        (settings.home / "cas" / KEY / "manifest.json").write_bytes(b'{"key":')
    for path in files_of(settings)[:1]:
        if damage == "gone":
            path.unlink()
        elif damage != "manifest":
            path.write_bytes(b"damage!" if damage == "same-size" else b"damage, longer")
    assert memo.find(KEY) is None
    memo.save(KEY, {"again": True}, made, MADE)
    assert memo.find(KEY).result == {"again": True}


def test_the_second_of_two_saves_gets_the_first(memo, made, settings):
    first = memo.save(KEY, {"by": "first"}, made, MADE)
    made["cover.jpg"].write_bytes(b"another")
    assert memo.save(KEY, {"by": "second"}, made, MADE) == first
    assert sorted(path.read_bytes() for path in files_of(settings)) == [b"picture", b"words"]


def test_of_many_saves_at_once_one_wins_and_all_agree(settings, made):
    results = []

    def save(number):
        results.append(local.open_memo(settings).save(KEY, {"by": number}, made, MADE))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert all(one == results[0] for one in results)
    assert local.open_memo(settings).find(KEY) == results[0]
    assert len(files_of(settings)) == len(made)


def test_a_published_file_is_an_object_with_all_that_is_known(memo, made, objects, settings):
    memo.save(KEY, {}, made, MADE)
    memo.publish(KEY, "cover.jpg", "results", "job/1/cover.jpg")
    found = objects.head("results", "job/1/cover.jpg")
    assert b"".join(objects.read("results", "job/1/cover.jpg")) == b"picture"
    assert found.sha256 == hashlib.sha256(b"picture").hexdigest()
    assert found.etag == hashlib.md5(b"picture").hexdigest().upper()
    assert found.media_type == "image/jpeg"
    published = settings.home / "objects" / "results" / "job" / "1" / "cover.jpg"
    assert published.stat().st_ino in {path.stat().st_ino for path in files_of(settings)}


def test_publishing_twice_or_replacing_does_not_touch_the_memo(memo, made, objects):
    memo.save(KEY, {}, made, MADE)
    for _ in range(2):
        memo.publish(KEY, "words.txt", "results", "w")
    objects.put("results", "w", b"replaced")
    objects.delete("results", "w")
    assert memo.find(KEY) is not None
    memo.publish(KEY, "words.txt", "results", "w")
    assert b"".join(objects.read("results", "w")) == b"words"


@pytest.mark.parametrize(("key", "name"), [("0" * 64, "cover.jpg"), (KEY, "other.jpg")])
def test_a_file_that_is_gone_cannot_be_published(memo, made, objects, key, name):
    memo.save(KEY, {}, made, MADE)
    with pytest.raises(MemoLost) as caught:
        memo.publish(key, name, "results", "x")
    assert caught.value.retryable


def test_a_key_that_is_none_is_a_fault_of_ours(memo: MemoStore, made):
    with pytest.raises(Exception, match="64 hex digits"):
        memo.save("../../x", {}, made, MADE)


def test_what_is_forgotten_is_gone_and_may_be_saved_anew(memo, made):
    memo.save(KEY, {"cover": "rw-output:cover.jpg"}, made, MADE)
    memo.forget(KEY)
    assert memo.find(KEY) is None
    memo.forget(KEY)
    assert memo.save(KEY, {"other": 1}, {}, MADE).result == {"other": 1}
