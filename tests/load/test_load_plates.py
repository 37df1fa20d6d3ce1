"""The load models against one trial of the force plates and one of OpenSim (needs the reference data)."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from kinechain.knowledge.load_tables import force_template
from kinechain.knowledge.muscles import muscles

VALIDATION = Path(__file__).resolve().parents[2] / "validation"


@pytest.fixture
def validation(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    if not VALIDATION.is_dir():
        pytest.skip("validation/ is not part of this copy")
    monkeypatch.syspath_prepend(VALIDATION)
    return importlib.import_module("load_templates")


@pytest.mark.shared
def test_one_runner_against_his_plate(validation: ModuleType, shared_data: Path) -> None:
    """RBDS012 at 3.5 m/s, both legs; peak force, moment and timing within twice the errors of the page."""
    data = importlib.import_module("load_data")
    stances = data.c3d_stances(shared_data / "lab" / "rbds", runners=("RBDS012",), trials=("T35",))
    rows = [validation.modelled(stance, force_template()) for stance in stances]
    assert len(rows) == 2
    for row in rows:
        plate, model = row.plate.ankle_moment, row.model.ankle_moment
        assert row.vertical_bw.max() == pytest.approx(row.stance.force_bw[:, 1].max(), rel=0.08)
        assert np.sqrt(((row.vertical_bw - row.stance.force_bw[:, 1]) ** 2).mean()) < 0.25
        assert model.max() == pytest.approx(plate.max(), rel=0.15)
        assert np.corrcoef(plate, model)[0, 1] > 0.95


@pytest.mark.shared
def test_mechanics_and_muscles_against_opensim(validation: ModuleType, shared_data: Path) -> None:
    """RBDS012, right leg, with the force that was applied there: torques, soleus and vasti keep their shape."""
    data, table = importlib.import_module("load_data"), importlib.import_module("muscle_table")
    (model,) = data.model_stances(shared_data / "lab" / "rbds", runners=("RBDS012",))
    moments = table.planar_moments(model)
    own = table.own_moments(model)
    for index, least in ((0, 0.97), (1, 0.93)):
        assert np.corrcoef(moments[:, index], own[:, index])[0, 1] > least
    assert moments[:, 0].max() == pytest.approx(own[:, 0].max(), rel=0.15)
    forces = table.predicted(model, muscles(), moments)
    for name, least in (("soleus", 0.95), ("vasti", 0.97)):
        index = [row.name for row in muscles()].index(name)
        true = table._force(model, name) / 9.81
        assert np.corrcoef(forces[:, index], true)[0, 1] > least
        assert forces[:, index].max() == pytest.approx(true.max(), rel=0.25)
