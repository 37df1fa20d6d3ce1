"""The kept figures on differences within one runner meet what was asked of them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "validation" / "results" / "contrasts.csv"
DOCS = Path(__file__).parents[2] / "docs" / "accuracy.md"
ROWS = {row["kind"]: row for row in csv.DictReader(RESULTS.read_text(encoding="utf-8").splitlines())}


@pytest.mark.parametrize("kind", ["side", "side_fault", "pace", "fault", "camera"])
def test_sign_and_size_are_within_the_interval(kind: str) -> None:
    assert float(ROWS[kind]["inside"]) >= 0.95
    assert int(ROWS[kind]["n"]) >= 300


@pytest.mark.parametrize("kind", ["camera", "side"])
def test_hardly_any_difference_is_claimed_where_none_is(kind: str) -> None:
    assert float(ROWS[kind]["real"]) <= 0.05


def test_the_page_has_the_kept_figures() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for kind, row in ROWS.items():
        assert f"(`{kind}`) | {row['n']} | {float(row['inside']):.0%}".replace("%", " %") in page
