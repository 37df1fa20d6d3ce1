"""What a runner can do: the range that no measured angle leaves, whatever the clip."""

from __future__ import annotations

from collections.abc import Iterable

from kinechain.model.assessment import Measurement

#: What a runner can do, with room for the error of one camera [deg]; sprinters included.
POSSIBLE_DEG = {
    "foot_inclination_ic_deg": (-60, 60),
    "shank_angle_ic_deg": (-45, 45),
    "shank_angle_ms_deg": (-30, 70),
    "knee_flexion_ic_deg": (-15, 90),
    "knee_flexion_peak_deg": (0, 110),
    "ankle_dorsiflexion_peak_deg": (-45, 65),
    "hip_flexion_ic_deg": (-20, 110),
    "hip_flexion_excursion_deg": (-60, 60),
    "trunk_lean_deg": (-30, 60),
    "thigh_angle_to_deg": (-70, 30),
    "trailing_limb_angle_to_deg": (-20, 70),
}


def impossible_angles(measurements: Iterable[Measurement]) -> list[tuple[str, str, float]]:
    """Return name, side and value of each angle that no runner can have."""
    return [
        (m.name, m.side, m.value)
        for m in measurements
        if m.name in POSSIBLE_DEG and isinstance(m.value, float) and not _within(m.value, POSSIBLE_DEG[m.name])
    ]


def _within(value: float, ends: tuple[int, int]) -> bool:
    return ends[0] <= value <= ends[1]
