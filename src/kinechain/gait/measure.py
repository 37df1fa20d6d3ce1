"""Measurements of the contract from the stride table: mean over strides, 95 % interval, or the reason why not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kinechain import glossary
from kinechain.gait.scale import Scale
from kinechain.gait.strides import StrideTable
from kinechain.model.assessment import Measurement, MethodError, SideOrBoth
from kinechain.model.skeleton import SIDES, Side
from kinechain.signal.intervals import Interval, mean_interval, widened
from kinechain.text import Text

Array = NDArray[np.float64]

OTHER_VIEW = Text(
    ja="後ろまたは前から撮った動画が必要です（この動画は横からです）。",
    en="Needs a clip from the rear or the front (this one is from the side).",
)
NO_METRES = Text(
    ja="メートルに直すには身長か走速度（ベルト速度）の入力が必要です。",
    en="Needs the body height or the running (belt) speed to turn pixels into metres.",
)
FEW_STRIDES = Text(
    ja="計測できた周期が {strides} 回しかありません（{needed} 回以上必要）。"
    "足が見えない、またはリズムから外れた {left_out} 回は除きました。",
    en="Only {strides} whole strides were measured ({needed} are needed); {left_out} were left out: "
    "the foot was not seen, or they did not fit the rhythm.",
)
UNCLEAR_STRIKE = Text(
    ja="一歩ごとに接地のしかたが違うため、一つに決められません。",
    en="The strike differs from step to step: no single class.",
)


@dataclass(frozen=True)
class MeasureParameters:
    """When a mean over strides may be given.

    Parameters
    ----------
    least_strides : fewer give no interval, so no value
    rearfoot_above_deg, forefoot_below_deg
        Limits of `strike_class` on foot inclination at contact [deg] (recall: Altman & Davis 2012, Gait Posture
        35:298).
    strike_agreement : least share of strides in the same class
    """

    least_strides: int = 3
    rearfoot_above_deg: float = 8.0
    forefoot_below_deg: float = -1.6
    strike_agreement: float = 0.7


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
}

#: How a quantity was measured, in the field's words.
_TIMES = "foot speed over the ground (contact), toe rise (toe-off)"
_ANGLES = "2D landmarks in the picture plane, 12 Hz zero-phase low-pass"


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
    builder = _Builder(clip, method_errors, parameters, data.table.irregular)
    measured: list[Measurement] = []
    for name, row in glossary.quantities().items():
        if row.group == "time_space":
            measured += _time_and_space(name, data, builder)
        elif row.group == "side_view":
            measured += _side_view(name, data, builder)
        elif row.group == "rear_front":
            measured += [builder.missing(name, side, OTHER_VIEW) for side in sides_of(name)]
    return tuple(measured)


def sides_of(name: str) -> tuple[SideOrBoth, ...]:
    """Return the sides under which a quantity is filed."""
    return SIDES if glossary.quantity(name).sides == "each" else ("both",)


def _side_view(name: str, data: SideViewData, builder: _Builder) -> list[Measurement]:
    if name == "trunk_lean_deg":
        return [builder.mean(name, "both", _column(data.table.rows, name), _ANGLES)]
    if name == "strike_class":
        return [builder.strike(side, _column(data.table.of(side), "foot_inclination_ic_deg")) for side in SIDES]
    method = _TIMES if name in ("recovery_time_s", "heel_off_pct") else _ANGLES
    return [builder.mean(name, side, _column(data.table.of(side), name), method) for side in SIDES]


def _time_and_space(name: str, data: SideViewData, builder: _Builder) -> list[Measurement]:
    table, scale = data.table, data.scale
    if name == "cadence_spm":
        return [builder.cadence(_column(table.rows, "stride_time_s"))]
    if name == "speed_mps":
        return [builder.speed(data)]
    if name == "vertical_oscillation_m":
        return [builder.scaled(name, "both", data.oscillation_px, scale)]
    if name == "stride_length_m":
        lengths = {side: _column(table.of(side), "stride_time_s") * data.running_px for side in SIDES}
        return [builder.scaled(name, side, lengths[side], scale) for side in SIDES]
    return [builder.mean(name, side, _column(table.of(side), name), _TIMES) for side in SIDES]


def _column(rows: pd.DataFrame, name: str) -> Array:
    """Return a column as floats, or an empty array where there are no strides."""
    return rows[name].to_numpy(dtype=np.float64) if name in rows else np.empty(0)


@dataclass(frozen=True)
class _Builder:
    """Makes Measurement rows for one clip."""

    clip: str
    method_errors: dict[str, MethodError]
    parameters: MeasureParameters
    left_out: int

    def _make(self, name: str, side: SideOrBoth, **values: object) -> Measurement:
        row: dict[str, object] = {"value": None, "low": None, "high": None, "n_strides": 0, "missing_because": None}
        row |= values
        return Measurement.model_validate(
            {"id": f"{self.clip}.{name}.{side}", "clip": self.clip, "name": name, "side": side}
            | {"unit": glossary.quantity(name).unit, "method_error": self.method_errors.get(name)}
            | row
        )

    def missing(self, name: str, side: SideOrBoth, because: Text, n_strides: int = 0) -> Measurement:
        """Return a measurement that could not be made, with its reason."""
        return self._make(name, side, missing_because=because, n_strides=n_strides)

    def _too_few(self, name: str, side: SideOrBoth, values: Array) -> Measurement:
        n, strides = int(np.isfinite(values).sum()), len(values)
        if strides >= self.parameters.least_strides:
            because = Text(
                ja=f"必要な体の点が見えた周期が {strides} 回中 {n} 回しかありません。",
                en=f"The body points it needs were seen in only {n} of {strides} strides.",
            )
        else:
            because = FEW_STRIDES.format(strides=strides, needed=self.parameters.least_strides, left_out=self.left_out)
        return self.missing(name, side, because, n)

    def _interval(self, values: Array) -> Interval | None:
        finite = values[np.isfinite(values)]
        return mean_interval(finite) if len(finite) >= max(2, self.parameters.least_strides) else None

    def _given(self, name: str, side: SideOrBoth, interval: Interval, values: Array, method: str) -> Measurement:
        n = int(np.isfinite(values).sum())
        return self._make(
            name, side, value=interval.mean, low=interval.low, high=interval.high, n_strides=n, method=method
        )

    def mean(self, name: str, side: SideOrBoth, values: Array, method: str) -> Measurement:
        """Return the mean over strides with its 95 % interval."""
        interval = self._interval(values)
        if interval is None:
            return self._too_few(name, side, values)
        return self._given(name, side, interval, values, method)

    def cadence(self, stride_times_s: Array) -> Measurement:
        """Return steps a minute: two steps a stride, mean over stride times."""
        interval = self._interval(stride_times_s)
        if interval is None:
            return self._too_few("cadence_spm", "both", stride_times_s)
        rate = Interval(120.0 / interval.mean, 120.0 / interval.high, 120.0 / interval.low)
        return self._given("cadence_spm", "both", rate, stride_times_s, "times between contacts of the same foot")

    def scaled(self, name: str, side: SideOrBoth, lengths_px: Array, scale: Scale | None) -> Measurement:
        """Return a length or speed in metres, the error of the scale included in its interval."""
        interval = self._interval(lengths_px)
        if interval is None:
            return self._too_few(name, side, lengths_px)
        if scale is None:
            return self.missing(name, side, NO_METRES, int(np.isfinite(lengths_px).sum()))
        metres = Interval(*(scale.metres_per_px * value for value in interval))
        return self._given(
            name, side, widened(metres, scale.relative_sd), lengths_px, f"pixels scaled by {scale.source}"
        )

    def speed(self, data: SideViewData) -> Measurement:
        """Return the stated speed, or the speed of the ground under the stance feet."""
        if data.stated_speed_mps is None:
            return self.scaled("speed_mps", "both", data.step_speed_px, data.scale)
        return self._make(
            "speed_mps",
            "both",
            value=float(data.stated_speed_mps),
            n_strides=len(data.table.rows),
            method="stated by the user",
        )

    def strike(self, side: Side, inclinations_deg: Array) -> Measurement:
        """Return the class of most strides, or that they differ."""
        finite = inclinations_deg[np.isfinite(inclinations_deg)]
        if len(finite) < self.parameters.least_strides:
            return self._too_few("strike_class", side, inclinations_deg)
        (strike, count), *_ = Counter(map(self._strike_of, finite)).most_common()
        if count / len(finite) < self.parameters.strike_agreement:
            return self.missing("strike_class", side, UNCLEAR_STRIKE, len(finite))
        return self._make("strike_class", side, value=strike, n_strides=len(finite), method=_ANGLES)

    def _strike_of(self, inclination_deg: float) -> str:
        if inclination_deg > self.parameters.rearfoot_above_deg:
            return "rearfoot"
        return "forefoot" if inclination_deg < self.parameters.forefoot_below_deg else "midfoot"
