"""The last stage three times with other seeds: `python -m training.seeds --data DIR --work DIR`.

The working folder is that of a `python -m training` that has ended; what comes before the last stage is
taken from it.
"""

import argparse
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

from app.classification.model_card import Measure
from training.pipeline import KEPT_BEFORE_SERVICE, Plan, run
from worker.card import FIGURES, read_scores

RESULTS = Path(__file__).parents[1] / "bench" / "results" / "classifier-seeds.md"
SEEDS = (1, 2, 3)
_SHOWN = frozenset(Measure) - {
    Measure.BINARY,
    Measure.NEGATIVE,
    Measure.LABEL,
    Measure.INT8_SAME,
    Measure.INT8_LOST,
}

Figures = Mapping[tuple[str, str, Measure], float]


def figures_of(plan: Plan, seed: int) -> Figures:
    """Run the last stage with a seed in a folder of its own, once; what is shown of its figures."""
    work = plan.work / f"seed-{seed}"
    work.mkdir(exist_ok=True)
    for name in KEPT_BEFORE_SERVICE:
        if (plan.work / name).is_file() and not (work / name).exists():
            shutil.copyfile(plan.work / name, work / name)
    measured = work / "model" / FIGURES
    if not measured.is_file():
        run(replace(plan, work=work, out=measured.parent, seed=seed))
    shown = [it for it in read_scores(measured) if it.measure in _SHOWN]
    return {(it.texts, it.part, it.measure): it.value for it in shown}


def table(found: Sequence[Figures]) -> Iterator[str]:
    """Mean and spread (sample standard deviation) of each figure, as Markdown."""
    yield f"| Texts | Measure | mean of {len(found)} | spread |"
    yield "| --- | --- | ---: | ---: |"
    for key in found[0]:
        texts, part, measure = key
        values = [figures[key] for figures in found]
        yield f"| {texts}, {part} | {measure} | {mean(values):.3f} | {stdev(values):.3f} |"


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
