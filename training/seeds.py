"""The last stage three times with other seeds: `python -m training.seeds --data DIR --work DIR`.

The working folder is that of a `python -m training` that has ended; what comes before the last stage is
taken from it.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

from training.pipeline import KEPT_BEFORE_SERVICE, Plan, run
from worker.card import FIGURES

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-seeds.md"
SEEDS = (1, 2, 3)
_SHOWN = (
    "sentiment, macro-F1",
    "topics, micro-F1",
    "topics, macro-F1",
    "polarity",
    "critical flags",
    "calibration",
)

Figures = Mapping[tuple[str, str], float]


def figures_of(plan: Plan, seed: int) -> Figures:
    """Run the last stage with a seed in a folder of its own, once; its figures by texts and measure."""
    work = plan.work / f"seed-{seed}"
    work.mkdir(exist_ok=True)
    for name in KEPT_BEFORE_SERVICE:
        if (plan.work / name).is_file() and not (work / name).exists():
            shutil.copyfile(plan.work / name, work / name)
    measured = work / "model" / FIGURES
    if not measured.is_file():
        run(replace(plan, work=work, out=measured.parent, seed=seed))
    rows = json.loads(measured.read_text(encoding="utf-8"))
    # The interval in a measure's name is another one with each seed.
    return {(row["texts"], row["measure"].partition(" (")[0]): row["value"] for row in rows}


def table(found: Sequence[Figures]) -> Iterator[str]:
    """Mean and spread (sample standard deviation) of each figure, as Markdown."""
    yield f"| Texts | Measure | mean of {len(found)} | spread |"
    yield "| --- | --- | ---: | ---: |"
    for texts, measure in found[0]:
        if measure.startswith(_SHOWN):
            values = [figures[texts, measure] for figures in found]
            yield f"| {texts} | {measure} | {mean(values):.3f} | {stdev(values):.3f} |"


def main() -> None:
    """Run, print, record."""
    made = argparse.ArgumentParser(prog="python -m training.seeds", description=__doc__)
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--work", type=Path, default=Path("training/out"))
    made.add_argument("--from", type=Path, dest="start", help="if that training had one")
    made.add_argument("--again", action="store_true", help="if that training had it")
    made.add_argument("--minutes", type=float, default=135.0, help="as that training had")
    made.add_argument("--threads", type=int, default=2)
    made.add_argument("--results", type=Path, default=RESULTS)
    given = vars(made.parse_args())
    results = given.pop("results")
    plan = Plan(**given, out=given["work"], own=None, seed=0)
    rows = list(table([figures_of(plan, seed) for seed in SEEDS]))
    head = ["# The last stage with three seeds", "", "    python -m training.seeds --data DIR", ""]
    text = "\n".join([*head, *rows, ""])
    results.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
