"""Findings: each measurement against the reference band of its speed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, Protocol

from kinechain import glossary
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

    @property
    def sex(self) -> Literal["male", "both"]:
        """Whom the band stands for."""
        ...


def find(
    measurements: tuple[Measurement, ...],
    athlete: Athlete,
    speed_mps: float | None,
    band_of: Callable[[str, float], BandRow | None],
) -> tuple[Finding, ...]:
    """Compare measurements with the bands at the running speed.

    z = (value − mean) / √(sd² + standard error²), positive above the band; the standard error is that of the
    measurement's interval, error of the method included. Below 1 it is within, up to 2 to watch, above that marked if
    the difference also exceeds the smallest detectable change. Where the method's error is unknown, or the band is of
    men and the runner is not known to be one, the verdict is unclear. So is that of a load whose standard error is
    larger than what the reference runners differ by: less than half of its scatter would be the runner's. What one
    camera sees of the frontal plane is never more than watched: its agreement with three dimensions is too weak for
    more.

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
    """Return the standard error of a measurement from its 95 % interval; 0 where there is none."""
    if measurement.low is None or measurement.high is None:
        return 0.0
    return (measurement.high - measurement.low) / (2 * HALF_INTERVAL)


def _compare(measurement: Measurement, value: float, band: BandRow, athlete: Athlete, speed_mps: float) -> Finding:
    difference, error = value - band.mean, standard_error(measurement)
    z = difference / math.hypot(band.sd, error)
    detectable = abs(difference) > (measurement.sdc or 0.0)
    drowned = glossary.quantity(measurement.name).group == "load" and error > band.sd
    judged = measurement.method_error is not None and not drowned and band.sex in ("both", athlete.sex)
    return Finding(
        id=f"finding.{measurement.id}",
        measurement=measurement.id,
        band=Band(low=band.mean - band.sd, high=band.mean + band.sd, population=band.population, speed_mps=speed_mps),
        z=z,
        verdict=_verdict(z, detectable=detectable, name=measurement.name) if judged else "unclear",
    )


def _verdict(z: float, *, detectable: bool, name: str) -> Verdict:
    if abs(z) < 1:
        return "within"
    frontal = glossary.quantity(name).group == "rear_front"
    return "marked" if abs(z) > 2 and detectable and not frontal else "watch"
