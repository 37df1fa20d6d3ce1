"""Compare the load models with force plates and laboratory results; every row is of runners not used for fitting.

    python validation/check_load.py DATA

Writes Markdown tables to standard output; docs/load.md shows and reads them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import load_templates as templates
from kinechain.load.ground_force import (
    GRAVITY,
    fitted_curve_bw,
    mean_force_bw,
    morin_curve_bw,
    morin_peak_bw,
    seen_curve_bw,
)
from kinechain.load.tendon import TendonParameters, achilles_force_n
from load_data import PAD, ModelStance, Stance, c3d_stances, model_stances
from load_templates import Modelled

Array = NDArray[np.float64]
JOINTS = ("ankle", "knee", "hip")


def say(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write one table."""
    sys.stdout.write(f"\n### {title}\n\n| {' | '.join(header)} |\n" + "|---" * len(header) + "|\n")
    for row in rows:
        sys.stdout.write(f"| {' | '.join(row)} |\n")


def per_cent(values: Array) -> str:
    """Return bias ± SD and the mean absolute error of relative errors."""
    v = 100 * np.asarray(values)
    return f"{v.mean():+.1f} ± {v.std(ddof=1):.1f} ({np.abs(v).mean():.1f})"


def correlation(a: Array, b: Array) -> float:
    """Return Pearson's r."""
    return float(np.corrcoef(a, b)[0, 1])


def vertical(rows: Sequence[Modelled], held: Sequence[ModelStance], used: set[str]) -> None:
    """Vertical force of each model against the plate."""
    true = [r.stance.force_bw[:, 1] for r in rows]

    def row(name: str, curves: Sequence[Array], plates: Sequence[Array]) -> tuple[str, ...]:
        peak = np.array([c.max() / t.max() - 1 for c, t in zip(curves, plates, strict=True)])
        area = np.array([c.sum() / t.sum() - 1 for c, t in zip(curves, plates, strict=True)])
        rmse = [float(np.sqrt(((c - t) ** 2).mean())) for c, t in zip(curves, plates, strict=True)]
        return name, str(len(peak)), per_cent(peak), per_cent(area), f"{np.mean(rmse):.3f}"

    others = [m.stance for m in held if m.stance.runner not in used]
    filed = [s.force_bw[:, 1] for s in others]
    template = templates.fit([r.stance for r in rows])
    say(
        "Vertical force: error against the plate [%]: bias ± SD (mean absolute)",
        ("model", "stances", "peak", "impulse", "RMSE [BW]"),
        [
            row("half sine (Morin 2005)", [morin_curve_bw(r.stance.contact_s, r.stance.flight_s) for r in rows], true),
            row("fitted shape by speed, one runner left out", [r.vertical_bw for r in rows], true),
            row("shape from the body's motion, one runner left out", [r.from_motion_bw for r in rows], true),
            row("half sine, 7 runners without C3D", [morin_curve_bw(s.contact_s, s.flight_s) for s in others], filed),
            row(
                "fitted shape by speed, the same 7 runners",
                [fitted_curve_bw(s.contact_s, s.flight_s, 3.5, template) for s in others],
                filed,
            ),
            row(
                "shape from the body's motion, the same 7 runners",
                [seen_curve_bw(s.contact_s, s.flight_s, 3.5, templates.body_curve(s), template.shape) for s in others],
                filed,
            ),
        ],
    )


def horizontal(rows: Sequence[Modelled]) -> None:
    """Fore–aft force and centre of pressure against the plate."""
    force, impulse, drive, net, place, sine = [], [], [], [], [], []
    for r in rows:
        true = r.stance.force_bw[:, 0]
        drive.append(np.maximum(r.fore_aft_bw, 0).sum() / np.maximum(true, 0).sum() - 1)
        net.append([100 * curve.sum() / r.stance.force_bw[:, 1].sum() for curve in (r.fore_aft_bw, true)])
        weight = r.stance.force_bw[:, 1] / r.stance.force_bw[:, 1].sum()
        ahead = (r.stance.pressure_m - r.stance.motion.ankle[PAD:-PAD])[:, 0]
        on = r.stance.force_bw[:, 1] > templates.LEAST_BW
        force.append(float(np.sqrt(((r.fore_aft_bw - true) ** 2).mean())))
        impulse.append(np.minimum(r.fore_aft_bw, 0).sum() / np.minimum(true, 0).sum() - 1)
        place.append(1000 * float(np.sqrt((weight * (r.ahead_m - ahead) ** 2)[on].sum())))
        sine.append(r.stance.strike)
    turns = [_turn(r.fore_aft_bw) for r in rows]
    true_turns = [_turn(r.stance.force_bw[:, 0]) for r in rows]
    late = np.subtract(turns, true_turns)
    table = pd.DataFrame({"strike": sine, "place": place}).groupby("strike")["place"].agg(["mean", "max", "count"])
    say(
        "Fore–aft force and centre of pressure, one runner left out",
        ("quantity", "error"),
        [
            ("fore–aft force, RMSE [BW]", f"{np.mean(force):.3f}"),
            ("braking impulse [%]", per_cent(np.array(impulse))),
            ("propelling impulse [%]", per_cent(np.array(drive))),
            (
                "net impulse ÷ vertical impulse [%], plate",
                f"{np.mean(net, axis=0)[1]:+.2f} ± {np.std(net, axis=0, ddof=1)[1]:.2f}",
            ),
            ("the same, modelled: largest", f"{np.abs(net)[:, 0].max():.2f}"),
            (
                "braking turns to propelling [% of stance]",
                f"{np.mean(turns):.0f} (plate {np.mean(true_turns):.0f}), {late.mean():+.1f} ± {late.std(ddof=1):.1f}",
            ),
            *(
                (
                    f"centre of pressure, {strike} ({int(r['count'])} stances), RMSE [mm]",
                    f"{r['mean']:.0f} (worst {r['max']:.0f})",
                )
                for strike, r in table.iterrows()
            ),
        ],
    )


def _turn(fore_aft: Array) -> int:
    """Return where in stance [%] braking turns to propelling for good."""
    return int(np.flatnonzero(fore_aft[20:80] < 0)[-1]) + 21


def shapes(stances: Sequence[Stance]) -> None:
    """Wave form of the vertical force where its shape follows from what a video shows; one runner left out."""
    runner = np.array([s.runner for s in stances])
    plate = np.stack([s.force_bw[:, 1] for s in stances])
    size = np.array([mean_force_bw(s.contact_s, s.flight_s) for s in stances])[:, None]
    shape = plate / np.trapezoid(plate, dx=0.01, axis=1)[:, None]
    seen = {
        "speed": np.array([s.speed_mps - 3.5 for s in stances]),
        "foot inclination": np.array([(s.inclination_deg - 10) / 8 for s in stances]),
        "duty factor": np.array([10 * (s.contact_s / (s.contact_s + s.flight_s) - 0.66) for s in stances]),
        "contact time": np.array([10 * (s.contact_s - 0.25) for s in stances]),
        "rearfoot": np.array([float(s.strike == "Rearfoot") for s in stances]),
        "forefoot": np.array([float(s.strike == "Forefoot") for s in stances]),
    }

    def error(names: Sequence[str], ridge: float) -> float:
        columns = np.column_stack([np.ones(len(stances)), *(seen[name] for name in names)])
        held_back = ridge * np.diag([0.0, *np.ones(len(names))])
        off = []
        for one in np.unique(runner):
            own, known = runner == one, columns[runner != one]
            weights = np.linalg.solve(known.T @ known + held_back, known.T @ shape[runner != one])
            curves = np.maximum(columns[own] @ weights, 0.0)
            curves = size[own] * curves / np.trapezoid(curves, dx=0.01, axis=1)[:, None]
            off += list(np.sqrt(((curves - plate[own]) ** 2).mean(axis=1)))
        return float(np.mean(off))

    sets = ((), ("speed",), ("speed", "foot inclination"), ("speed", "rearfoot", "forefoot"))
    sets += (("speed", "duty factor"), ("speed", "contact time"))
    twin = [
        next(
            i for i, t in enumerate(stances) if (t.runner, t.speed_mps) == (s.runner, s.speed_mps) and t.side != s.side
        )
        for s in stances
    ]
    other_leg = np.sqrt(((size * shape[twin] - plate) ** 2).mean(axis=1)).mean()
    rows = [
        (" and ".join(names) or "nothing: one shape for all", *(f"{error(names, ridge):.3f}" for ridge in RIDGES))
        for names in sets
    ]
    say(
        "Vertical force: what its shape could be told from, RMSE [BW], one runner left out (36 stances)",
        ("shape from", *(f"ridge {ridge:g}" for ridge in RIDGES)),
        [*rows, ("the plate's shape of the runner's own other leg", f"{other_leg:.3f}", "", "")],
    )


#: How strongly shapes are held back to the mean.
RIDGES = (0.0, 3.0, 10.0)


def mechanics(models: Sequence[ModelStance]) -> None:
    """Planar inverse dynamics with the true force against the OpenSim torques of the same motion."""
    names = {"ankle": "ankle_angle_r_torque", "knee": "knee_angle_r_torque", "hip": "hip_flexion_r_torque"}
    rows = []
    for joint, column in names.items():
        got, true = [], []
        for m in models:
            s = m.stance
            loads = templates.joint_loads(s, s.slow_force_bw, (s.pressure_m - s.motion.ankle[PAD:-PAD])[:, 0])
            got.append(getattr(loads, f"{joint}_moment"))
            true.append(-m.torques[column].to_numpy() / s.mass_kg)
        rows.append((joint, *_compared(got, true)))
    say("Mechanics: true leg, true force, against OpenSim (13 runners, right leg, 3.5 m/s)", HEADER, rows)


def mechanics_from_markers(rows: Sequence[Modelled], models: Sequence[ModelStance]) -> None:
    """Planar inverse dynamics from markers, with the plate's force and the modelled one, against OpenSim torques."""
    torques = {m.stance.runner: m.torques for m in models}
    own = [r for r in rows if (r.stance.speed_mps, r.stance.side) == (3.5, "right")]
    names = {"ankle": "ankle_angle_r_torque", "knee": "knee_angle_r_torque", "hip": "hip_flexion_r_torque"}
    for kind, title in (("plate", "the plate's force"), ("model", "modelled force, one runner left out")):
        out = []
        for joint, column in names.items():
            got = [getattr(getattr(r, kind), f"{joint}_moment") * r.stance.weight_n / GRAVITY for r in own]
            true = [-torques[r.stance.runner][column].to_numpy() for r in own]
            per_kg = [r.stance.mass_kg for r in own]
            out.append(
                (
                    joint,
                    *_compared(
                        [g / m for g, m in zip(got, per_kg, strict=True)],
                        [t / m for t, m in zip(true, per_kg, strict=True)],
                    ),
                )
            )
        say(f"Mechanics: leg from markers, {title}, against OpenSim (6 runners, right leg, 3.5 m/s)", HEADER, out)


HEADER = ("joint", "peak [%]: bias ± SD (mean absolute)", "r median (worst)", "RMSE [N·m/kg]")


def _compared(got: Sequence[Array], true: Sequence[Array]) -> tuple[str, str, str]:
    peak = np.array([g.max() / t.max() - 1 for g, t in zip(got, true, strict=True)])
    r = [correlation(g, t) for g, t in zip(got, true, strict=True)]
    rmse = [float(np.sqrt(((g - t) ** 2).mean())) for g, t in zip(got, true, strict=True)]
    return per_cent(peak), f"{np.median(r):.3f} ({min(r):.3f})", f"{np.mean(rmse):.2f}"


def own_curves(rbds: Path, rows: Sequence[Modelled]) -> None:
    """Planar inverse dynamics from markers against the data set's own moments and powers (one runner has them)."""
    table = pd.read_csv(rbds / "RBDS002" / "RBDS002processed.txt", sep="\t")
    out = []
    for joint, sign in (("ankle", 1), ("knee", 1), ("hip", -1)):
        for kind, code in (("moment", "MomZ"), ("power", "Pow")):
            got, true = [], []
            for r in (r for r in rows if r.stance.runner == "RBDS002"):
                s = r.stance
                end = f"{s.side[0].upper()}{{}}{int(s.speed_mps * 10)}"
                up = table[end.format("grfY")].to_numpy()
                last = int(np.flatnonzero(up > LEAST_NPKG)[-1])
                curve = table[end.format(joint + code)].to_numpy()[: last + 1]
                true.append(np.interp(np.linspace(0, 1, 101), np.linspace(0, 1, last + 1), curve))
                own = getattr(r.plate, f"{joint}_{kind}") * s.weight_n / GRAVITY / s.mass_kg
                got.append(sign * own if kind == "moment" else own)
            out.append((f"{joint} {kind}", *_compared(got, true)))
    say("Mechanics: markers and plate against the data set's own curves (RBDS002, both legs, 3 speeds)", HEADER, out)


#: The data set's curves end where the force is below this [N/kg].
LEAST_NPKG = 0.62


def chain(rows: Sequence[Modelled]) -> None:
    """Modelled force against plate, same leg."""
    say(
        "Chain of models: same leg, modelled force against the plate's, one runner left out (6 runners, 36 stances)",
        HEADER,
        [
            (
                joint,
                *_compared(
                    [getattr(r.model, f"{joint}_moment") for r in rows],
                    [getattr(r.plate, f"{joint}_moment") for r in rows],
                ),
            )
            for joint in JOINTS
        ],
    )
    say(
        "Loads, one runner left out: bias ± SD (mean absolute) [% of the value, or percentage points]",
        ("load", "error"),
        [(name, per_cent(values)) for name, (values, _) in templates.errors(rows).items()],
    )


def speeds(rows: Sequence[Modelled]) -> None:
    """Achilles peak by speed, modelled against plate, and whether the order of runners is kept."""
    tendon = TendonParameters()
    table = pd.DataFrame(
        [
            {
                "runner": r.stance.runner,
                "speed": r.stance.speed_mps,
                "side": r.stance.side,
                **{
                    kind: achilles_force_n(getattr(r, kind).ankle_moment, np.full(101, 10.0), tendon).max() / GRAVITY
                    for kind in ("plate", "model")
                },
            }
            for r in rows
        ]
    )
    means = table.groupby("speed")[["plate", "model"]].mean()
    sides = table.pivot_table(index=["runner", "speed"], columns="side", values=["plate", "model"])
    ratio = {kind: np.log(sides[kind]["right"] / sides[kind]["left"]).to_numpy() for kind in ("plate", "model")}
    change = {
        kind: table.pivot_table(index=["runner", "side"], columns="speed", values=kind) for kind in ("plate", "model")
    }
    rows_out = [(f"{speed} m/s", f"{r['plate']:.2f}", f"{r['model']:.2f}") for speed, r in means.iterrows()]
    for a, b in ((2.5, 3.5), (3.5, 4.5)):
        grow = {k: 100 * (c[b] / c[a] - 1) for k, c in change.items()}
        rows_out.append(
            (f"change {a} → {b} m/s [%]", *(f"{grow[k].mean():.0f} ± {grow[k].std():.0f}" for k in ("plate", "model")))
        )
    spread = {k: f"SD {100 * v.std(ddof=1):.1f} %" for k, v in ratio.items()}
    rows_out.append(("right ÷ left", spread["plate"], spread["model"]))
    error = per_cent(ratio["model"] - ratio["plate"])
    rows_out.append(("right ÷ left, model against plate [%]", "", error))
    runners = table.groupby("runner")[["plate", "model"]].mean()
    rows_out.append(("rank correlation over 6 runners", "", f"{runners.corr(method='spearman').iloc[0, 1]:.2f}"))
    say("Peak Achilles force [BW], same arm in both", ("", "plate", "modelled force"), rows_out)


def published(stances: Sequence[Stance]) -> None:
    """Compare the half sine's published bias with what these plates show."""
    bias = np.array([morin_peak_bw(s.contact_s, s.flight_s) / s.force_bw[:, 1].max() - 1 for s in stances])
    weight = np.array([s.weight_n / (s.mass_kg * GRAVITY) for s in stances])
    say(
        "Half sine: bias of the peak [%], and the plate's own weight of the runners",
        ("", "value"),
        [
            ("published, treadmill", "−6.9 ± 2.5"),
            ("here", per_cent(bias)),
            ("mean force of the plate ÷ filed mass × gravity", f"{weight.mean():.3f} ± {weight.std(ddof=1):.3f}"),
        ],
    )


def main() -> None:
    """Read the command line and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="reference data folder")
    rbds = parser.parse_args().data / "lab" / "rbds"
    stances, models = list(c3d_stances(rbds)), list(model_stances(rbds))
    rows = templates.left_out(stances)
    published(stances)
    vertical(rows, models, {s.runner for s in stances})
    horizontal(rows)
    shapes(stances)
    mechanics(models)
    mechanics_from_markers(rows, models)
    own_curves(rbds, rows)
    chain(rows)
    speeds(rows)


if __name__ == "__main__":
    main()
