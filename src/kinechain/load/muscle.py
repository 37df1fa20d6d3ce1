"""Muscle forces of a planar leg: static optimisation, all frames at once.

Ten muscle groups cross hip, knee and ankle in the sagittal plane. Of all sets of pulling forces that give the net
moments, the one with the least sum of squared activations is taken (Crowninshield & Brand 1981, J Biomech 14:793,
recall; the cost that the reference results use). Strength does not change with length and speed here.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    slack = p.slack
    multiplier = np.zeros_like(moments_nmpkg)

    def dual(of: Array) -> Array:
        pull = np.maximum(np.einsum("njm,nj->nm", arms_m, of), 0.0)
        return np.asarray(
            (gain * pull**2).sum(axis=1) / 2 + slack * (of**2).sum(axis=1) / 2 - (moments_nmpkg * of).sum(1)
        )

    value = dual(multiplier)
    for _ in range(p.rounds):
        pull = np.einsum("njm,nj->nm", arms_m, multiplier)
        force = gain * np.maximum(pull, 0.0)
        residual = np.einsum("njm,nm->nj", arms_m, force) + slack * multiplier - moments_nmpkg
        if np.abs(residual).max() < p.tolerance:
            break
        active = gain * (pull > 0)
        hessian = np.einsum("njm,nm,nkm->njk", arms_m, active, arms_m) + slack * np.eye(len(JOINTS))
        step = np.linalg.solve(hessian, residual[:, :, None])[:, :, 0]
        multiplier, value = _damped(multiplier, step, value, residual, dual)
    return np.asarray(gain * np.maximum(np.einsum("njm,nj->nm", arms_m, multiplier), 0.0))


def _damped(multiplier: Array, step: Array, value: Array, residual: Array, dual: object) -> tuple[Array, Array]:
    """Take the Newton step of each frame, halved until the dual falls."""
    assert callable(dual)  # noqa: S101 - narrows the type
    length = np.ones(len(multiplier))
    slope = (residual * step).sum(axis=1)
    for _ in range(30):
        tried = multiplier - length[:, None] * step
        reached = dual(tried)
        bad = reached > value - 1e-4 * length * slope
        if not bad.any():
            break
        length[bad] /= 2
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
