"""Muscle forces of a planar leg: static optimisation, all frames at once.

Ten muscle groups cross hip, knee and ankle in the sagittal plane. Of all sets of pulling forces that give the net
moments, the one with the least sum of squared activations is taken (Crowninshield & Brand 1981, J Biomech 14:793,
recall; the cost that the reference results use). Strength does not change with length and speed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kinechain.knowledge.muscles import MuscleRow, muscles
from kinechain.load.ground_force import GRAVITY

Array = NDArray[np.float64]

JOINTS = ("ankle", "knee", "hip")


@dataclass(frozen=True)
class OptimisationParameters:
    """How the optimisation is solved.

    Parameters
    ----------
    slack : how readily a moment is left uncarried [m²]; small, so that muscles carry all they can
    rounds : Newton steps at most
    tolerance : of the moments, per kilogram [N·m/kg]
    """

    slack: float = 1e-7
    rounds: int = 60
    tolerance: float = 1e-9


def moment_arms_m(angles_deg: Array, rows: tuple[MuscleRow, ...] | None = None) -> Array:
    """Return the moment arms at given joint angles, extension positive, shape (n, 3, muscles) [m].

    Linear in the joint's own angle, held where that would change an arm by more than half.

    Parameters
    ----------
    angles_deg : ankle dorsiflexion, knee flexion, hip flexion; shape (n, 3)
    """
    rows = muscles() if rows is None else rows
    arm = np.array([[getattr(row, f"{joint}_arm_m") for row in rows] for joint in JOINTS])
    slope = np.array([[getattr(row, f"{joint}_slope_m") for row in rows] for joint in JOINTS])
    middle = np.array([getattr(rows[0], f"{joint}_middle_deg") for joint in JOINTS])
    turned = np.radians(angles_deg - middle)[:, :, None] * slope
    near = np.abs(turned) < 0.5 * np.abs(arm)
    return np.asarray(np.where(near, arm + turned, arm * (1 + 0.5 * np.sign(turned * arm))))


def optimise(
    moments_nmpkg: Array, arms_m: Array, strength: Array, parameters: OptimisationParameters | None = None
) -> Array:
    """Return the muscle forces of every frame, per kilogram of body mass, shape (n, muscles) [N/kg].

    Solves min Σ (F/strength)² + Σ residual²/slack with F ≥ 0 and arms·F + residual = moment through its dual, three
    unknowns a frame: F = strength²·max(0, armsᵀλ), a piecewise linear equation, by Newton's method with halved steps.

    Parameters
    ----------
    moments_nmpkg : ankle, knee, hip, extension positive, shape (n, 3)
    arms_m : shape (n, 3, muscles)
    strength : relative strength, shape (muscles,); only ratios matter
    """
    p = parameters or OptimisationParameters()
    gain = strength**2
    multiplier = np.zeros_like(moments_nmpkg)

    value = np.zeros(len(moments_nmpkg))
    left = np.arange(len(moments_nmpkg))
    for _ in range(p.rounds):
        arms, of, moments = arms_m[left], multiplier[left], moments_nmpkg[left]
        pull = np.matmul(of[:, None, :], arms)[:, 0, :]
        force = gain * np.maximum(pull, 0.0)
        residual = np.matmul(arms, force[:, :, None])[:, :, 0] + p.slack * of - moments
        open_ = np.abs(residual).max(axis=1) >= p.tolerance
        left = left[open_]
        if not len(left):
            break
        arms, of, moments, residual = arms[open_], of[open_], moments[open_], residual[open_]
        active = gain * (pull[open_] > 0)
        hessian = np.matmul(arms * active[:, None, :], arms.swapaxes(1, 2)) + p.slack * np.eye(len(JOINTS))
        step = np.linalg.solve(hessian, residual[:, :, None])[:, :, 0]
        dual = _Dual(moments, arms, gain, p.slack)
        multiplier[left], value[left] = _damped(of, step, value[left], residual, dual)
    pull = np.matmul(multiplier[:, None, :], arms_m)[:, 0, :]
    return np.asarray(gain * np.maximum(pull, 0.0))


class _Dual(NamedTuple):
    """The function that the multipliers minimise, frame by frame."""

    moments: Array
    arms: Array
    gain: Array
    slack: float

    def of(self, multiplier: Array, which: NDArray[np.intp]) -> Array:
        """Return its value in the frames `which`."""
        pull = np.maximum(np.matmul(multiplier[:, None, :], self.arms[which])[:, 0, :], 0.0)
        rest = self.slack * (multiplier**2).sum(axis=1) / 2 - (self.moments[which] * multiplier).sum(axis=1)
        return np.asarray((self.gain * pull**2).sum(axis=1) / 2 + rest)


def _damped(multiplier: Array, step: Array, value: Array, residual: Array, dual: _Dual) -> tuple[Array, Array]:
    """Take the Newton step of each frame, halved until the dual falls."""
    tried, reached = multiplier.copy(), value.copy()
    slope = (residual * step).sum(axis=1)
    still = np.arange(len(multiplier))
    length = 1.0
    for _ in range(30):
        tried[still] = multiplier[still] - length * step[still]
        reached[still] = dual.of(tried[still], still)
        still = still[reached[still] > value[still] - 1e-4 * length * slope[still]]
        if not len(still):
            break
        length /= 2
    return tried, reached


def muscle_forces_bw(moments_nmpkg: Array, angles_deg: Array) -> dict[str, Array]:
    """Return the force of every muscle group over the frames, each shape (n,) [BW].

    Parameters
    ----------
    moments_nmpkg : ankle, knee, hip, extension positive, shape (n, 3)
    angles_deg : ankle dorsiflexion, knee flexion, hip flexion, shape (n, 3)
    """
    rows = muscles()
    forces = optimise(moments_nmpkg, moment_arms_m(angles_deg, rows), np.array([row.strength for row in rows]))
    return {row.name: forces[:, index] / GRAVITY for index, row in enumerate(rows)}
