"""Markers of a laboratory → joint centres and foot points of the skeleton."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from kinechain.model.skeleton import SIDES
from kinechain.pose.importers.raw import Array
from kinechain.pose.importers.rigid import carried

#: A cluster of skin markers keeps its shape within this root mean square [mm].
_LARGEST_RESIDUAL_MM = 20.0

Trial = Mapping[str, Array]
"""paths of the markers by their plain name, each of shape (n, 3) [mm]"""


@dataclass(frozen=True)
class MarkerSet:
    """One laboratory's names: see `marker_sets.toml`."""

    name: str
    title: str
    asis: tuple[str, ...]
    psis: tuple[str, ...]
    points: Mapping[str, tuple[tuple[str, ...], ...]]
    clusters: Mapping[str, tuple[str, ...]]

    def belongs(self, trial: Trial) -> bool:
        """Return whether a trial holds this set's heels and the front of the pelvis."""
        needed = [plain(name, side) for side in SIDES for name in self.asis]
        found = all(name in trial for name in needed)
        return found and all(self._direct(trial, side, "heel") is not None for side in SIDES)

    def _direct(self, trial: Trial, side: str, point: str) -> Array | None:
        for names in self.points.get(point, ()):
            plain_names = [plain(name, side) for name in names]
            if all(name in trial for name in plain_names):
                return np.asarray(np.mean([trial[name] for name in plain_names], axis=0), dtype=np.float64)
        return None

    def joints(self, trial: Trial) -> dict[str, Array]:
        """Return the points that a trial shows by itself, hips by regression, each of shape (n, 3)."""
        found: dict[str, Array] = {}
        for side in SIDES:
            for point in self.points:
                path = self._direct(trial, side, point)
                if path is not None:
                    found[f"{side}_{point}"] = path
        return found | self._hips(trial)

    def _hips(self, trial: Trial) -> dict[str, Array]:
        asis = [trial.get(plain(self.asis[0], side)) for side in SIDES]
        psis = [
            next((trial[plain(name, side)] for name in self.psis if plain(name, side) in trial), None) for side in SIDES
        ]
        left, right = asis
        if left is None or right is None or psis[0] is None or psis[1] is None:
            return {}
        return hip_centres(left, right, (psis[0] + psis[1]) / 2)

    def carried_joints(self, trial: Trial, static: Trial) -> dict[str, Array]:
        """Return the points that the standing trial knows and clusters carry, each of shape (n, 3).

        Only what the trial does not show by itself, and the hips: a pelvis of six markers bears the loss of one.
        """
        known, shown = self.joints(static), self.joints(trial)
        found: dict[str, Array] = {}
        for side in SIDES:
            for point, names in self.clusters.items():
                cluster = [plain(name, side) for name in names]
                shared = [name for name in cluster if name in trial and name in static]
                needless = f"{side}_{point}" in shown and point != "hip"
                if needless or f"{side}_{point}" not in known or len(shared) < 3:
                    continue
                reference = np.stack([_median(static[name]) for name in shared])
                moving = np.stack([trial[name] for name in shared], axis=1)
                centre = _median(known[f"{side}_{point}"])
                if np.isfinite(centre).all():
                    found[f"{side}_{point}"] = carried(reference, centre, moving, _LARGEST_RESIDUAL_MM)
        return found


def plain(name: str, side: str = "") -> str:
    """Return a marker's name without case, separators and subject; `{s}` becomes the side's letter."""
    named = name.replace("{s}", side[:1]).rsplit(":", 1)[-1]
    return re.sub(r"[^a-z0-9]", "", named.lower())


def _median(path: Array) -> Array:
    rows = path[np.isfinite(path).all(axis=1)]
    return np.asarray(np.median(rows, axis=0)) if len(rows) else np.full(3, np.nan)


def hip_centres(left_asis: Array, right_asis: Array, mid_psis: Array) -> dict[str, Array]:
    """Return the hip joint centres from the pelvis' markers, each of shape (n, 3) [mm].

    Regression of Harrington et al. 2007, J Biomech 40:595, doi 10.1016/j.jbiomech.2006.02.003 (coefficients as in two
    open implementations); reliable to about 1–2 cm.
    """
    middle = (left_asis + right_asis) / 2
    across = right_asis - left_asis
    width = np.linalg.norm(across, axis=1, keepdims=True)
    ahead = middle - mid_psis
    depth = np.linalg.norm(ahead, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = across / width
        x = ahead - (ahead * z).sum(axis=1, keepdims=True) * z
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
    y = np.cross(z, x)
    base = middle + (-0.24 * depth - 9.9) * x + (-0.30 * width - 10.9) * y
    out = 0.33 * width + 7.3
    return {"left_hip": base - out * z, "right_hip": base + out * z}


def with_toes(points: dict[str, Array]) -> dict[str, Array]:
    """Replace the ball of each foot by the toe point of the reference bands."""
    found = dict(points)
    for side in SIDES:
        ball, heel = found.pop(f"{side}_ball", None), found.get(f"{side}_heel")
        if ball is not None and heel is not None:
            found[f"{side}_toe"] = ball + toe_beyond_ball() * (ball - heel)
    return found


@cache
def _rows() -> dict[str, object]:
    text = resources.files("kinechain.pose.importers").joinpath("marker_sets.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def toe_beyond_ball() -> float:
    """Return how far the toe point lies beyond the ball of the foot ÷ the distance heel–ball."""
    return float(str(_rows()["toe_beyond_ball"]))


@cache
def marker_sets() -> tuple[MarkerSet, ...]:
    """Return the marker sets that are known."""
    return tuple(_marker_set(name, row) for name, row in _rows().items() if isinstance(row, dict))


def _marker_set(name: str, row: dict[str, object]) -> MarkerSet:
    points, clusters = row["points"], row["clusters"]
    asis, psis = row["asis"], row["psis"]
    if not (
        isinstance(points, dict) and isinstance(clusters, dict) and isinstance(asis, list) and isinstance(psis, list)
    ):
        raise TypeError(f"marker_sets.toml: {name}")
    return MarkerSet(
        name=name,
        title=str(row["title"]),
        asis=tuple(asis),
        psis=tuple(psis),
        points={point: tuple(tuple(names) for names in lists) for point, lists in points.items()},
        clusters={point: tuple(names) for point, names in clusters.items()},
    )
