"""Repair of what an estimator gets wrong on a runner: points it cannot see, legs exchanged, points that jump.

Order matters: legs are put on their side first (from all points, the estimator's guesses outside of the picture
included: they tell the legs apart); then what cannot be trusted is taken out; then feet drawn onto the other foot, the
hips of exchanged legs and single jumps are replaced from their neighbours in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.pose import Flag, logged, validate_pose
from kinechain.model.skeleton import EXTRA_POINTS, LEG, SIDES, TOES
from kinechain.pose.leg_exchange import ExchangeParameters, exchanged, find_exchanges
from kinechain.signal.despike import DespikeParameters, despike, fill, stretches

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HIP, _KNEE, _FOOT = 0, 1, slice(2, 5)
"""places in `LEG`; the foot is ankle, heel, toe"""


@dataclass(frozen=True)
class RepairParameters:
    """Parameters of `repair`; lengths in leg lengths (hip to knee to ankle, the clip's median).

    Parameters
    ----------
    border : float
        Width of the strip along the edge of the picture in which a point counts as outside: of a shoe that is cut off,
        BlazePose draws the toe inside of the edge. Measured on a clip cut at the leading shoe: of the toes placed
        0–0.03 inside of the edge all were outside in truth, of those 0.03–0.05 inside a fifth.
    least_confidence : float
        Below this a point is a guess. The far leg of a side view, hidden but well placed, goes down to 0.03 on
        treadmill clips; a far elbow behind the trunk to 0.001.
    exchange : ExchangeParameters
    jump : float
        Threshold of `despike` at 120 frames/s.
    gross_jump : float
        The same for low frame rates.
    feet_together : float
        Feet closer than this in all three points coincide; running feet never do, for one is in the air.
    feet_apart : float
        Distance at which the neighbouring frames must see the feet, for a coincidence to be wrong.
    longest_fill_s : float
        Longer runs of jumps are not replaced but taken out as guesses [s].
    """

    border: float = 0.03
    least_confidence: float = 0.02
    exchange: ExchangeParameters = field(default_factory=ExchangeParameters)
    jump: float = 0.0375
    gross_jump: float = 0.15
    feet_together: float = 0.10
    feet_apart: float = 0.20
    longest_fill_s: float = 0.12


def repair(pose: xr.Dataset, parameters: RepairParameters | None = None) -> xr.Dataset:
    """Return the pose with wrong points put right, replaced or taken out; each is flagged.

    `position` and `flag` change, and where legs are exchanged `confidence` and `world_position` go with their point.
    `raw_position` stays. Needs no view and any frame rate; mirroring, moving or scaling the picture does the same to
    the result.

    Parameters
    ----------
    pose : Dataset
        As an estimator made it; missing leg points only leave the legs unrepaired.
    parameters : RepairParameters, optional

    Returns
    -------
    Dataset
    """
    chosen = parameters or RepairParameters()
    names = [f"{side}_{point}" for side in SIDES for point in LEG]
    known = set(pose["keypoint"].values.tolist())
    whole = set(names) <= known and pose.sizes["time"] > 0
    length = leg_length_px(pose) if whole else np.nan
    result = pose.copy(deep=True)
    lines = []
    if whole and length > 0:
        result, n = _put_legs_right(result, names, length, chosen.exchange)
        lines.append(f"repair: legs exchanged back in {n} frames")
    result = _take_out(result, length, chosen)
    lines += [
        f"repair: {flag.name} {int((result['flag'] == flag).sum())} points"
        for flag in (Flag.OUT_OF_PICTURE, Flag.GUESSED)
    ]
    if whole and length > 0:
        result = _replace_jumps(result, names, length, chosen)
        lines.append(f"repair: SPIKE {int((result['flag'] == Flag.SPIKE).sum())} points")
    for line in lines:
        result = logged(result, line)
    return validate_pose(result)


def leg_length_px(pose: xr.Dataset) -> float:
    """Return the median length of hip–knee plus knee–ankle in the picture [px], NaN where no leg is seen.

    Taken from the raw points, and the same before and after repair.
    """
    legs = _legs(pose["raw_position"], [f"{side}_{point}" for side in SIDES for point in LEG])
    lengths = np.linalg.norm(np.diff(np.asarray(legs[:, :, :3], dtype=np.float64), axis=2), axis=3).sum(axis=2)
    return float(np.nanmedian(lengths)) if np.isfinite(lengths).any() else float("nan")


def _legs(values: xr.DataArray, names: list[str]) -> NDArray[np.generic]:
    """Return the legs' part of a variable, shape (n, 2, 5, …)."""
    array = np.asarray(values.sel(keypoint=names).values)
    return array.reshape(len(array), len(SIDES), len(LEG), *array.shape[2:])


def _with_legs(pose: xr.Dataset, variable: str, names: list[str], legs: NDArray[np.generic]) -> None:
    """Put the legs, shape (n, 2, 5, …), into a variable of `pose`, a copy of our own."""
    flat = legs.reshape(len(legs), len(names), *legs.shape[3:])
    pose[variable].loc[{"keypoint": names}] = flat


def _put_legs_right(
    pose: xr.Dataset, names: list[str], length: float, parameters: ExchangeParameters
) -> tuple[xr.Dataset, int]:
    legs = np.asarray(_legs(pose["position"], names), dtype=np.float64)
    mask = find_exchanges(pose["time"].values, legs / length, parameters)
    pose = _put_toes_right(pose, mask[:, -1])
    for variable in {"position", "confidence", "world_position"} & set(pose.data_vars):
        _with_legs(pose, str(variable), names, exchanged(_legs(pose[variable], names), mask))
    flag = exchanged(_legs(pose["flag"], names), mask)
    moved = np.broadcast_to(mask[:, None], flag.shape) & (flag == Flag.SEEN)
    _with_legs(pose, "flag", names, np.where(moved, np.int8(Flag.SWAPPED), flag))
    return pose, int(mask.any(axis=1).sum())


def _put_toes_right(pose: xr.Dataset, exchange: Mask) -> xr.Dataset:
    """Exchange big and little toes, where a pose holds them, in the frames in which the toe was exchanged."""
    for toe in TOES:
        left, right = (f"{side}_{toe}" for side in SIDES)
        if not {left, right} <= set(pose["keypoint"].values.tolist()):
            continue
        for variable in {"position", "confidence", "world_position", "flag"} & set(pose.data_vars):
            both = pose[variable].sel(keypoint=[left, right]).values
            both[exchange] = both[exchange][:, ::-1]
            if variable == "flag":
                both[exchange] = np.where(both[exchange] == Flag.SEEN, Flag.SWAPPED, both[exchange])
            pose[variable].loc[{"keypoint": [left, right]}] = both
    return pose


def _take_out(pose: xr.Dataset, length: float, parameters: RepairParameters) -> xr.Dataset:
    """Flag what lies outside of the picture and what the estimator only guesses, and set it to NaN."""
    position = pose["position"].values
    strip = parameters.border * length if np.isfinite(length) else 0.0
    size = np.array([pose.attrs["image_width_px"], pose.attrs["image_height_px"]], dtype=float)
    with np.errstate(invalid="ignore"):
        outside = ((position < strip) | (position > size - strip)).any(axis=2)
    flag = pose["flag"].values.copy()
    usable = flag < Flag.OUT_OF_PICTURE
    guessed = usable & (pose["confidence"].values < parameters.least_confidence)
    flag[guessed] = Flag.GUESSED
    flag[usable & outside] = Flag.OUT_OF_PICTURE
    return pose.assign(
        flag=(pose["flag"].dims, flag),
        position=(pose["position"].dims, np.where((flag >= Flag.OUT_OF_PICTURE)[:, :, None], np.nan, position)),
    )


def _replace_jumps(pose: xr.Dataset, names: list[str], length: float, parameters: RepairParameters) -> xr.Dataset:
    time_s = pose["time"].values
    if len(time_s) < 5:
        return pose
    legs = np.asarray(_legs(pose["position"], names), dtype=np.float64) / length
    flag = _legs(pose["flag"], names).copy()
    suspect = np.zeros(legs.shape[:3], dtype=bool)
    suspect[:, :, _HIP] = (flag[:, :, _KNEE] == Flag.SWAPPED) & (flag[:, :, _HIP] == Flag.SEEN)
    suspect[:, :, _FOOT] = _collapsed_feet(time_s, legs, parameters)[:, :, None]
    settings = DespikeParameters(threshold=parameters.jump, gross_threshold=parameters.gross_jump)
    for side in range(len(SIDES)):
        for point in range(len(LEG)):
            track = legs[:, side, point]
            given = np.isfinite(track).all(axis=1)
            wrong = given & suspect[:, side, point]
            rest = np.where(wrong[:, None], np.nan, track)
            wrong |= despike(time_s, rest, settings)[1]
            clean, lost = _filled(time_s, track, wrong, parameters.longest_fill_s)
            if point == _HIP:  # of a long exchange the hips are better than nothing
                kept = lost & suspect[:, side, point]
                clean[kept], wrong[kept], lost[kept] = track[kept], False, False
            legs[:, side, point] = clean
            flag[wrong, side, point] = Flag.SPIKE
            flag[lost, side, point] = Flag.GUESSED
    _with_legs(pose, "position", names, legs * length)
    _with_legs(pose, "flag", names, flag)
    return _replace_jumps_of_toes(pose, length, settings, parameters.longest_fill_s)


def _replace_jumps_of_toes(
    pose: xr.Dataset, length: float, settings: DespikeParameters, longest_fill_s: float
) -> xr.Dataset:
    """Replace single jumps of the big and little toes, where a pose holds them."""
    time_s = pose["time"].values
    for name in set(EXTRA_POINTS) & set(pose["keypoint"].values.tolist()):
        at = {"keypoint": name}
        path = pose["position"].sel(at).values / length
        wrong = despike(time_s, path, settings)[1]
        clean, lost = _filled(time_s, path, wrong, longest_fill_s)
        pose["position"].loc[at] = clean * length
        pose["flag"].loc[at] = np.select([lost, wrong], [Flag.GUESSED, Flag.SPIKE], pose["flag"].sel(at).values)
    return pose


def _filled(time_s: Floats, track: Floats, wrong: Mask, longest_s: float) -> tuple[Floats, Mask]:
    """Replace the samples `wrong`; return also which of them could not be, for the good ones are too far away."""
    clean = fill(time_s, track, wrong)
    good = np.flatnonzero(np.isfinite(track).all(axis=1) & ~wrong)
    lost = wrong & ~np.isfinite(clean).all(axis=1)
    if len(good):
        after = np.searchsorted(good, np.arange(len(track)))
        gap = time_s[good[np.minimum(after, len(good) - 1)]] - time_s[good[np.maximum(after - 1, 0)]]
        usual = float(np.median(np.diff(time_s)))
        lost |= wrong & (gap > max(longest_s, 2 * usual) + 0.5 * usual)
    clean[lost] = np.nan
    return clean, lost


def _collapsed_feet(time_s: Floats, legs: Floats, parameters: RepairParameters) -> Mask:
    """Find the frames in which one foot is drawn onto the other, shape (n, 2): which foot is the wrong one.

    Both feet coincide, though the frames around see them apart. The wrong foot is the one that left its own path; both
    where both did.
    """
    feet = legs[:, :, _FOOT]
    distance = np.linalg.norm(feet[:, 0] - feet[:, 1], axis=2)
    with np.errstate(invalid="ignore"):
        together = (distance < parameters.feet_together).all(axis=1)
    wrong = np.zeros((len(time_s), 2), dtype=bool)
    present = np.isfinite(feet.sum(axis=(1, 2, 3)))
    for stretch in stretches(time_s, present, parameters.longest_fill_s):
        here = together[stretch]
        if not here.any() or np.count_nonzero(~here) < 2:
            continue
        expected = np.stack(
            [[fill(time_s[stretch], feet[stretch, side, p], here) for p in range(3)] for side in range(2)]
        ).transpose(2, 0, 1, 3)
        apart = np.linalg.norm(expected[:, 0] - expected[:, 1], axis=2).mean(axis=1)
        away = np.linalg.norm(feet[stretch] - expected, axis=3).mean(axis=2)
        bad = here & (apart > parameters.feet_apart)
        wrong[stretch] = bad[:, None] & (away > 0.5 * away.max(axis=1, keepdims=True))
    return wrong
