"""Make the stand-in network of the tests of RTMPose: `tests/pose/bright_spots.onnx`. Needs the package `onnx`.

    python validation/tiny_rtmpose.py

It has the input and outputs of RTMPose with 26 points and an answer that is known: the histograms of point k are the
brightest values along the columns and rows of colour channel k mod 3 of its input.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

POINTS, WIDTH, HEIGHT = 26, 192, 256


def histograms(axis: str, over: int) -> list[onnx.NodeProto]:
    """Return the nodes from the input to the histograms over one axis: maximum over the other, two bins a pixel."""
    return [
        helper.make_node("ReduceMax", ["input"], [f"profile_{axis}"], axes=[over], keepdims=0),
        helper.make_node("Gather", [f"profile_{axis}", "channel"], [f"points_{axis}"], axis=1),
        helper.make_node("Unsqueeze", [f"points_{axis}", "last"], [f"single_{axis}"]),
        helper.make_node("Tile", [f"single_{axis}", "twice"], [f"double_{axis}"]),
        helper.make_node("Reshape", [f"double_{axis}", f"shape_{axis}"], [f"simcc_{axis}"]),
    ]


def network() -> onnx.ModelProto:
    """Return the network."""
    constants = {
        "channel": np.arange(POINTS) % 3,
        "last": np.array([3]),
        "twice": np.array([1, 1, 1, 2]),
        "shape_x": np.array([1, POINTS, 2 * WIDTH]),
        "shape_y": np.array([1, POINTS, 2 * HEIGHT]),
    }
    graph = helper.make_graph(
        [*histograms("x", 2), *histograms("y", 3)],
        "bright_spots",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, HEIGHT, WIDTH])],
        [
            helper.make_tensor_value_info("simcc_x", TensorProto.FLOAT, [1, POINTS, 2 * WIDTH]),
            helper.make_tensor_value_info("simcc_y", TensorProto.FLOAT, [1, POINTS, 2 * HEIGHT]),
        ],
        [numpy_helper.from_array(value.astype(np.int64), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="kinechain tests")
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def main() -> None:
    """Write the file."""
    target = Path(__file__).resolve().parents[1] / "tests" / "pose" / "bright_spots.onnx"
    onnx.save(network(), str(target))
    print(f"{target.name}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
