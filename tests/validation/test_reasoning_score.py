"""The score of the reasoning: bands without the runner who is judged, what deviates by truth, the size of a fault."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from kinechain.knowledge.chain import chain_graph
from kinechain.knowledge.reference import ReferenceBand
from kinechain.model.assessment import Measurement
from kinechain.text import Text
from reasoning.bands import TrueValues
from reasoning.truth import deviating, size_sdc

SHANK = "shank_angle_ms_deg"


def values(per_runner: dict[str, float]) -> TrueValues:
    rows = [
        {"runner": runner, "pace": pace, "speed_mps": speed, "name": SHANK, "value": value + gain}
        for runner, value in per_runner.items()
        for pace, speed, gain in (("T25", 2.5, 0.0), ("T45", 4.5, 4.0))
    ]
    return TrueValues(pd.DataFrame(rows))


def test_a_runner_is_not_judged_by_himself() -> None:
    known = values({"a": 20.0, "b": 22.0, "c": 40.0})
    own, other = known.bands("c")(SHANK, 2.5), known.bands("z")(SHANK, 2.5)
    assert own is not None
    assert other is not None
    assert (own.mean, own.n_runners) == (pytest.approx(21.0), 2)
    assert own.sd == pytest.approx(2**0.5)
    assert (other.mean, other.n_runners) == (pytest.approx(82 / 3), 3)


def test_bands_lie_between_their_paces_and_end() -> None:
    band = values({"a": 20.0, "b": 22.0}).bands("z")
    middle = band(SHANK, 3.5)
    assert middle is not None
    assert middle.mean == pytest.approx(23.0)
    assert band(SHANK, 6.0) is None
    assert band("cadence_spm", 3.5) is None


def measurement(name: str, side: str, sdc: float) -> Measurement:
    return Measurement(
        id=f"c.{name}.{side}", clip="c", name=name, side=side, value=20.0, low=18.0, high=22.0, unit="deg",
        n_strides=5, sdc=sdc,
    )  # fmt: skip


def truth(shank_right: float, strike: str = "rearfoot") -> dict[str, Any]:
    rows = [
        {"name": SHANK, "side": "left", "value": 25.0},
        {"name": SHANK, "side": "right", "value": shank_right},
        {"name": "strike_class", "side": "right", "value": strike},
    ]
    return {"measurements": rows, "speed_mps": 3.5}


def band(name: str, _: float) -> ReferenceBand | None:
    if name != SHANK:
        return None
    return ReferenceBand(name, 25.0, 2.0, 6, Text(ja="人", en="runners"), "test", 2.5, 4.5)


@pytest.mark.parametrize(
    ("value", "expected"), [(26.5, (False, False)), (27.5, (False, True)), (30.5, (True, True)), (19.0, (False, False))]
)
def test_a_link_deviates_outside_of_the_band_and_beyond_the_detectable_change(
    value: float, expected: tuple[bool, bool]
) -> None:
    seen = tuple(measurement(SHANK, side, 4.0) for side in ("left", "right"))
    found = deviating(chain_graph(), truth(value), seen, band)
    assert found["C3_right"] == expected
    assert found["C3_left"] == (False, False)
    assert "C9_right" not in found  # nothing of it was measured


@pytest.mark.parametrize(("strike", "there"), [("rearfoot", False), ("forefoot", True)])
def test_the_landing_is_a_rival_by_its_class(strike: str, *, there: bool) -> None:
    assert deviating(chain_graph(), truth(25.0, strike), (), band)["rival_strike_type"].detectable is there


def test_a_fault_is_as_large_as_what_it_moves() -> None:
    plain = {(SHANK, "right"): 25.0, ("knee_flexion_peak_deg", "right"): 40.0}
    faulted = {(SHANK, "right"): 33.0, ("knee_flexion_peak_deg", "right"): 60.0}
    sdc = {(SHANK, "right"): 4.0, ("knee_flexion_peak_deg", "right"): 1.0}
    node = chain_graph().nodes["C3"]
    assert size_sdc(node, "right", faulted, plain, sdc) == pytest.approx(2.0)  # more knee flexion is contradicted
    assert size_sdc(node, "left", faulted, plain, sdc) is None
