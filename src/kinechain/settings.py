"""The protocol: every stage's parameters in one frozen object, kept in the provenance of each result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from kinechain.gait.analysis import GaitParameters
from kinechain.gait.view import ViewParameters
from kinechain.pose.blazepose import BlazePoseParameters
from kinechain.pose.following import FollowingParameters
from kinechain.pose.repair import RepairParameters


@dataclass(frozen=True)
class Protocol:
    """Parameters of an assessment.

    Parameters
    ----------
    shortest_clip_s : shorter clips hold too little running [s]
    steady_strides : strides a leg from which a mean is stable (Dingenen 2018, 10.1016/j.ptsp.2018.06.009: 6.3 ± 0.3)
    fine_fps : frame rate from which contact times are fine enough for side differences [Hz]
    plausible_cadence_spm : outside of it the clip may be in slow motion or time-lapse [steps/min]
    scale_agreement : share by which the scale from height and from speed may differ
    """

    shortest_clip_s: float = 1.0
    steady_strides: int = 7
    fine_fps: float = 100.0
    plausible_cadence_spm: tuple[float, float] = (130.0, 240.0)
    scale_agreement: float = 0.12
    estimator: BlazePoseParameters = field(default_factory=BlazePoseParameters)
    following: FollowingParameters = field(default_factory=FollowingParameters)
    repair: RepairParameters = field(default_factory=RepairParameters)
    view: ViewParameters = field(default_factory=ViewParameters)
    gait: GaitParameters = field(default_factory=GaitParameters)

    def as_dict(self) -> dict[str, object]:
        """Return all parameters as plain nested values, for the provenance."""
        return asdict(self)
