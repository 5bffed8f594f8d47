"""A fresh process that loads a model and judges a batch, for `bench.classifier` to time.

It imports what a worker does and no more. The comments come as a JSON list on standard input; its largest
resident memory in MiB goes to standard output.
"""

import json
import resource
import sys

from worker.classifier import load_classifier


def main() -> None:
    """Load the folder that is the one argument, judge, report."""
    load_classifier(sys.argv[1]).classify(json.load(sys.stdin))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
