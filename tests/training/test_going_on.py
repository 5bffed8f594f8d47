"""Training goes on from a model that has learnt already, with goods reviews or without."""

import json
from pathlib import Path
from shutil import copyfile

import pytest

from training import labels
from training.__main__ import main
from training.pipeline import Plan
from training.service import is_held
from training.texts import read_texts
from worker.classifier import SHIPPED_MODEL, load_classifier

TEXTS = ("Черга довга, але дівчата чемні", "Жахливий сервіс, більше не прийду", "Все супер, дякую!")


def plan(tmp_path: Path, start: Path | None, *, again: bool = False) -> Plan:
    """A plan that nothing comes of."""
    return Plan(None, tmp_path / "out", tmp_path, None, start, seed=1, minutes=10.0, threads=1, again=again)


def test_what_has_been_learnt_is_not_learnt_again(tmp_path: Path) -> None:
    assert plan(tmp_path, None).stages == ("warm-up", "reviews", "service")
    assert plan(tmp_path, SHIPPED_MODEL).stages == ("service",)
    assert plan(tmp_path, SHIPPED_MODEL, again=True).stages == ("reviews", "service")


@pytest.mark.parametrize(("start", "again"), [(None, False), (SHIPPED_MODEL, False), (SHIPPED_MODEL, True)])
def test_the_stages_share_all_of_the_time(tmp_path: Path, start: Path | None, again: bool) -> None:
    made = plan(tmp_path, start, again=again)
    assert sum(map(made.seconds, made.stages)) == pytest.approx(600)


def test_a_new_network_cannot_do_without_reviews(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["training", "--own", "own.jsonl"])
    with pytest.raises(SystemExit):
        main()
    assert "--data is needed, unless --from names a model" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["--data", "d"], ["--from", "m"]])
def test_the_long_stage_again_needs_a_network_and_reviews(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["training", "--again", *given])
    with pytest.raises(SystemExit):
        main()
    assert "--again needs --from and --data" in capsys.readouterr().err


def test_own_comments_are_held_back_like_the_written_ones(tmp_path: Path, few_written: Path) -> None:
    own = tmp_path / "own.jsonl"
    rows = [{"text": f"довга черга номер {n}", "label": "negative"} for n in range(64)]
    own.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = read_texts(None, own, few_written)
    kept = [row for row in found.held if row.text.startswith("довга черга номер")]
    assert len(found.own) + len(kept) == 64
    assert all(is_held(row.text) for row in kept)
    assert not any(is_held(row.text) for row in found.own)
    assert found.reviews == found.validation == ()
    assert found.written


def test_the_shipped_network_comes_back_from_its_eight_bits() -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    pytest.importorskip("onnx", reason="onnx is needed only for training")
    from training.shipped import network_of

    classifier, network = load_classifier(), network_of(SHIPPED_MODEL).eval()
    for text, wanted in zip(TEXTS, classifier.logits(TEXTS), strict=True):
        found = classifier.tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            logits = network(input_ids=found["input_ids"], attention_mask=found["attention_mask"]).logits[0]
        assert logits[:3].argmax() == wanted[:3].argmax()
        assert abs(logits.numpy() - wanted).max() < 0.5


def test_both_readings_begin_as_the_one_that_a_former_network_has(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    pytest.importorskip("onnx", reason="onnx is needed only for training")
    from training.shipped import network_of

    for name in ("model.onnx", "config.json"):
        copyfile(SHIPPED_MODEL / name, tmp_path / name)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    config["id2label"] = dict(enumerate(labels.names()[: labels.AT_SHOP]))
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    former, shipped = network_of(tmp_path).classifier.weight, network_of(SHIPPED_MODEL).classifier.weight
    assert torch.equal(former[labels.AT_SHOP :], shipped[: labels.AT_TOPICS])
    assert not torch.equal(former, shipped)


def test_a_network_whose_ranges_were_those_of_the_batch_comes_back_as_well(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="torch is needed only for training")
    pytest.importorskip("onnx", reason="onnx is needed only for training")
    from onnxruntime.quantization import QuantType, quantize_dynamic

    from training.export import to_onnx
    from training.shipped import network_of

    shipped = network_of(SHIPPED_MODEL)
    to_onnx(shipped, tmp_path / "full.onnx")
    quantize_dynamic(
        tmp_path / "full.onnx",
        tmp_path / "model.onnx",
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    copyfile(SHIPPED_MODEL / "config.json", tmp_path / "config.json")
    former = network_of(tmp_path).state_dict()
    assert all(torch.allclose(former[name], value, atol=1e-6) for name, value in shipped.state_dict().items())


def test_a_network_of_another_maker_is_refused(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is needed only for training")
    pytest.importorskip("torch", reason="torch is needed only for training")
    from training.shipped import network_of

    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "empty", [], [])), tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="is not a network that this pipeline made"):
        network_of(tmp_path)
    ours = onnx.load(SHIPPED_MODEL / "model.onnx")
    del ours.graph.node[:]
    onnx.save(ours, tmp_path / "model.onnx")
    with pytest.raises(ValueError, match="is not a network that this pipeline made"):
        network_of(tmp_path)
