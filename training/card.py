"""The figures inside the model card: a table between two marks, and the same as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from training.evaluate import Figure

_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| Split | Part | Rows | macro-F1 | macro-F1, no neutral | F1 of negative |"]
    lines.append("| --- | --- | ---: | ---: | ---: | ---: |")
    for it in figures:
        shares = f"{it.macro:.3f} | {it.binary:.3f} | {it.negative:.3f}"
        lines.append(f"| {it.split} | {it.part} | {it.rows} | {shares} |")
    return "\n".join(lines)


def write_figures(figures: Sequence[Figure], folder: Path) -> None:
    """Put the figures beside the model, and into its card when the card has the marks."""
    text = json.dumps([asdict(it) for it in figures], indent=1) + "\n"
    (folder / "figures.json").write_text(text, encoding="utf-8")
    card = folder / "README.md"
    found = card.read_text(encoding="utf-8") if card.is_file() else ""
    if _BEGIN in found and _END in found:
        before, after = found.split(_BEGIN)[0], found.split(_END)[1]
        card.write_text(f"{before}{_BEGIN}\n{table(figures)}\n{_END}{after}", encoding="utf-8")
    print(table(figures))
