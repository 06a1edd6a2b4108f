"""Who recognises speech: the best one that is installed and knows the language."""

import pytest

from reelwright.errors import InvalidParameter, ModelNotInstalled
from reelwright.models import catalogue, listening, sherpa_asr, whisper
from reelwright.models.port import NoModels


@pytest.fixture
def having(monkeypatch):
    """`having("whisper", …)`: packages are there, and so are the weights of these engines."""

    def have(*engines):
        for module in (sherpa_asr, whisper):
            monkeypatch.setattr(module, "_missing", list)

        class Some(NoModels):
            def installed(self, name):
                return any(name.startswith(one) for one in engines)

        return Some()

    return have


@pytest.mark.parametrize(
    ("installed", "language", "name"),
    [
        pytest.param((), "en", "pocketsphinx", id="english-needs-nothing"),
        pytest.param((), "auto", "pocketsphinx", id="nothing-known-is-tried-as-english"),
        pytest.param(("whisper",), "auto", "whisper", id="whisper"),
        pytest.param(("whisper", "sensevoice"), "en", "whisper", id="whisper-first-for-english"),
        pytest.param(("whisper", "sensevoice"), "zh", "sensevoice", id="sensevoice-first-for-chinese"),
        pytest.param(("whisper", "sensevoice"), "de", "whisper", id="german"),
        pytest.param(("paraformer",), "zh", "paraformer", id="paraformer"),
        pytest.param(("paraformer",), "en", "pocketsphinx", id="paraformer-knows-no-english"),
    ],
)
def test_the_best_that_is_installed_is_taken(having, installed, language, name):
    assert listening.best(language, having(*installed)).name == name


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("zh", "`reelwright models pull sensevoice` (or: whisper_small, paraformer)"),
        ("de", "`reelwright models pull whisper_small` and"),
        ("xx", "no recogniser that reelwright knows speaks 'xx'"),
    ],
)
def test_what_would_serve_a_language_is_told(language, says):
    with pytest.raises(ModelNotInstalled) as caught:
        listening.best(language, NoModels())
    assert says in caught.value.message


def test_an_engine_that_is_asked_for_is_taken_or_refused():
    assert listening.best("auto", NoModels(), engine="whisper").name == "whisper"
    with pytest.raises(InvalidParameter, match="'paraformer' does not know the language 'de'; those that do: whisper"):
        listening.best("de", NoModels(), engine="paraformer")


@pytest.mark.parametrize("engine", [one for one in listening.ENGINES if one.pull], ids=lambda one: one.name)
def test_what_is_to_be_pulled_is_a_bundle_of_known_weights(engine):
    names = catalogue.members(engine.pull)
    assert len(names) > 1
    assert all(catalogue.find(name).serves == "asr" for name in names)


@pytest.mark.parametrize("size", whisper.SIZES)
def test_the_files_of_each_size_are_what_its_bundle_pulls(size):
    assert set(whisper.SIZES[size].values()) == set(catalogue.members(size))


@pytest.mark.parametrize("engine", [sherpa_asr.SENSEVOICE, sherpa_asr.PARAFORMER], ids=lambda one: one.name)
def test_the_files_of_each_model_are_what_its_bundle_pulls(engine):
    assert set(engine.files.values()) == set(catalogue.members(engine.pull))
