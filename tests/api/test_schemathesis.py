"""No request, well-formed or not, gets a 5xx or an answer that the document does not tell of.

`bench/fuzz_api.py` sends many more.
"""

from pathlib import Path

import pytest
from schemathesis import GenerationMode

from tests.api.fuzz import fuzz, fuzzed

CASES = 20
LEAST = {GenerationMode.POSITIVE: 19, GenerationMode.NEGATIVE: 15}
MET = {
    GenerationMode.POSITIVE: {200, 201, 404, 409, 422},
    GenerationMode.NEGATIVE: {400, 422},
}


@pytest.mark.parametrize("mode", MET, ids=lambda mode: mode.value)
def test_no_request_is_answered_but_as_the_document_says(mode: GenerationMode, tmp_path: Path) -> None:
    with fuzzed(tmp_path) as target:
        seen = fuzz(target, mode, CASES)
    assert len({operation for operation, _ in seen}) >= LEAST[mode]
    assert {status for _, status in seen} >= MET[mode]
