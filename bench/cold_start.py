"""A fresh process that loads a model and judges a batch, for `bench.classifier` to time.

It imports what a worker does and no more. The comments come as a JSON list on standard input; its largest
resident memory in MiB goes to standard output.
"""

import json
import re
import sys
from pathlib import Path

from worker.classifier import load_classifier


def main() -> None:
    """Load the folder that is the one argument, judge, report."""
    load_classifier(sys.argv[1]).classify(json.load(sys.stdin))
    print(peak_mebibytes())


def peak_mebibytes() -> float:
    """The largest resident memory since this program began; `getrusage` also knows of its parent's."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    if not told:
        raise RuntimeError("/proc/self/status does not tell the largest resident memory")
    return int(told[1]) / 1024


if __name__ == "__main__":
    main()
