"""Measurements of the contract from the stride table: mean over strides, 95 % interval, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kinechain import glossary
from kinechain.gait.measurement_builder import ANGLES, MeasurementBuilder, MeasureParameters, column, sides_of
from kinechain.gait.scale import Scale
from kinechain.gait.strides import StrideTable
from kinechain.model.assessment import Measurement, MethodError
from kinechain.model.skeleton import SIDES
from kinechain.text import Text

Array = NDArray[np.float64]

OTHER_VIEW = Text(
    ja="後ろまたは前から撮った動画が必要です（この動画は横からです）。",
    en="Needs a clip from the rear or the front (this one is from the side).",
)
#: Instant of the stride table at which a quantity can be seen in a picture.
INSTANT_OF: dict[str, str] = {
    "foot_inclination_ic_deg": "start_s",
    "strike_class": "start_s",
    "overstride_ic_ratio": "start_s",
    "shank_angle_ic_deg": "start_s",
    "knee_flexion_ic_deg": "start_s",
    "hip_flexion_ic_deg": "start_s",
    "shank_angle_ms_deg": "ms_s",
    "knee_flexion_peak_deg": "ms_s",
    "knee_over_toe_ms_ratio": "ms_s",
    "ankle_dorsiflexion_peak_deg": "dorsiflexion_peak_s",
    "hip_flexion_excursion_deg": "ms_s",
    "trunk_lean_deg": "ms_s",
    "thigh_angle_to_deg": "toe_off_s",
    "trailing_limb_angle_to_deg": "toe_off_s",
    "rearward_drift_ratio": "drift_s",
    "recovery_lag_ratio": "other_contact_s",
    "femoral_adduction_ms_deg": "ms_s",
    "knee_medial_shift_ms_ratio": "ms_s",
    "step_width_ratio": "ms_s",
}

#: How a quantity was measured, in the field's words.
_TIMES = "foot speed over the ground (contact), toe rise (toe-off)"


@dataclass(frozen=True)
class SideViewData:
    """What one side-view clip gives to measure from.

    Parameters
    ----------
    table : strides of both legs
    oscillation_px : range of the trunk's height, one value a step [px]
    step_speed_px : running speed in the runner's plane, one value a stance [px/s]
    running_px : running speed in the runner's plane over the clip [px/s]
    scale : metres for pixels, None where neither height nor speed is known
    stated_speed_mps : as the user gave it, or None
    """

    table: StrideTable
    oscillation_px: Array
    step_speed_px: Array
    running_px: float
    scale: Scale | None
    stated_speed_mps: float | None


def measure(
    data: SideViewData, clip: str, method_errors: dict[str, MethodError], parameters: MeasureParameters
) -> tuple[Measurement, ...]:
    """Return every measurement of the contract for one side-view clip; what cannot be measured says why.

    Loads are not measurements and come from the load room.
    """
    builder = MeasurementBuilder(clip, method_errors, parameters, data.table.irregular)
    measured: list[Measurement] = []
    for name, row in glossary.quantities().items():
        if row.group == "time_space":
            measured += _time_and_space(name, data, builder)
        elif row.group == "side_view":
            measured += _side_view(name, data, builder)
        elif row.group == "rear_front":
            measured += [builder.missing(name, side, OTHER_VIEW) for side in sides_of(name)]
    return tuple(measured)


def _side_view(name: str, data: SideViewData, builder: MeasurementBuilder) -> list[Measurement]:
    if name == "trunk_lean_deg":
        return [builder.mean(name, "both", column(data.table.rows, name), ANGLES)]
    if name == "strike_class":
        return [builder.strike(side, column(data.table.of(side), "foot_inclination_ic_deg")) for side in SIDES]
    method = _TIMES if name in ("recovery_time_s", "heel_off_pct") else ANGLES
    return [builder.mean(name, side, column(data.table.of(side), name), method) for side in SIDES]


def _time_and_space(name: str, data: SideViewData, builder: MeasurementBuilder) -> list[Measurement]:
    table, scale = data.table, data.scale
    if name == "cadence_spm":
        return [builder.cadence(column(table.rows, "stride_time_s"))]
    if name == "speed_mps":
        if data.stated_speed_mps is not None:
            return [builder.stated_speed(data.stated_speed_mps, len(table.rows))]
        return [builder.scaled(name, "both", data.step_speed_px, scale)]
    if name == "vertical_oscillation_m":
        return [builder.scaled(name, "both", data.oscillation_px, scale)]
    if name == "stride_length_m":
        lengths = {side: column(table.of(side), "stride_time_s") * data.running_px for side in SIDES}
        return [builder.scaled(name, side, lengths[side], scale) for side in SIDES]
    return [builder.mean(name, side, column(table.of(side), name), _TIMES) for side in SIDES]
