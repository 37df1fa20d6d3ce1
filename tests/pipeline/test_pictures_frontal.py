"""The angle that is drawn into a picture from behind or in front: against the upright that the number counts from."""

from __future__ import annotations

import numpy as np
import pytest

from analytic_camera import frame_times
from analytic_frontal import FrontalRunner, RoundCamera, film_around
from kinechain.gait.analysis import GaitParameters, Known, analyse
from kinechain.gait.view import detect_view
from kinechain.model.skeleton import SIDES
from kinechain.pipeline.pictures import KeyPicture, angle_mark


@pytest.mark.parametrize(("azimuth", "roll"), [(0.0, 0.0), (0.0, 4.0), (180.0, -4.0)])
def test_the_drawn_upright_leans_with_the_camera(azimuth, roll):
    pose = film_around(FrontalRunner(), frame_times(60.0, 6.0), RoundCamera(azimuth_deg=azimuth, roll_deg=roll))
    analysis = analyse(pose, detect_view(pose), Known(), {}, GaitParameters(), clip="clip1")
    measured = {m.side: m for m in analysis.measurements if m.name == "femoral_adduction_ms_deg"}
    for side in SIDES:
        row = analysis.table.of(side).iloc[0]
        frame = int(np.abs(pose["time"].values - row["ms_s"]).argmin())
        picture = KeyPicture(measured[side], frame, float(row["femoral_adduction_ms_deg"]))
        mark = angle_mark(picture, pose, 0)
        assert mark is not None
        across, down = np.subtract(mark.reference_px, mark.vertex_px)
        # the content of a camera that is turned by `roll` turns with the clock: what hangs down then points to the left
        assert np.degrees(np.arctan2(-across, down)) == pytest.approx(roll, abs=1.0)
