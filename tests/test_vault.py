"""What is sealed is read again with the same key and purpose only."""

import pytest
from cryptography.fernet import InvalidToken

from app.vault import seal, unseal
from tests.make import SECRET


def test_what_is_sealed_cannot_be_read_but_unsealed() -> None:
    stored = seal(SECRET, "webhook/1", "whsec_abc")
    assert "whsec" not in stored
    assert unseal(SECRET, "webhook/1", stored) == "whsec_abc"


@pytest.mark.parametrize(("secret", "purpose"), [(SECRET + "x", "webhook/1"), (SECRET, "webhook/2")])
def test_another_key_or_purpose_does_not_open_it(secret: str, purpose: str) -> None:
    with pytest.raises(InvalidToken):
        unseal(secret, purpose, seal(SECRET, "webhook/1", "whsec_abc"))
