"""The time that a file carries: local where the phone wrote it, never the zero of an unset header."""

from __future__ import annotations

import pytest

from kinechain.video.filmed_at import filmed_at

LOCAL = "com.apple.quicktime.creationdate"


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"creation_time": "2026-05-04T09:31:07.000000Z"}, "2026-05-04T09:31:07+00:00"),
        ({LOCAL: "2026-05-04T18:31:07+0900", "creation_time": "2026-05-04T09:31:07Z"}, "2026-05-04T18:31:07+09:00"),
        ({LOCAL: "yesterday", "creation_time": "2026-05-04T09:31:07Z"}, "2026-05-04T09:31:07+00:00"),
        ({"creation_time": "1904-01-01T00:00:00Z"}, None),
        ({"creation_time": "1970-01-01T00:00:00Z"}, None),
        ({"creation_time": "2026-05-04T09:31:07"}, None),
        ({}, None),
    ],
)
def test_date_and_time_with_their_offset_or_nothing(metadata: dict[str, str], expected: str | None) -> None:
    assert filmed_at(metadata) == expected
