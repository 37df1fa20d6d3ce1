"""Learn where the joint centres lie beside the estimator's points: `src/kinechain/pose/joint_centres.npz`.

    python validation/joint_centres.py CLIPS            # train on all clips of the tuning half, write the model
    python validation/joint_centres.py CLIPS --check    # leave one runner out at a time, print the errors

CLIPS is a folder of phantoms (set "learn", docs/phantoms.md) with the estimator's results in `poses/`. Needs PyTorch.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from kinechain.model.pose import make_pose
from kinechain.model.skeleton import KEYPOINTS, SIDES
from kinechain.pose.joint_centres import JointCentreModel, body_frame, clip_features, yaw_features
from kinechain.pose.repair import repair

Array = NDArray[np.float64]
SHIPPED = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "pose" / "joint_centres.npz"
SPLIT = Path(__file__).resolve().parent / "split.toml"

HIDDEN = 48
EPOCHS = 60
#: Share of the features' variance added to the diagonal of the clip's regression.
RIDGE = 0.3
YAW_RIDGE = 0.03
#: Noise on the network's inputs while it learns [SD], so that it does not hang on single points.
NOISE = 0.08
#: The camera's roll is not known, so every clip is shown turned by these angles too [deg].
TURNS_DEG = (-4.0, -2.0, 0.0, 2.0, 4.0)


#: Mean and SD of the inputs, the layers, mean and SD of the outputs.
Network = tuple[Array, Array, tuple[tuple[Array, Array], ...], Array, Array]


@dataclass(frozen=True)
class Example:
    """One clip: points and joint centres, shape (n, 2, 6, 2), as in `BodyFrame`; the camera's yaw, + ahead."""

    name: str
    runner: str
    points: Array
    centres: Array
    yaw_deg: float

    def turned(self, angle_deg: float) -> Example:
        """Return the clip with the camera turned about its axis."""
        c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
        turn = np.array([[c, s], [-s, c]])
        return replace(self, points=self.points @ turn, centres=self.centres @ turn)


def tuning_pose(folder: Path, name: str) -> tuple[str, dict[str, Any], xr.Dataset]:
    """Read a clip of the tuning half: its runner, its truth, and its repaired pose.

    Raises
    ------
    ValueError
        Where the clip's runner is of the report half.
    """
    truth = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    runner = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))["runner"]
    if runner not in tomllib.loads(SPLIT.read_text(encoding="utf-8"))["tuning"]["runners"]:
        raise ValueError(f"{name}: {runner} is not of the tuning half")
    kept, n = np.load(folder / "poses" / f"{name}.npz"), truth["frames"]
    pose = make_pose(
        np.array(truth["time_s"]),
        KEYPOINTS,
        kept["position"][-n:].astype(float),
        np.clip(kept["confidence"][-n:].astype(float), 0, 1),
        image_size=tuple(truth["image_size"]),
        source="blazepose",
    )
    return runner, truth, repair(pose)


def example(folder: Path, name: str) -> Example | None:
    """Read points and joint centres of a clip; None where its points were not all seen."""
    runner, truth, pose = tuning_pose(folder, name)
    frame = body_frame(pose, truth["view"])
    if frame is None:
        return None
    true = np.stack([np.array(truth["joints_px"][name]) for name in frame.names], axis=1)
    at = pose["position"].sel(keypoint=frame.names).values
    raw = pose["raw_position"].sel(keypoint=frame.names).values
    off = (true - np.where(np.isfinite(at), at, raw)).reshape(frame.points.shape)
    centres = frame.points + off * frame.turn / frame.scale[:, None, None, None]
    known = np.isfinite(centres).all(axis=(1, 2, 3))
    if known.sum() <= 30:
        return None
    return Example(name, runner, frame.points[known], centres[known], _yaw_deg(truth))


def _yaw_deg(truth: dict[str, Any]) -> float:
    """Return how far the camera stands ahead of the runner's side, from its place [deg]."""
    hips = np.mean([np.mean(truth["joints_m"][f"{side}_hip"], axis=0) for side in SIDES], axis=0)
    ahead, _, right = np.array(truth["camera"]["position_m"]) - hips
    return float(np.degrees(np.arctan2(ahead, abs(right))))


def examples(folder: Path) -> list[Example]:
    """Return the clips of side views."""
    names = sorted(path.stem for path in (folder / "poses").glob("*.npz"))
    return [found for name in names if "_side_" in name and (found := example(folder, name)) is not None]


def learn(clips: list[Example], seed: int = 0) -> JointCentreModel:
    """Fit both steps."""
    features = np.stack([clip_features(clip.points) for clip in clips])
    offsets = np.stack([(clip.centres - clip.points).reshape(len(clip.points), -1).mean(axis=0) for clip in clips])
    mean, sd, middle = features.mean(axis=0), features.std(axis=0) + 1e-6, offsets.mean(axis=0)
    scaled = (features - mean) / sd
    penalty = RIDGE * len(scaled) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (offsets - middle))
    placed = [
        replace(clip, points=clip.points + (row @ weights + middle).reshape(1, *clip.points.shape[1:]))
        for row, clip in zip(scaled, clips, strict=True)
    ]
    shown = [clip.turned(angle) for clip in placed for angle in TURNS_DEG]
    points = np.concatenate([clip.points.reshape(len(clip.points), -1) for clip in shown])
    rest = np.concatenate([(clip.centres - clip.points).reshape(len(clip.points), -1) for clip in shown])
    network = _network(points, rest, seed)
    unfinished = JointCentreModel(mean, sd, weights, middle, *network, np.zeros(12), np.zeros(()))
    return replace(unfinished, **_yaw(clips, unfinished))


def _yaw(clips: list[Example], model: JointCentreModel) -> dict[str, Array]:
    """Fit the camera's yaw to the joint centres as the model places them."""
    features = np.stack([yaw_features(clip.points + model.offsets(clip.points)) for clip in clips])
    yaw = np.array([clip.yaw_deg for clip in clips])
    mean, sd = features.mean(axis=0), features.std(axis=0)
    scaled = (features - mean) / sd
    penalty = YAW_RIDGE * len(scaled) * np.eye(scaled.shape[1])
    weights = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ (yaw - yaw.mean())) / sd
    return {"yaw_weights": weights, "yaw_offset": np.asarray(yaw.mean() - mean @ weights)}


def _network(
    points: Array, rest: Array, seed: int
) -> tuple[Array, Array, tuple[tuple[Array, Array], ...], Array, Array]:
    """Return mean and SD of the inputs, the layers, and mean and SD of the outputs."""
    torch.manual_seed(seed)
    mean, sd = points.mean(axis=0), points.std(axis=0) + 1e-6
    out_mean, out_sd = rest.mean(axis=0), rest.std(axis=0) + 1e-9
    given = torch.tensor((points - mean) / sd, dtype=torch.float32)
    wanted = torch.tensor((rest - out_mean) / out_sd, dtype=torch.float32)
    width = points.shape[1]
    net = torch.nn.Sequential(
        torch.nn.Linear(width, HIDDEN),
        torch.nn.Tanh(),
        torch.nn.Linear(HIDDEN, HIDDEN),
        torch.nn.Tanh(),
        torch.nn.Linear(HIDDEN, width),
    )
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-3)
    batches = len(given) // 512 + 1
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS * batches)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(given)).split(512):
            noisy = given[batch] + NOISE * torch.randn_like(given[batch])
            loss = torch.nn.functional.huber_loss(net(noisy), wanted[batch], delta=1.5)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            slower.step()
    layers = tuple(
        (part.weight.detach().numpy().T.astype(float), part.bias.detach().numpy().astype(float))
        for part in net
        if isinstance(part, torch.nn.Linear)
    )
    return mean, sd, layers, out_mean, out_sd


def write(model: JointCentreModel, path: Path = SHIPPED) -> Path:
    """Write a model for the product."""
    values = {key: value for key, value in vars(model).items() if key != "layers"}
    for i, (weights, bias) in enumerate(model.layers):
        values |= {f"weights_{i}": weights, f"bias_{i}": bias}
    np.savez_compressed(path, **{key: np.asarray(value, dtype=np.float32) for key, value in values.items()})
    return path


def angles(points: Array) -> dict[str, Array]:
    """Return thigh, shank, knee and foot of both legs [deg], signs of the contract."""
    found = {}
    for i, leg in enumerate(("near", "far")):
        hip, knee, ankle, heel, toe = (points[:, i, k] for k in range(1, 6))
        thigh, shank, sole = knee - hip, knee - ankle, toe - heel
        found[f"{leg} thigh"] = np.degrees(np.arctan2(thigh[:, 0], -thigh[:, 1]))
        found[f"{leg} shank"] = np.degrees(np.arctan2(shank[:, 0], shank[:, 1]))
        found[f"{leg} knee"] = found[f"{leg} thigh"] + found[f"{leg} shank"]
        found[f"{leg} foot"] = np.degrees(np.arctan2(sole[:, 1], sole[:, 0]))
    return found


def check(clips: list[Example]) -> Iterator[str]:
    """Yield the errors of clips whose runner was left out [deg]: before and after, RMSE and mean ± SD between clips."""
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    yaws: list[float] = []
    for runner in sorted({clip.runner for clip in clips}):
        model = learn([clip for clip in clips if clip.runner != runner])
        for clip in (clip for clip in clips if clip.runner == runner):
            after = angles(clip.points + model.offsets(clip.points))
            before, true = angles(clip.points), angles(clip.centres)
            yaws.append(model.yaw_deg(clip.points + model.offsets(clip.points)) - clip.yaw_deg)
            for name, wanted in true.items():
                errors = [(found[name] - wanted + 180) % 360 - 180 for found in (before, after)]
                rows.setdefault(name, []).append(
                    tuple(part for e in errors for part in (float(np.sqrt(np.mean(e**2))), float(e.mean())))  # type: ignore[arg-type]
                )
    yield f"{len(clips)} clips; yaw {np.mean(yaws):+.2f} ± {np.std(yaws):.2f}"
    for name, values in rows.items():
        (before, mean_before, after, mean_after) = np.array(values).mean(axis=0)
        spread = np.array(values).std(axis=0, ddof=1)
        old = f"{before:5.2f} ({mean_before:+.2f} ± {spread[1]:.2f})"
        yield f"  {name:11s} {old} → {after:5.2f} ({mean_after:+.2f} ± {spread[3]:.2f})"


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--check", action="store_true", help="leave runners out instead of writing the models")
    chosen = parser.parse_args()
    clips = examples(chosen.clips)
    if chosen.check:
        print("\n".join(check(clips)))
    else:
        print(write(learn(clips)), len(clips), "clips")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
