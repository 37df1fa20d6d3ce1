"""Angles as an OpenSim motion file (`.mot`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kinechain.gait.angles import BodyAngles


def write_mot(time_s: NDArray[np.float64], angles: BodyAngles, path: Path) -> None:
    """Write hip flexion, knee flexion and ankle dorsiflexion of both legs and the trunk lean [deg].

    Column names and signs are OpenSim's (flexion and dorsiflexion positive). Hip flexion is thigh against trunk, since
    the pelvis is not seen; `trunk_lean` is against the vertical, + forwards.

    Raises
    ------
    OSError
        Where `path` cannot be written.
    """
    columns: dict[str, NDArray[np.float64]] = {"time": time_s, "trunk_lean": angles.trunk_lean}
    for side, leg in angles.legs.items():
        suffix = side[0]
        columns[f"hip_flexion_{suffix}"] = leg.hip_flexion
        columns[f"knee_angle_{suffix}"] = leg.knee_flexion
        columns[f"ankle_angle_{suffix}"] = leg.ankle_dorsiflexion
    header = [
        path.stem,
        "version=1",
        f"nRows={len(time_s)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "endheader",
        "\t".join(columns),
    ]
    np.savetxt(
        path, np.column_stack(list(columns.values())), fmt="%.6f", delimiter="\t", header="\n".join(header), comments=""
    )
