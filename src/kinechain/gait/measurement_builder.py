"""Makes the rows of measurements: a mean over strides with its 95 % interval, or the reason why there is none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kinechain import glossary
from kinechain.gait.scale import Scale
from kinechain.knowledge.method_errors import MethodErrors
from kinechain.model.assessment import Grade, Measurement, MethodError, SideOrBoth
from kinechain.model.skeleton import SIDES, Side
from kinechain.signal.intervals import Z95, Interval, mean_interval, t95, widened
from kinechain.text import Text

Array = NDArray[np.float64]

#: How angles are measured, in the field's words.
ANGLES = "2D landmarks in the picture plane, 12 Hz zero-phase low-pass"

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


def sides_of(name: str) -> tuple[SideOrBoth, ...]:
    """Return the sides under which a quantity is filed."""
    return SIDES if glossary.quantity(name).sides == "each" else ("both",)


def column(rows: pd.DataFrame, name: str) -> Array:
    """Return a column as floats, or an empty array where there are no strides."""
    return rows[name].to_numpy(dtype=np.float64) if name in rows else np.empty(0)


def with_method_error(interval: Interval, error: MethodError) -> Interval:
    """Return an interval over strides with the method's bias taken off and its spread (95 %) added in quadrature."""
    spread = Z95 * error.sd
    value = interval.mean - error.bias
    below, above = interval.mean - interval.low, interval.high - interval.mean
    return Interval(value, value - float(np.hypot(below, spread)), value + float(np.hypot(above, spread)))


def smallest_detectable_change(interval: Interval, n_strides: int, error: MethodError) -> float:
    """Return the smallest change between two clips of one runner that is no error, with 95 % confidence.

    1.96 · √2 · √(method SD² + standard error over strides²), Weir 2005 (J Strength Cond Res 19:231, recall).
    """
    standard_error = (interval.high - interval.low) / (2 * t95(n_strides - 1))
    return float(Z95 * np.sqrt(2) * np.hypot(error.sd, standard_error))


@dataclass(frozen=True)
class MeasurementBuilder:
    """Makes Measurement rows for one clip."""

    clip: str
    method_errors: MethodErrors
    parameters: MeasureParameters
    left_out: int

    def _make(self, name: str, side: SideOrBoth, **values: object) -> Measurement:
        row: dict[str, object] = {"value": None, "low": None, "high": None, "n_strides": 0, "missing_because": None}
        row |= values
        return Measurement.model_validate(
            {"id": f"{self.clip}.{name}.{side}", "clip": self.clip, "name": name, "side": side}
            | {"unit": glossary.quantity(name).unit, "method_error": self.method_errors.get((name, side))}
            | row
        )

    def missing(self, name: str, side: SideOrBoth, because: Text, n_strides: int = 0) -> Measurement:
        """Return a measurement that could not be made, with its reason."""
        return self._make(name, side, missing_because=because, n_strides=n_strides)

    def too_few(self, name: str, side: SideOrBoth, values: Array) -> Measurement:
        """Return a measurement that was missed because too few of the strides, NaN where not seen, show it."""
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
        """Return a mean over strides, the known error of the method taken off and counted in."""
        n = int(np.isfinite(values).sum())
        error = self.method_errors.get((name, side))
        if error is None:
            return self._make(
                name, side, value=interval.mean, low=interval.low, high=interval.high, n_strides=n, method=method
            )
        value, low, high = with_method_error(interval, error)
        return self._make(
            name,
            side,
            value=value,
            low=low,
            high=high,
            sdc=smallest_detectable_change(interval, n, error),
            grade=error.grade,
            n_strides=n,
            method=method,
        )

    def mean(self, name: str, side: SideOrBoth, values: Array, method: str) -> Measurement:
        """Return the mean over strides with its 95 % interval."""
        interval = self._interval(values)
        if interval is None:
            return self.too_few(name, side, values)
        return self._given(name, side, interval, values, method)

    def cadence(self, stride_times_s: Array) -> Measurement:
        """Return steps a minute: two steps a stride, mean over stride times."""
        interval = self._interval(stride_times_s)
        if interval is None:
            return self.too_few("cadence_spm", "both", stride_times_s)
        rate = Interval(120.0 / interval.mean, 120.0 / interval.high, 120.0 / interval.low)
        return self._given("cadence_spm", "both", rate, stride_times_s, "times between contacts of the same foot")

    def scaled(self, name: str, side: SideOrBoth, lengths_px: Array, scale: Scale | None) -> Measurement:
        """Return a length or speed in metres, the error of the scale included in its interval."""
        interval = self._interval(lengths_px)
        if interval is None:
            return self.too_few(name, side, lengths_px)
        if scale is None:
            return self.missing(name, side, NO_METRES, int(np.isfinite(lengths_px).sum()))
        metres = Interval(*(scale.metres_per_px * value for value in interval))
        if (name, side) not in self.method_errors:  # else the spread between clips has the scale's error in it
            metres = widened(metres, scale.relative_sd)
        return self._given(name, side, metres, lengths_px, f"pixels scaled by {scale.source}")

    def stated_speed(self, speed_mps: float, n_strides: int) -> Measurement:
        """Return the running speed that the user stated."""
        stated = {"value": float(speed_mps), "method": "stated by the user", "method_error": None}
        return self._make("speed_mps", "both", n_strides=n_strides, **stated)

    def strike(self, side: Side, inclinations_deg: Array) -> Measurement:
        """Return the class of most strides, or that they differ."""
        finite = inclinations_deg[np.isfinite(inclinations_deg)]
        if len(finite) < self.parameters.least_strides:
            return self.too_few("strike_class", side, inclinations_deg)
        (strike, count), *_ = Counter(map(self._strike_of, finite)).most_common()
        if count / len(finite) < self.parameters.strike_agreement:
            return self.missing("strike_class", side, UNCLEAR_STRIKE, len(finite))
        return self.of_class("strike_class", side, strike, len(finite), ANGLES)

    def of_class(
        self, name: str, side: Side, value: str, n_strides: int, method: str, grade: Grade | None = None
    ) -> Measurement:
        """Return a measurement that is a class."""
        return self._make(name, side, value=value, n_strides=n_strides, method=method, grade=grade)

    def _strike_of(self, inclination_deg: float) -> str:
        if inclination_deg > self.parameters.rearfoot_above_deg:
            return "rearfoot"
        return "forefoot" if inclination_deg < self.parameters.forefoot_below_deg else "midfoot"
