"""What tests of training share."""

from pathlib import Path

import pytest

from training.corpus import FOLDER


@pytest.fixture
def few_written(tmp_path: Path) -> Path:
    """A folder with a hundred of the written comments: enough to be held back from, soon read."""
    folder = tmp_path / "written"
    folder.mkdir()
    lines = (FOLDER / "calm-ukrainian.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "few.tsv").write_text("".join(lines[:100]), encoding="utf-8")
    return folder
