"""Check that the same run, stored in other ways, gives measurements that agree within their intervals.

    python validation/check_reencoding.py [CLIP] [--only hevc,pan] [--frames 240] [--out table.csv]

Takes the demo clip unless another one is named. Makes copies of it in a temporary folder (other codecs, half the
size, half the frame rate, a rotation flag, four times slower, and through a window that pans or shakes over the
picture), measures all of them, and writes one row for each copy: how many numbers agree with the original clip, and
the one that agrees least. Two values agree where their difference is within the root of the sum of the squares of
their half intervals (95 %). The copies show the same strides, so most should.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from kinechain.errors import KinechainError
from kinechain.model.assessment import Measurement
from kinechain.model.athlete import Athlete
from kinechain.model.frames import Image
from kinechain.pipeline.clip import MeasuredClip, measure_clip
from kinechain.pipeline.progress import Stopwatch
from kinechain.pipeline.seeing import ClipRequest
from kinechain.pose.blazepose import BlazePose
from kinechain.pose.estimator import PoseEstimator
from kinechain.pose.weights import locate
from kinechain.settings import Protocol
from kinechain.video.reader import open_clip

TICKS_PER_S = 90_000
DEMO = Path(__file__).resolve().parents[1] / "src" / "kinechain" / "demo" / "demo_side.mp4"
QUALITY = {
    "libx264": {"crf": "20", "preset": "fast"},
    "libx265": {"crf": "24", "preset": "fast", "x265-params": "log-level=error"},
    "libvpx-vp9": {"crf": "32", "b": "0", "deadline": "realtime", "cpu-used": "6"},
    "mpeg4": {"qscale": "4", "flags": "+qscale", "global_quality": str(4 * 118)},
}
Window = Callable[[Image, float], Image]


def _whole(image: Image, time_s: float) -> Image:  # noqa: ARG001
    return image


def _half(image: Image, time_s: float) -> Image:  # noqa: ARG001
    height, width = image.shape[:2]
    return np.asarray(cv2.resize(image, (width // 4 * 2, height // 4 * 2), interpolation=cv2.INTER_AREA), np.uint8)


def _turned(image: Image, time_s: float) -> Image:  # noqa: ARG001
    return np.ascontiguousarray(np.rot90(image))


def _through(image: Image, x: float, y: float) -> Image:
    """Show 86 % of the width and 97 % of the height; (0, 0) is the middle and ±1 touches the edges."""
    height, width = image.shape[:2]
    size = (int(0.86 * width) // 2 * 2, int(0.97 * height) // 2 * 2)
    middle = ((width - 1) / 2 + x * (width - size[0]) / 2, (height - 1) / 2 + y * (height - size[1]) / 2)
    return np.asarray(cv2.getRectSubPix(np.ascontiguousarray(image), size, middle), np.uint8)


def _pan(image: Image, time_s: float) -> Image:
    return _through(image, float(np.sin(2 * np.pi * time_s / 6.0)), 0.0)


def _shake(image: Image, time_s: float) -> Image:
    x = 0.6 * np.sin(2 * np.pi * 1.3 * time_s) + 0.3 * np.sin(2 * np.pi * 3.1 * time_s + 1)
    return _through(image, float(x), float(0.8 * np.sin(2 * np.pi * 1.9 * time_s + 2)))


@dataclass(frozen=True)
class Variant:
    """One way to store a clip; `slower` and `turn_deg` are undone by the factor stated and the flag written."""

    codec: str = "libx264"
    suffix: str = ".mp4"
    window: Window = _whole
    every: int = 1
    slower: int = 1
    turn_deg: int = 0
    options: dict[str, str] = field(default_factory=dict)


VARIANTS = {
    "h264": Variant(),
    "hevc": Variant("libx265"),
    "vp9": Variant("libvpx-vp9", ".webm"),
    "mpeg4": Variant("mpeg4"),
    "half size": Variant(window=_half),
    "half rate": Variant(every=2),
    "rotation flag": Variant(window=_turned, turn_deg=-90),
    "4x slower": Variant(slower=4),
    "pan": Variant(window=_pan),
    "shake": Variant(window=_shake),
}


def write_variant(source: Path, variant: Variant, target: Path, n_frames: int | None = None) -> Path:
    """Store the first `n_frames` of a clip in another way."""
    clip = open_clip(source)
    times = clip.info.time_s[:n_frames]
    with av.open(str(target), "w") as container:
        rate = Fraction(clip.info.fps / variant.every / variant.slower).limit_denominator(1001)
        stream = container.add_stream(variant.codec, rate=rate, options=QUALITY[variant.codec] | variant.options)
        stream.codec_context.time_base = Fraction(1, TICKS_PER_S if variant.codec != "mpeg4" else 60_000)
        stream.pix_fmt = "yuv420p"
        if variant.turn_deg:
            stream.set_display_rotation(variant.turn_deg)
        for time_s, image in islice(_shown(clip.images(), times, variant), len(times)):
            if not stream.codec_context.is_open:
                stream.height, stream.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(time_s * variant.slower / float(frame.time_base))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target


def _shown(images: Iterator[Image], times: np.ndarray, variant: Variant) -> Iterator[tuple[float, Image]]:
    for index, (time_s, image) in enumerate(zip(times, images, strict=False)):
        if index % variant.every == 0:
            shown = variant.window(image, float(time_s))
            height, width = shown.shape[:2]
            yield float(time_s), np.ascontiguousarray(shown[: height // 2 * 2, : width // 2 * 2])


def measured(path: Path, estimator: PoseEstimator, slow_motion: float | None = None) -> tuple[MeasuredClip, ...]:
    """Measure a clip as `kinechain measure` does."""
    request = ClipRequest(path, slow_motion=slow_motion)
    return measure_clip(request, Athlete(), lambda: estimator, Protocol(), lambda *_: None, Stopwatch())


@dataclass(frozen=True)
class Agreement:
    """How far two clips' numbers differ: difference ÷ the half interval of the difference, by name and side."""

    ratios: dict[str, float]

    @property
    def agreeing(self) -> int:
        """Return how many numbers agree."""
        return sum(ratio <= 1 for ratio in self.ratios.values())

    @property
    def worst(self) -> str:
        """Return the number that agrees least."""
        return max(self.ratios, key=lambda name: self.ratios[name], default="")


def agreement(a: Iterable[Measurement], b: Iterable[Measurement]) -> Agreement:
    """Compare every number that both of two clips have with an interval."""
    others = {(m.name, m.side): m for m in b}
    ratios = {}
    for one in a:
        other = others[one.name, one.side]
        halves = _half_interval(one), _half_interval(other)
        if isinstance(one.value, float) and isinstance(other.value, float) and None not in halves:
            allowed = float(np.hypot(*(half for half in halves if half is not None)))
            ratios[f"{one.name} {one.side}"] = abs(one.value - other.value) / max(allowed, 1e-9)
    return Agreement(ratios)


def _half_interval(measurement: Measurement) -> float | None:
    if measurement.low is None or measurement.high is None:
        return None
    return (measurement.high - measurement.low) / 2


def main(arguments: list[str]) -> int:
    """Make the copies, measure them, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, default=DEMO)
    parser.add_argument("--only", default=",".join(VARIANTS), help="variants, separated by commas")
    parser.add_argument("--frames", type=int, help="use only so many frames of the clip")
    parser.add_argument("--out", type=Path, help="write the table here as CSV")
    chosen = parser.parse_args(arguments)
    estimator = BlazePose(locate(), Protocol().estimator)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        original = write_variant(
            chosen.clip, Variant(options={"crf": "12"}), Path(folder) / "original.mp4", chosen.frames
        )
        (reference,) = measured(original, estimator)
        for name in chosen.only.split(","):
            variant = VARIANTS[name]
            path = write_variant(chosen.clip, variant, Path(folder) / f"copy{variant.suffix}", chosen.frames)
            try:
                clip, *rest = measured(path, estimator, float(variant.slower) if variant.slower > 1 else None)
            except KinechainError as error:
                rows.append({"variant": name, "error": error.code})
                continue
            found = agreement(reference.gait.measurements, clip.gait.measurements)
            rows.append(
                {
                    "variant": name,
                    "segments": 1 + len(rest),
                    "strides": clip.part.n_strides.left + clip.part.n_strides.right,
                    "agree": found.agreeing,
                    "of": len(found.ratios),
                    "least": found.worst,
                    "by": round(found.ratios.get(found.worst, 0.0), 2),
                    "cautions": " ".join(c.code for c in clip.cautions if c.code != "stride_scatter_only"),
                }
            )
            print(rows[-1], flush=True)
    if chosen.out is not None:
        with chosen.out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, sorted({key for row in rows for key in row}, key=list(rows[0]).index))
            writer.writeheader()
            writer.writerows(rows)
    return 0 if all("error" not in row for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
