"""The segments of a clip that are measured, and repair within each of them.

Repair looks at neighbours in time, so it never works across a cut, a pause or an absence of the runner.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.assessment import Segment
from kinechain.model.pose import Flag, logged, validate_pose
from kinechain.pose.repair import RepairParameters, repair

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def long_enough(stretches: tuple[slice, ...], time_s: Floats, shortest_s: float) -> tuple[Segment, ...]:
    """Return the segments to measure: the stretches that last, or the whole clip where none does."""
    whole = Segment(start_s=float(time_s[0]), end_s=float(time_s[-1]))
    lasting = [s for s in stretches if time_s[s.stop - 1] - time_s[s.start] >= shortest_s]
    return tuple(Segment(start_s=float(time_s[s.start]), end_s=float(time_s[s.stop - 1])) for s in lasting) or (whole,)


def repair_stretches(
    pose: xr.Dataset, stretches: tuple[slice, ...], distinct: Mask, parameters: RepairParameters
) -> xr.Dataset:
    """Repair each stretch for itself, without the frames that repeat another; these take the points of that one.

    Parameters
    ----------
    pose : of the whole clip, as the estimator made it
    distinct : shape (n,), frames that show an instant of their own
    """
    n = pose.sizes["time"]
    if distinct.all() and stretches == (slice(0, n),):
        return repair(pose, parameters)
    of_frame = np.zeros(n, dtype=int)
    for stretch in stretches:
        of_frame[stretch.start :] += 1
        of_frame[stretch.stop :] += 1
    rows: list[NDArray[np.intp]] = []
    parts: list[xr.Dataset] = []
    for number in np.unique(of_frame):
        frames = np.flatnonzero((of_frame == number) & distinct)
        if len(frames):
            rows.append(frames)
            parts.append(repair(pose.isel(time=frames), parameters))
    joined = xr.concat(parts, dim="time", data_vars="minimal", coords="minimal", compat="override", join="override")
    order = np.concatenate(rows)
    # the last frame of its own at or before each frame; before the first one there is none
    source = np.maximum(np.searchsorted(order, np.arange(n), side="right") - 1, 0)
    whole = joined.isel(time=source).assign_coords(time=pose["time"]).assign_attrs(pose.attrs)
    for part in parts:
        for line in str(part.attrs["log"]).splitlines()[len(str(pose.attrs["log"]).splitlines()) :]:
            start, end = float(part["time"].values[0]), float(part["time"].values[-1])
            whole = logged(whole, f"{line} ({start:.2f} to {end:.2f} s)")
    return validate_pose(whole)


def seen_frames(pose: xr.Dataset) -> Mask:
    """Return where anything of the runner is seen, shape (n,)."""
    return np.asarray((pose["flag"] != Flag.ABSENT).any("keypoint").values, dtype=bool)


def boxes(pose: xr.Dataset) -> Floats:
    """Return left, top, right, bottom of the runner as the estimator saw him, shape (n, 4) [px]; NaN where unseen."""
    raw = pose["raw_position"]
    return np.concatenate([raw.min("keypoint").values, raw.max("keypoint").values], axis=1)
