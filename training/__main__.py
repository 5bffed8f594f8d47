"""`python -m training --data DIR`: everything from labelled texts to the folder the worker loads."""

import argparse
from pathlib import Path

from training.pipeline import Plan, run


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    paths = made.add_argument_group("folders and files")
    paths.add_argument(
        "--data", type=Path, help="has train, validation and test (.jsonl[.xz]); needed without --from"
    )
    paths.add_argument("--out", type=Path, default=Path("worker/model"), help="where the model is written")
    paths.add_argument("--work", type=Path, default=Path("training/out"), help="for intermediate files")
    paths.add_argument("--own", type=Path, help="your labelled comments (.jsonl: text, label), later stages")
    paths.add_argument("--from", type=Path, dest="start", help="a model folder whose network to go on from")
    made.add_argument(
        "--again", action="store_true", help="with --from: through the long stage too, with --data"
    )
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--minutes", type=float, default=135.0, help="for training, without export and figures")
    made.add_argument("--threads", type=int, default=2)
    return made


def main() -> None:
    """Read the options and run the plan."""
    made = parser()
    given = made.parse_args()
    if not given.data and not given.start:
        made.error("--data is needed, unless --from names a model whose network has learnt already")
    if given.again and not (given.data and given.start):
        made.error("--again needs --from and --data")
    run(Plan(**vars(given)))


if __name__ == "__main__":
    main()
