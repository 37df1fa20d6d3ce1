"""The field tests as a form: typed values to the `[[test]]` tables of a session file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kinechain.errors import FormInvalid
from kinechain.knowledge.field_tests import FieldTestRow, field_tests
from kinechain.model.skeleton import SIDES
from kinechain.text import Text
from kinechain.web.forms import number

_ALL_ITEMS = Text(ja="すべての項目の点", en="a score for every item")


def results_of(typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the results of a form as a session file states them.

    Parameters
    ----------
    typed : `<test>.<side>` for a number or class; `<test>.<side>.<item>` for each item of a sum

    Raises
    ------
    FormInvalid
        For a result that cannot be, or a sum of which items are missing.
    """
    return [
        {"name": row.id, "side": side, "value": value}
        for row in field_tests().values()
        for side in SIDES
        if (value := _value(row, side, typed)) is not None
    ]


def checked_results(results: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return results that are stated one by one; FormInvalid for an unknown test or a result that cannot be."""
    for one in results:
        row = field_tests().get(one["name"])
        if row is None:
            raise FormInvalid(field="name", allowed=", ".join(field_tests()))
        if not row.admits(one["value"]):
            raise _impossible(row)
    return [dict(one) for one in results]


def values_of(tests: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return kept results as a form shows them; of a sum only the sum is kept."""
    return {
        f"{test['name']}.{test['side']}": f"{test['value']:g}"
        if isinstance(test["value"], float)
        else str(test["value"])
        for test in tests
    }


def _value(row: FieldTestRow, side: str, typed: Mapping[str, str]) -> float | str | None:
    items = dict(_items(row, side, typed))
    if items:
        try:
            return float(row.total({key: int(score) for key, score in items.items()}))
        except ValueError as error:
            raise FormInvalid(field=row.label, allowed=_ALL_ITEMS) from error
    text = typed.get(f"{row.id}.{side}", "")
    if not text:
        return None
    value = text if row.classes is not None else number(text)
    if value is None or not row.admits(value):
        raise _impossible(row)
    return value


def _impossible(row: FieldTestRow) -> FormInvalid:
    allowed = ", ".join(row.classes) if row.classes is not None else f"{row.lowest:g} – {row.highest:g}"
    return FormInvalid(field=row.label, allowed=allowed)


def _items(row: FieldTestRow, side: str, typed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for item in row.items:
        score = typed.get(f"{row.id}.{side}.{item.id}", "")
        if score:
            yield item.id, score
