"""``python -m worker run | web | ticker | work QUEUE``: each process imports only what it needs."""

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the process that was asked for; the exit status."""
    options = _parser().parse_args(arguments)
    match options.process:
        case "run":
            return _run()
        case "prepare":
            from worker.prepare import prepare

            prepare()
        case "web":
            from worker.web import run_web

            run_web()
        case "ticker":
            from worker.runtime import run_ticker

            run_ticker()
        case _:
            from worker.runtime import run_worker

            run_worker(options.queue)
    return 0


def _run() -> int:
    from worker.supervisor import run

    return run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker", description="The processes of Vidhuk.")
    processes = parser.add_subparsers(dest="process", required=True, metavar="PROCESS")
    processes.add_parser("run", help="everything on this machine: migrate, demo, Redis, web, ticker, workers")
    processes.add_parser("web", help="the web server alone")
    processes.add_parser("ticker", help="deadlines, relay and sweep; any number of copies")
    processes.add_parser("work", help="one worker of one queue").add_argument("queue", metavar="QUEUE")
    processes.add_parser("prepare")  # for `run` only
    return parser


if __name__ == "__main__":
    sys.exit(main())
