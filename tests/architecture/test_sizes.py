"""Functions and files stay small: what grows is split by verb."""

from statistics import quantiles

from tests.architecture.source import functions, place, python_files

FOLDERS = ("app", "worker", "training", "ops", "bench")
LONGEST_FUNCTION = 50
FUNCTION_P95 = 25
FUNCTION_MEDIAN = 9
LONGEST_FILE = 400
LONGEST_TEST_FILE = 500


def function_lengths() -> dict[str, int]:
    """The lines of every function of the product, by its place."""
    return dict(entry for path in python_files(*FOLDERS) for entry in functions(path))


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = {name: lines for name, lines in function_lengths().items() if lines > LONGEST_FUNCTION}
    assert not too_long


def test_nearly_all_functions_are_short() -> None:
    percentiles = quantiles(function_lengths().values(), n=100)
    assert percentiles[94] <= FUNCTION_P95
    assert percentiles[49] <= FUNCTION_MEDIAN


def test_no_file_grows_into_a_heap() -> None:
    assert not longer_than(LONGEST_FILE, *FOLDERS)


def test_no_test_file_grows_into_a_heap() -> None:
    assert not longer_than(LONGEST_TEST_FILE, "tests")


def longer_than(limit: int, *folders: str) -> dict[str, int]:
    """The files of more than `limit` lines."""
    lines = {
        place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*folders)
    }
    return {name: count for name, count in lines.items() if count > limit}
