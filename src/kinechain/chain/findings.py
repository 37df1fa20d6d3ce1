"""Findings: each measurement against the reference band of its speed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, Protocol

from kinechain.model.assessment import Band, Finding, Measurement
from kinechain.model.athlete import Athlete
from kinechain.text import Text

#: Half of a 95 % interval in standard errors.
HALF_INTERVAL = 1.96
Verdict = Literal["within", "watch", "marked", "unclear"]


class BandRow(Protocol):
    """What a reference band has to offer: mean and SD over runners at one speed, and who they were."""

    @property
    def mean(self) -> float:
        """Mean over runners, in the unit of the measurement."""
        ...

    @property
    def sd(self) -> float:
        """Standard deviation between runners."""
        ...

    @property
    def population(self) -> Text:
        """Who the runners were."""
        ...


def find(
    measurements: tuple[Measurement, ...],
    athlete: Athlete,
    speed_mps: float | None,
    band_of: Callable[[str, float], BandRow | None],
) -> tuple[Finding, ...]:
    """Compare measurements with the bands at the running speed.

    z = (value − bias − mean) / √(sd² + sem² + method sd²), positive above the band. Below 1 it is within, up to 2 to
    watch, above that marked if the difference also exceeds 1.96 · √2 · method sd. Where the method's error is unknown,
    or the runner is not known to be a man (the reference runners are men), the verdict is unclear.

    Parameters
    ----------
    measurements : of one clip, or of several at the same speed
    speed_mps : running speed [m/s]; without it there is no band and no finding
    band_of : reference band of a measurement at a speed, None where there is none
    """
    if speed_mps is None:
        return ()
    findings = []
    for measurement in measurements:
        if isinstance(measurement.value, float):
            band = band_of(measurement.name, speed_mps)
            if band is not None:
                findings.append(_compare(measurement, measurement.value, band, athlete, speed_mps))
    return tuple(findings)


def standard_error(measurement: Measurement) -> float:
    """Return the standard error of a mean from its 95 % interval; 0 where there is none."""
    if measurement.low is None or measurement.high is None:
        return 0.0
    return (measurement.high - measurement.low) / (2 * HALF_INTERVAL)


def _compare(measurement: Measurement, value: float, band: BandRow, athlete: Athlete, speed_mps: float) -> Finding:
    error = measurement.method_error
    bias, method_sd = (error.bias, error.sd) if error else (0.0, 0.0)
    difference = value - bias - band.mean
    z = difference / math.hypot(band.sd, standard_error(measurement), method_sd)
    judged = error is not None and athlete.sex == "male"
    return Finding(
        id=f"finding.{measurement.id}",
        measurement=measurement.id,
        band=Band(low=band.mean - band.sd, high=band.mean + band.sd, population=band.population, speed_mps=speed_mps),
        z=z,
        verdict=_verdict(z, difference, method_sd) if judged else "unclear",
    )


def _verdict(z: float, difference: float, method_sd: float) -> Verdict:
    if abs(z) < 1:
        return "within"
    return "marked" if abs(z) > 2 and abs(difference) > HALF_INTERVAL * math.sqrt(2) * method_sd else "watch"
