"""Big and little toes of an OpenPose file, filmed from behind or in front, become evidence on C7."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analytic_camera import frame_times
from analytic_frontal import FrontalRunner, RoundCamera, film_around
from kinechain.chain import find, judge
from kinechain.gait.analysis import Known, analyse
from kinechain.gait.view import detect_view, settle_view
from kinechain.model.athlete import Athlete
from kinechain.model.frames import FilePart
from kinechain.model.skeleton import EXTRA_POINTS, LEG, SIDES
from kinechain.pipeline.points import points_pose
from kinechain.pose.importers import About
from kinechain.pose.repair import repair
from kinechain.settings import Protocol
from point_files import openpose_folder, openpose_person, with_toes

RUNNER = FrontalRunner(left_lead_s=0.03, right_lead_s=-0.03)
FPS = 60.0


@pytest.mark.parametrize("azimuth", [0.0, 180.0], ids=["rear", "front"])
def test_openpose_toes_reach_the_chain(azimuth: float, tmp_path: Path) -> None:
    pose = film_around(RUNNER, frame_times(FPS, 4.0), RoundCamera(azimuth_deg=azimuth), toes=True)
    points = with_toes(pose) | {name: pose["position"].sel(keypoint=name).values for name in EXTRA_POINTS}
    people = [[openpose_person(points, i)] for i in range(pose.sizes["time"])]
    protocol = Protocol()
    size = (int(pose.attrs["image_width_px"]), int(pose.attrs["image_height_px"]))
    _, found = points_pose(
        openpose_folder(tmp_path / "json", people), About(fps=FPS, image_size=size), 1.0, protocol, FilePart()
    )
    gait = analyse(found, settle_view(detect_view(found), None), Known(), {}, protocol.gait, clip="clip1")
    assert {m.side: m.value for m in gait.measurements if m.name == "rolloff_class"} == {
        "left": "little_toe",
        "right": "big_toe",
    }
    findings = find(gait.measurements, Athlete(), None, lambda *_: None)
    judgement = judge(findings, gait.measurements, {}, (), ())
    (c7,) = (h for h in judgement.hypotheses if h.link == "C7" and "left" in h.id)
    (other,) = (h for h in judgement.hypotheses if h.link == "C7" and "right" in h.id)
    assert "clip1.rolloff_class.left" in c7.evidence_for
    assert "clip1.rolloff_class.right" in other.against
    assert c7.posterior > other.posterior


def test_repair_takes_toes_back_with_their_leg_and_mends_single_jumps() -> None:
    pose = film_around(RUNNER, frame_times(FPS, 4.0), RoundCamera(azimuth_deg=90.0), toes=True)
    clean = repair(pose, Protocol().repair)
    broken = pose.copy(deep=True)
    leg = (*LEG, "big_toe", "small_toe")
    there, back = ([f"{side}_{point}" for side in sides for point in leg] for sides in (SIDES, SIDES[::-1]))
    frames = broken["time"].values[[40, 41, 90]]
    for variable in ("position", "raw_position"):
        swapped = pose[variable].sel(time=frames, keypoint=back).values
        broken[variable].loc[{"time": frames, "keypoint": there}] = swapped
    broken["position"].loc[{"time": broken["time"].values[60], "keypoint": "left_big_toe"}] += 40.0
    mended = repair(broken, Protocol().repair)
    np.testing.assert_allclose(
        mended["position"].sel(keypoint=list(EXTRA_POINTS)),
        clean["position"].sel(keypoint=list(EXTRA_POINTS)),
        atol=3.0,
    )
