"""Static optimisation: the planar leg's forces give the moments, and nothing cheaper does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from kinechain.knowledge.muscles import muscles
from kinechain.load.muscle import moment_arms_m, muscle_forces_bw, optimise

ROWS = muscles()
STRENGTH = np.array([row.strength for row in ROWS])
STANCE = np.array([[2.0, 1.5, 0.5], [0.0, -0.5, 1.0], [-0.2, 0.5, -0.8], [2.5, 0.0, 0.0]])
ANGLES = np.array([[20.0, 42.0, 30.0], [0.0, 15.0, 35.0], [5.0, 20.0, 0.0], [-10.0, 10.0, -10.0]])


def test_two_equal_muscles_share_a_moment_and_their_opponent_rests() -> None:
    arms = np.array([[[0.04, 0.04, -0.04], [0, 0, 0], [0, 0, 0]]])
    force = optimise(np.array([[2.0, 0.0, 0.0]]), arms, np.array([1.0, 1.0, 1.0]))
    assert force[0] == pytest.approx([25.0, 25.0, 0.0], rel=1e-3)


def test_a_muscle_twice_as_strong_takes_four_times_the_force() -> None:
    """Least squares of activation: force goes with strength² × arm."""
    arms = np.array([[[0.04, 0.04], [0, 0], [0, 0]]])
    force = optimise(np.array([[2.0, 0.0, 0.0]]), arms, np.array([1.0, 2.0]))
    assert force[0] == pytest.approx([10.0, 40.0], rel=1e-3)


def test_forces_pull_and_give_the_moments() -> None:
    arms = moment_arms_m(ANGLES, ROWS)
    force = optimise(STANCE, arms, STRENGTH)
    assert force.min() >= 0
    assert np.einsum("njm,nm->nj", arms, force) == pytest.approx(STANCE, abs=0.01)


@pytest.mark.parametrize("frame", range(len(STANCE)))
def test_a_general_solver_finds_the_same_forces(frame: int) -> None:
    arms = moment_arms_m(ANGLES, ROWS)[frame]
    mine = optimise(STANCE[[frame]], arms[None], STRENGTH)[0]
    found = minimize(
        lambda a: (a**2).sum(),
        np.full(len(ROWS), 20.0),
        jac=lambda a: 2 * a,
        bounds=[(0, None)] * len(ROWS),
        constraints={"type": "eq", "fun": lambda a: arms @ (STRENGTH * a) - STANCE[frame]},
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-10},
    )
    assert found.success
    assert mine == pytest.approx(STRENGTH * found.x, abs=0.3)


@given(st.floats(0.3, 3.0))
def test_forces_scale_with_the_moments(factor: float) -> None:
    one = muscle_forces_bw(STANCE, ANGLES)
    more = muscle_forces_bw(factor * STANCE, ANGLES)
    for name, force in one.items():
        assert more[name] == pytest.approx(factor * force, rel=1e-4, abs=1e-4)


def test_every_row_has_a_source_and_the_soleus_is_the_unit() -> None:
    assert all("10.1109/TBME.2016.2586891" in row.source for row in ROWS)
    assert {row.name: row.strength for row in ROWS}["soleus"] == 1.0
    signs = {row.name: (row.ankle_arm_m > 0, row.knee_arm_m > 0, row.hip_arm_m > 0) for row in ROWS}
    assert signs["gastrocnemius"] == (True, False, False)
    assert signs["rectus_femoris"] == (False, True, False)
    assert signs["hamstrings"] == (False, False, True)


def test_many_frames_at_once_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(4)
    moments, angles = rng.uniform(-3.0, 3.0, (40, 3)), rng.uniform(-20.0, 60.0, (40, 3))
    together = muscle_forces_bw(moments, angles)
    for frame in range(0, 40, 7):
        alone = muscle_forces_bw(moments[frame : frame + 1], angles[frame : frame + 1])
        for name, force in alone.items():
            assert force[0] == pytest.approx(together[name][frame], abs=1e-6)
