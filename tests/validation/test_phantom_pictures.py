"""The drawn body: needs the dependency group `validation` and the reference data."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from phantom_bodies import body

from phantoms.spec import Body, ClipSpec, Picture

pytest.importorskip("anny", reason="the dependency group `validation` is not installed")
pytest.importorskip("torch", reason="the dependency group `validation` is not installed")
pytest.importorskip("pyvista", reason="the dependency group `validation` is not installed")


@pytest.mark.filterwarnings("ignore")
def test_the_skin_follows_the_joints() -> None:
    from phantoms.body import Figure

    state = body(thigh_deg=30, shank_deg=30).at(np.array([0.5, 0.6]))
    figure = Figure(Body(), 1.75, state)
    placements = figure.placements(state)
    for side, leg in state.legs.items():
        end = side[0].upper()
        assert np.allclose(
            placements[f"{side}_shank"].apply(figure.rest.heads[f"lowerleg01.{end}"]), leg.knee, atol=1e-6
        )
        assert np.allclose(placements[f"{side}_foot"].apply(figure.rest.heads[f"foot.{end}"]), leg.ankle, atol=1e-6)
        assert np.allclose(
            placements[f"{side}_thigh"].apply(figure.rest.heads[f"lowerleg01.{end}"]), leg.knee, atol=0.03
        )
    skin = figure.skin(placements, figure.rest.points)
    assert skin.shape == (2, len(figure.rest.points), 3)
    right = figure.rest.points[:, 2] > 0.02
    assert skin[0, right, 2].mean() > 0 > skin[0, ~right, 2].mean()


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
def test_contacts_of_the_drawn_shoes_are_those_of_the_plate() -> None:
    from phantoms.motion import make_running

    named = os.environ.get("KINECHAIN_DATA", str(Path(__file__).resolve().parents[3] / "shared" / "data"))
    rbds = Path(named) / "lab" / "rbds"
    if not rbds.is_dir():
        pytest.skip("the reference data folder is not there")
    running = make_running(ClipSpec("t", picture=Picture(duration_s=2.0)), rbds)
    for plate in running.plate_contacts:
        if plate.start_s > 0 and plate.end_s < 2:
            drawn = min(running.contacts, key=lambda c: abs(c.start_s - plate.start_s))
            assert drawn.side == plate.side
            assert abs(drawn.start_s - plate.start_s) < 0.005
            assert abs(drawn.end_s - plate.end_s) < 0.005
