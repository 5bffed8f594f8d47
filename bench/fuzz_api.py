"""Many generated requests to every operation of the API, and how they were answered.

``python -m bench.fuzz_api --cases 300``: so many well-formed ones for each operation, and as many malformed.
"""

import argparse
import logging
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic

import structlog
from schemathesis import GenerationMode

from tests.api.fuzz import fuzz, fuzzed


def main() -> None:
    """Send them all; ends with a traceback at the first answer that the document does not tell of."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    cases = parser.parse_args().cases
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        began = monotonic()
        with tempfile.TemporaryDirectory() as folder, fuzzed(Path(folder)) as target:
            structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
            seen = fuzz(target, mode, cases)
        statuses: Counter[int] = Counter()
        for (_, status), count in seen.items():
            statuses[status] += count
        told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        operations = len({operation for operation, _ in seen})
        print(f"{mode.value}: {seen.total()} requests to {operations} operations", end=" ")
        print(f"in {monotonic() - began:.0f} s ({told})", flush=True)


if __name__ == "__main__":
    main()
