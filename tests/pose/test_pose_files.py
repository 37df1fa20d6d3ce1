"""Files for other tools: written, read back, compared."""

from __future__ import annotations

from pathlib import Path

import ezc3d
import numpy as np
import pytest
import xarray as xr
from pose_doubles import as_pose, runner

from kinechain.model.skeleton import KEYPOINTS
from kinechain.pose.c3d import write_c3d
from kinechain.pose.trc import write_trc


@pytest.fixture
def pose() -> xr.Dataset:
    t, x = runner(60, 0.5)
    x[3, KEYPOINTS.index("left_toe")] = np.nan
    return as_pose(t, x)


def read_trc(path: Path) -> tuple[dict[str, str], list[str], np.ndarray]:
    lines = path.read_text(encoding="utf-8").split("\n")
    header = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    names = [name for name in lines[3].split("\t")[2:] if name]
    rows = [[float(cell) if cell else np.nan for cell in line.split("\t")] for line in lines[6:] if line]
    return header, names, np.array(rows)


def test_trc_in_millimetres_with_y_up(pose: xr.Dataset, tmp_path: Path) -> None:
    path = tmp_path / "a.trc"
    write_trc(pose, path, metres_per_px=0.002)
    header, names, rows = read_trc(path)
    assert path.read_text().startswith("PathFileType\t4\t(X/Y/Z)\ta.trc\n")
    assert (header["Units"], header["DataRate"], header["NumFrames"], header["NumMarkers"]) == ("mm", "60", "30", "33")
    assert names == list(KEYPOINTS)
    np.testing.assert_allclose(rows[:, 0], np.arange(1, 31))
    np.testing.assert_allclose(rows[:, 1], pose["time"], atol=1e-6)
    points = rows[:, 2:].reshape(30, 33, 3)
    np.testing.assert_allclose(points[..., 0], 2 * pose["position"].values[..., 0], atol=1e-3)
    np.testing.assert_allclose(points[..., 1], 2 * (960 - pose["position"].values[..., 1]), atol=1e-3)
    assert np.isnan(points[3, KEYPOINTS.index("left_toe")]).all()
    assert np.count_nonzero(np.isnan(points)) == 3
    assert np.nanmax(np.abs(points[..., 2])) == 0


def test_trc_without_a_scale_is_in_pixels(pose: xr.Dataset, tmp_path: Path) -> None:
    write_trc(pose, tmp_path / "a.trc")
    header, _, rows = read_trc(tmp_path / "a.trc")
    assert header["Units"] == "px"
    np.testing.assert_allclose(rows[:, 3], 960 - pose["position"].values[:, 0, 1], atol=1e-3)


def test_c3d_reads_back(pose: xr.Dataset, tmp_path: Path) -> None:
    write_c3d(pose, tmp_path / "a.c3d", metres_per_px=0.002)
    file = ezc3d.c3d(str(tmp_path / "a.c3d"))
    point = file["parameters"]["POINT"]
    assert point["UNITS"]["value"] == ["mm"]
    assert point["LABELS"]["value"] == list(KEYPOINTS)
    assert point["RATE"]["value"][0] == pytest.approx(60)
    data = file["data"]["points"]
    assert data.shape == (4, 33, 30)
    missing = file["data"]["meta_points"]["residuals"][0] < 0
    assert np.argwhere(missing).tolist() == [[KEYPOINTS.index("left_toe"), 3]]
    seen = ~missing
    np.testing.assert_allclose(data[0][seen], 2 * pose["position"].values[..., 0].T[seen], rtol=1e-5)
    np.testing.assert_allclose(data[1][seen], 2 * (960 - pose["position"].values[..., 1].T[seen]), rtol=1e-5)


@pytest.mark.parametrize("scale", [0.0, -0.1, float("nan"), float("inf")])
def test_an_impossible_scale_is_refused(pose: xr.Dataset, tmp_path: Path, scale: float) -> None:
    with pytest.raises(ValueError, match="metres_per_px"):
        write_trc(pose, tmp_path / "a.trc", metres_per_px=scale)
    with pytest.raises(ValueError, match="metres_per_px"):
        write_c3d(pose, tmp_path / "a.c3d", metres_per_px=scale)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_an_os_error(pose: xr.Dataset, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_trc(pose, tmp_path / "nowhere" / "a.trc")
    with pytest.raises(OSError, match="nowhere"):
        write_c3d(pose, tmp_path / "nowhere" / "a.c3d", metres_per_px=0.002)
