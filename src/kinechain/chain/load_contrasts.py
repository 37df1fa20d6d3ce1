"""Loads of a runner against himself: left and right, slow and fast, whose errors cancel in part.

What is left of the errors was measured on differences, not on single values: between the legs of one clip, and of one
leg between two speeds. Two clips of one leg that differ in fatigue or shoe are taken as two speeds are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from kinechain.chain.contrasts import BandOf, ContrastClip, contrasts
from kinechain.chain.findings import HALF_INTERVAL
from kinechain.knowledge.load_tables import ContrastError, ContrastKind
from kinechain.model.assessment import LOAD_ERROR_SOURCE, Contrast, Measurement, MethodError

ErrorOf = Callable[[str, ContrastKind], ContrastError | None]


def load_contrasts(clips: Sequence[ContrastClip], error_of: ErrorOf, band_of: BandOf) -> tuple[Contrast, ...]:
    """Return every contrast of loads whose error was measured.

    Right and left are compared clip by clip, not as the mean of two side views: the models err alike in both.

    Parameters
    ----------
    clips : with their loads as measurements
    error_of : error of a difference of a load, None where it was not measured
    band_of : the reference runners at a speed, for what a change of pace does to anybody
    """
    of_legs = tuple(_with_errors(clip, "side", error_of) for clip in clips)
    of_clips = tuple(_with_errors(clip, "pace", error_of) for clip in clips)
    return (
        *(row for clip in of_legs for row in contrasts((clip,), band_of)),
        *(row for row in contrasts(of_clips, band_of) if row.kind != "side"),
    )


def _with_errors(clip: ContrastClip, kind: ContrastKind, error_of: ErrorOf) -> ContrastClip:
    return replace(clip, measurements=tuple(_told(clip.measurements, kind, error_of)))


def _told(loads: Sequence[Measurement], kind: ContrastKind, error_of: ErrorOf) -> Iterator[Measurement]:
    """Yield the loads that can be compared, each with its part of the error of their difference."""
    for load in loads:
        error = error_of(load.name, kind)
        if isinstance(load.value, float) and error is not None:
            half = HALF_INTERVAL * error.sd * (abs(load.value) if error.relative else 1.0) / math.sqrt(2)
            known = MethodError(bias=0.0, sd=0.0, source=LOAD_ERROR_SOURCE)
            yield load.model_copy(update={"low": load.value - half, "high": load.value + half, "method_error": known})
