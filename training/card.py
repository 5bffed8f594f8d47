"""The figures inside the model card: a table between two marks, and the same as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from app.classification.model_card import Score
from worker.card import FIGURES

_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


def table(scores: Sequence[Score]) -> str:
    """The figures as a Markdown table."""
    lines = ["| Texts | Measure | Figure | n |", "| --- | --- | ---: | ---: |"]
    lines += [f"| {it.texts}, {it.part} | {named(it)} | {it.value:.3f} | {it.count} |" for it in scores]
    return "\n".join(lines)


def named(score: Score) -> str:
    """What was measured, in words, with the interval that its count allows."""
    if score.label:
        return f"{score.label.replace(':', ' ')}, {score.measure}"
    if score.interval:
        low, high = score.interval
        return f"{score.measure} (95 % interval {low:.2f} to {high:.2f})"
    return str(score.measure)


def write_figures(scores: Sequence[Score], folder: Path) -> None:
    """Put the figures beside the model, and into its card when the card has the marks."""
    (folder / FIGURES).write_text(json.dumps([_row(it) for it in scores], indent=1) + "\n", encoding="utf-8")
    card = folder / "README.md"
    found = card.read_text(encoding="utf-8") if card.is_file() else ""
    if _BEGIN in found and _END in found:
        before, after = found.split(_BEGIN)[0], found.split(_END)[1]
        card.write_text(f"{before}{_BEGIN}\n{table(scores)}\n{_END}{after}", encoding="utf-8")
    print(table(scores))


def _row(score: Score) -> dict[str, object]:
    """Only what is known, in four digits."""
    known = {name: value for name, value in asdict(score).items() if value not in ("", None)}
    interval = {"interval": [round(end, 4) for end in score.interval]} if score.interval else {}
    return known | interval | {"value": round(score.value, 4), "count": score.count}
