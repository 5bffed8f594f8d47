"""The model folder's `thresholds.json`: from which probability on each label counts as said."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.classification.rules import Flag, Thresholds, Topic
from worker.heads import ModelUnavailable

FILE = "thresholds.json"


def read_thresholds(folder: Path) -> Thresholds:
    """The thresholds of a model; none in a folder without the file. Raises `ModelUnavailable`."""
    path = folder / FILE
    if not path.is_file():
        return Thresholds()
    try:
        return _thresholds(json.loads(path.read_text(encoding="utf-8")))
    except (AttributeError, TypeError, ValueError, KeyError) as fault:
        raise ModelUnavailable(f"{path}: the thresholds cannot be used: {fault}") from fault


def write_thresholds(folder: Path, thresholds: Thresholds) -> None:
    """Put the thresholds beside the model."""
    said = {
        "topics": {str(topic): value for topic, value in thresholds.topics.items()},
        "flags": {str(flag): value for flag, value in thresholds.flags.items()},
        "paging": {str(flag): value for flag, value in thresholds.paging.items()},
        "negative": thresholds.negative,
        "sure": thresholds.sure,
    }
    (folder / FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _thresholds(said: Mapping[str, Any]) -> Thresholds:
    found = Thresholds(
        topics={Topic(key): float(value) for key, value in said["topics"].items()},
        flags={Flag(key): float(value) for key, value in said["flags"].items()},
        paging={Flag(key): float(value) for key, value in said["paging"].items()},
        negative=float(said["negative"]),
        sure=float(said["sure"]),
    )
    chances = (
        *found.topics.values(),
        *found.flags.values(),
        *found.paging.values(),
        found.negative,
        found.sure,
    )
    if not all(0 <= chance <= 1 for chance in chances):
        raise ValueError("a probability is not between 0 and 1")
    return found
