"""What those who program tills read is true: the programs of the page make the links of its vectors."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.db import get_row, transaction
from app.invitations.models import TillKey
from app.invitations.signing import Receipt, canonical_text, signed_path
from app.vault import seal
from tests.architecture.source import ROOT
from tests.fakes import Hands
from tests.invitations.cast import Reader, till
from tests.make import SECRET, Chain, rows_of

PAGE = (ROOT / "docs/receipt-links.md").read_text(encoding="utf-8")
VECTORS: dict[str, Any] = json.loads((ROOT / "docs/receipt-links.json").read_text(encoding="utf-8"))


def program(language: str) -> str:
    """The program of the page in that language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def links() -> list[str]:
    """The whole links of the vectors."""
    return [VECTORS["base_url"] + row["path"] for row in VECTORS["receipts"]]


def test_the_vectors_are_what_we_sign() -> None:
    for row in VECTORS["receipts"]:
        receipt = Receipt(row["number"], datetime.fromtimestamp(row["t"], UTC), row["s"], row["c"], row["l"])
        assert canonical_text(VECTORS["key_id"], receipt) == row["text"]
        assert signed_path(VECTORS["secret"], VECTORS["key_id"], receipt) == row["path"]
        assert row["path"].endswith(f"sig={row['sig']}")


def test_the_table_of_the_page_is_that_of_the_file() -> None:
    for row in VECTORS["receipts"]:
        total = "" if row["s"] is None else row["s"]
        assert (
            f"| `{row['number']}` | {row['t']} | {total} | {row['c']} | {row['l']} | `{row['sig']}` |" in PAGE
        )
    assert VECTORS["secret"] in PAGE


def test_the_python_of_the_page_makes_them() -> None:
    namespace: dict[str, Any] = {}
    exec(program("python"), namespace)  # noqa: S102 - the program of our own page
    make = namespace["receipt_link"]
    made = [
        make(
            *(VECTORS["base_url"], VECTORS["key_id"], VECTORS["secret"], row["number"], row["t"]),
            total=row["s"],
            cashier=row["c"],
            language=row["l"],
        )
        for row in VECTORS["receipts"]
    ]
    assert made == links()


def test_the_javascript_of_the_page_makes_them(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script = tmp_path / "till.js"
    script.write_text(program("javascript") + _CALLER, encoding="utf-8")
    done = subprocess.run(
        [node, str(script)], input=json.dumps(VECTORS), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == links()


_CALLER = """
const { base_url, key_id, secret, receipts } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const made = receipts.map(({ number, t, s, c, l }) =>
  receiptLink(base_url, key_id, secret, { number, time: t, total: s, cashier: c, language: l }));
console.log(JSON.stringify(made));
"""


def test_the_vectors_open_the_survey(app: Flask, chain: Chain, reader: Reader, hands: Hands) -> None:
    till(chain)
    (key,) = rows_of(chain, TillKey)
    with transaction(chain.organisation_id) as session:
        row = get_row(session, TillKey, key.id)
        row.key_id = VECTORS["key_id"]
        row.secret_sealed = seal(SECRET, f"till-key/{row.key_id}", VECTORS["secret"])
    for receipt in VECTORS["receipts"]:
        hands.at = datetime.fromtimestamp(receipt["t"] + 60, UTC)
        page = reader.open(receipt["path"])
        assert page.status_code == 200, receipt
