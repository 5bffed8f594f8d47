"""The shipped model keeps the classifier's protocol, whatever shoppers type and operators configure."""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.classification.language import language_of
from app.classification.rules import (
    CRITICAL_FLAGS,
    Classifier,
    Flag,
    Judgement,
    Language,
    Polarity,
    Sentiment,
    Topic,
    said_flags,
    said_topics,
)
from worker.classifier import BATCH, SHIPPED_MODEL, load_classifier
from worker.heads import ModelUnavailable, meanings_of

NEGATIVE = (
    "Жахлива черга, чекали пів години і нахамили",
    "Продавчиня нагрубіянила, більше сюди не прийду",
    "Гроші за повернення так і не віддали, обман",
    "Ужасное обслуживание, кассир хамит покупателям",
    "Terrible service, the cashier was rude and the queue never moved",
    "Fatalna obsługa, kasjerka niemiła, nie polecam",
)
POSITIVE = (
    "Чудовий магазин, дякую продавчині",
    "Швидко обслужили, дуже привітний персонал",
    "Отличный магазин, всегда свежие продукты, спасибо",
    "Great shop, friendly staff, will come again",
    "Świetny sklep, bardzo miła obsługa, polecam",
)
ODD = (
    "а" * 5_000,
    "слово та діло, " * 333,
    "<b>Дуже</b> <script>alert(1)</script> погано<br/>",
    "Магазин super, але обслуга ฉัน 不好 так собі",
    "\u202eтекст навпаки\u202c",
    "з" + "\u0301" * 500,
    "текст\x00із\x07керівними",
    "текст \ud800 зламаний",
    "👨‍👩‍👧‍👦 добре 👍🏽",
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """The shipped model, loaded once."""
    return load_classifier(SHIPPED_MODEL)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be spoilt by a test."""
    return Path(shutil.copytree(SHIPPED_MODEL, tmp_path / "model"))


def judge(classifier: Classifier, text: str) -> Judgement:
    """The verdict on one text that has one."""
    (judged,) = classifier.classify([text])
    assert judged is not None
    return judged


def test_the_shipped_model_says_its_version(classifier: Classifier) -> None:
    assert classifier.version == "vidhuk-comments-7"


def test_the_shipped_model_is_the_default() -> None:
    assert load_classifier().version == "vidhuk-comments-7"


def test_the_shipped_model_stays_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED_MODEL.iterdir()) <= 16_000_000


@pytest.mark.parametrize(
    ("text", "topic", "language"),
    [
        ("Черга на касі сорок хвилин, працює одна каса", (Topic.QUEUE, Polarity.BLAME), Language.UKRAINIAN),
        ("кур'єр привіз замовлення раніше, дякую", (Topic.DELIVERY, Polarity.PRAISE), Language.UKRAINIAN),
        ("В зале грязь, туалет не убирают", (Topic.CLEANLINESS, Polarity.BLAME), Language.RUSSIAN),
        ("App crashed twice while paying", (Topic.DIGITAL, Polarity.BLAME), Language.ENGLISH),
    ],
)
def test_a_plain_comment_has_its_topic_and_language(
    classifier: Classifier, text: str, topic: tuple[Topic, Polarity], language: Language
) -> None:
    judged = judge(classifier, text)
    said = [(one.topic, one.polarity) for one in said_topics(judged, classifier.thresholds)]
    assert topic in said
    assert language_of(text, judged.language) is language


def test_an_injury_is_flagged_and_thanks_are_not(classifier: Classifier) -> None:
    injury = judge(classifier, "Посковзнулась на мокрій підлозі без таблички, зламала руку, викликали швидку")
    assert Flag.SAFETY in {one.flag for one in said_flags(injury, classifier.thresholds)}
    thanks = judge(classifier, "Дуже дякую, все чудово!")
    assert not {one.flag for one in said_flags(thanks, classifier.thresholds)} & CRITICAL_FLAGS


def test_the_words_that_decided_are_words_of_the_text(classifier: Classifier) -> None:
    text = "Жахлива черга, чекали пів години і нахамили"
    marks = classifier.explain(text, ["sentiment:negative", "topic:queue"])
    found = {label: [text[start:end] for start, end in stretches] for label, stretches in marks.items()}
    assert "Жахлива" in found["sentiment:negative"]
    assert "черга" in found["topic:queue"]


@pytest.mark.parametrize("text", ["شكرا جزيلا على الخدمة", "הכול בסדר", "很好的商店"])
def test_a_script_that_was_not_learnt_is_not_judged(classifier: Classifier, text: str) -> None:
    assert classifier.classify([text, "Чудово, дякую"])[0] is None


@pytest.mark.parametrize("text", NEGATIVE)
def test_a_complaint_is_negative(classifier: Classifier, text: str) -> None:
    assert judge(classifier, text).sentiment is Sentiment.NEGATIVE


@pytest.mark.parametrize("text", POSITIVE)
def test_praise_is_positive(classifier: Classifier, text: str) -> None:
    assert judge(classifier, text).sentiment is Sentiment.POSITIVE


def test_a_complaint_after_a_long_preface_still_weighs(classifier: Classifier) -> None:
    text = (
        "Прийшов у магазин у середу. " * 20
        + "Продавець нахамив, жахливо, ніколи більше, гроші не повернули. " * 20
    )
    assert judge(classifier, text).scores[Sentiment.NEGATIVE] > 0.3


@pytest.mark.parametrize(
    "text", ["", "   \n\t ", "😀👍🏽", "12345", "!!! ... ???", "+380 (00) 000-00-00", "<br> <br/>"]
)
def test_a_text_without_words_gets_no_verdict(classifier: Classifier, text: str) -> None:
    assert classifier.classify([text]) == [None]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_get_finite_scores_that_sum_to_one(classifier: Classifier, text: str) -> None:
    judged = judge(classifier, text)
    assert set(judged.scores) == set(Sentiment)
    assert all(math.isfinite(score) and 0 <= score <= 1 for score in judged.scores.values())
    assert sum(judged.scores.values()) == pytest.approx(1)
    assert judged.scores[judged.sentiment] == max(judged.scores.values())


def test_letter_case_does_not_matter(classifier: Classifier) -> None:
    assert judge(classifier, NEGATIVE[0].upper()) == judge(classifier, NEGATIVE[0])


def test_the_kind_of_apostrophe_does_not_matter(classifier: Classifier) -> None:
    assert judge(classifier, "зіпсоване м'ясо") == judge(classifier, "зіпсоване м’ясо")


def test_no_texts_give_no_verdicts(classifier: Classifier) -> None:
    assert classifier.classify([]) == []


def test_answers_come_in_the_order_of_the_texts(classifier: Classifier) -> None:
    long = [(text + ". ") * 9 for text in (NEGATIVE[0], POSITIVE[3])]
    texts = [long[0], "", POSITIVE[0], NEGATIVE[3], "👍", long[1]] * 12
    assert len(texts) > 2 * BATCH
    expected = [
        Sentiment.NEGATIVE,
        None,
        Sentiment.POSITIVE,
        Sentiment.NEGATIVE,
        None,
        Sentiment.POSITIVE,
    ] * 12
    assert [judged and judged.sentiment for judged in classifier.classify(texts)] == expected


def test_a_batch_answers_like_single_calls(classifier: Classifier) -> None:
    texts = [*NEGATIVE, *POSITIVE, *ODD]
    together = classifier.classify(texts)
    for text, judged in zip(texts, together, strict=True):
        assert judged is not None
        alone = judge(classifier, text)
        assert judged.scores == pytest.approx(alone.scores, abs=1e-3)
        assert judged.flags == pytest.approx(alone.flags, abs=1e-3)


def test_texts_of_like_length_share_a_run_and_little_is_computed_for_padding() -> None:
    runs: list[Mapping[str, Any]] = []
    loaded = load_classifier()

    def engine(given: Mapping[str, Any]) -> Any:
        runs.append(given)
        return loaded.engine(given)

    words = ["ok", *["черга довга"] * 11, "довга черга " * 12, "усе добре, дякую вам за швидкість " * 40]
    replace(loaded, engine=engine).classify(words)
    assert [len(run["input_ids"]) for run in runs][:2] == [8, 4]
    assert len(runs) == 4
    assert all(run["attention_mask"].size - run["attention_mask"].sum() <= 20 for run in runs)


def test_a_network_that_gives_no_numbers_or_too_few_does_no_harm() -> None:
    loaded = load_classifier()
    blind = replace(loaded, engine=lambda given: loaded.engine(given) * float("nan"))
    assert sum(judge(blind, "черга довга").scores.values()) == pytest.approx(1)
    with pytest.raises(ValueError, match="2 outputs"):
        replace(loaded, engine=lambda given: loaded.engine(given)[:, :2]).classify(["черга довга"])


def test_importing_the_module_loads_no_model_library() -> None:
    heavy = "{'transformers', 'onnxruntime', 'numpy', 'torch', 'huggingface_hub'}"
    code = f"import sys, worker.classifier; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_is_silent_and_needs_no_network() -> None:
    code = (
        "import socket, worker.classifier as c\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "print(c.load_classifier().classify(['добре'])[0] is not None)"
    )
    keep = {
        name: value for name, value in os.environ.items() if not name.startswith(("HF_", "TRANSFORMERS_"))
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=keep)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"nowhere: no such model folder"):
        load_classifier(tmp_path / "nowhere")


def test_a_missing_folder_given_as_text_is_not_taken_for_a_hub_id(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no such model folder"):
        load_classifier(str(tmp_path / "nowhere"))


def test_an_empty_folder_has_no_config(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"has no config\.json"):
        load_classifier(tmp_path)


def test_an_unreadable_config_is_named(broken: Path) -> None:
    (broken / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"config\.json cannot be used"):
        load_classifier(broken)


def test_a_missing_tokenizer_is_named(broken: Path) -> None:
    (broken / "tokenizer.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"has no tokenizer"):
        load_classifier(broken)


def test_a_broken_tokenizer_is_named(broken: Path) -> None:
    (broken / "tokenizer.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"tokenizer cannot be used"):
        load_classifier(broken)


def test_a_broken_onnx_file_is_named(broken: Path) -> None:
    (broken / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match=r"model\.onnx: the ONNX file cannot be loaded"):
        load_classifier(broken)


def test_a_folder_without_weights_says_what_is_missing(broken: Path) -> None:
    (broken / "model.onnx").unlink()
    with pytest.raises(ModelUnavailable, match=r"torch"):
        load_classifier(broken)


def test_labels_that_do_not_fit_the_weights_are_refused(broken: Path) -> None:
    config = json.loads((broken / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = {"0": "negative", "1": "positive"}
    config["label2id"] = {"negative": 0, "positive": 1}
    (broken / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"the weights cannot be used"):
        load_classifier(broken)


def test_a_hub_model_that_cannot_be_fetched_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The offline switch is read when the hub library is first imported, hence the fresh process."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    code = (
        "from worker.classifier import *\n"
        "try: load_classifier('somebody/absent-model')\n"
        "except ModelUnavailable as fault: print(fault)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "somebody/absent-model: no such folder, and fetching it from the hub failed" in done.stdout


@pytest.mark.parametrize(
    ("labels", "meanings"),
    [
        (["NEGATIVE", "NEUTRAL", "POSITIVE"], "-0+"),
        (["LABEL_0", "LABEL_1", "LABEL_2"], "-0+"),
        (["pos", "neg"], "+-"),
        (["positive", "neu", "neg"], "+0-"),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], "--0++"),
        (["Very Negative", "Negative", "Neutral", "Positive", "Very Positive"], "--0++"),
    ],
)
def test_the_labels_of_other_models_are_understood(labels: list[str], meanings: str) -> None:
    signs = dict(zip("-0+", Sentiment, strict=True))
    assert meanings_of(dict(enumerate(labels)), "other") == tuple(signs[sign] for sign in meanings)


@pytest.mark.parametrize(
    "labels", [["LABEL_0", "LABEL_1"], ["joy", "anger"], ["negative", "neutral"], ["1 star", "5 stars"], []]
)
def test_labels_that_would_be_a_guess_are_refused(labels: list[str]) -> None:
    with pytest.raises(ModelUnavailable, match=r"other: cannot tell what its labels mean"):
        meanings_of(dict(enumerate(labels)), "other")
