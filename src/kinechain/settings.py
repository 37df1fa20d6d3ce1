"""The protocol: every stage's parameters in one frozen object, kept in the provenance of each result."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from kinechain.gait.analysis import GaitParameters
from kinechain.gait.view import ViewParameters
from kinechain.load.estimate import LoadParameters
from kinechain.pose.blazepose import BlazePoseParameters
from kinechain.pose.following import FollowingParameters
from kinechain.pose.repair import RepairParameters
from kinechain.video.camera import CameraParameters
from kinechain.video.insets import InsetParameters
from kinechain.video.scene import SceneParameters
from kinechain.video.stretches import StretchParameters
from kinechain.video.uprights import UprightParameters


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
    moving_camera_speed_sd : error of the speed that is seen with a moving camera that was followed, one SD ÷ speed: so
        far scatter the sizes that one runner has under the stated paces of four parts of a clip
    camera_stands_ratio : a camera whose picture wanders by less than this share of the runner's height stands
    camera_followed_ratio : least share of the frames in which the background must be followed, to correct for it
    duplicates_told_ratio : share of duplicated frames from which the reader is told
    bars_told_ratio : share of the picture that is black bars from which the reader is told
    likely_slow_motions : factors that phones and their players use, tried where the step rate is impossible
    segment_speed_agreement : share by which the runner's size may differ between segments under one stated speed
    usual_cadence_spm : of the likely factors the one that comes nearest to this counts [steps/min]
    """

    shortest_clip_s: float = 1.0
    steady_strides: int = 7
    fine_fps: float = 100.0
    plausible_cadence_spm: tuple[float, float] = (130.0, 240.0)
    scale_agreement: float = 0.12
    moving_camera_speed_sd: float = 0.07
    camera_stands_ratio: float = 0.05
    camera_followed_ratio: float = 0.6
    duplicates_told_ratio: float = 0.02
    bars_told_ratio: float = 0.04
    likely_slow_motions: tuple[float, ...] = (0.5, 2.0, 4.0, 8.0, 16.0)
    segment_speed_agreement: float = 0.2
    usual_cadence_spm: float = 170.0
    estimator: BlazePoseParameters = field(default_factory=BlazePoseParameters)
    following: FollowingParameters = field(default_factory=FollowingParameters)
    repair: RepairParameters = field(default_factory=RepairParameters)
    scene: SceneParameters = field(default_factory=SceneParameters)
    insets: InsetParameters = field(default_factory=InsetParameters)
    camera: CameraParameters = field(default_factory=CameraParameters)
    stretches: StretchParameters = field(default_factory=StretchParameters)
    uprights: UprightParameters = field(default_factory=UprightParameters)
    view: ViewParameters = field(default_factory=ViewParameters)
    gait: GaitParameters = field(default_factory=GaitParameters)
    load: LoadParameters = field(default_factory=LoadParameters)

    def as_dict(self) -> dict[str, object]:
        """Return all parameters as plain nested values, for the provenance."""
        return asdict(self)
