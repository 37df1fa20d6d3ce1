"""The page's tables of measurements: what was filmed, whether intervals hold the truth, bias and spread."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from accuracy.markdown import LEGS, bias_sd, formatter, label, of, scaled, table
from accuracy.summary import STRIDES, Error, error_of
from accuracy.table import kind_of_view
from kinechain import glossary

VIEWS = ("side", "rear", "front")
GROUPS = ("time_space", "side_view", "rear_front", "load")
#: Classes of the camera's yaw off square [deg].
YAW_DEG = ((0.0, 3.0), (3.0, 6.0), (6.0, 10.0))
#: Why a measurement of the contract has no error here.
WITHOUT = {
    "strike_class": "a class: how often it is right stands below",
    "pelvic_drop_peak_deg": "withheld: the line between the hip points does not follow the pelvis",
    "heel_eversion_peak_deg": "withheld: one heel and one toe point a foot, 5–20 px beside their place",
    "heel_eversion_excursion_deg": "withheld, as the peak",
    "foot_progression_deg": "withheld, as heel eversion",
    "rolloff_class": "withheld: one toe point a foot, so no big and little toe; the motion has no truth for it either",
}
LOADS = "no truth on a phantom, which has no forces: compared with force plates on the page of loads"


def clips(rows: pd.DataFrame) -> Iterator[str]:
    """Yield how many clips there are, and how many the product refused."""
    yield "\n## Clips\n"
    lines = []
    for half, group in rows.groupby("half", sort=True):
        each = group.drop_duplicates("clip")
        views = each["view"].map(kind_of_view)
        counts = [int((views == view).sum()) for view in VIEWS]
        faults, refused = int(each["faults"].notna().sum()), int((each["kind"] == "refused").sum())
        rates = ", ".join(f"{fps:g}" for fps in sorted(each["fps"].unique()))
        lines.append((half, each["runner"].nunique(), len(each), *counts, faults, refused, rates))
    heads = ("half", "runners", "clips", *VIEWS, "with faults", "refused", "frames a second")
    yield from table(heads, lines)


def ranged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the numbers that have an interval, with `inside`."""
    found = rows[rows["kind"] == "measurement"].dropna(subset=["value", "low", "high", "truth"])
    return found.assign(inside=(found["low"] <= found["truth"]) & (found["truth"] <= found["high"]))


def coverage(plain: pd.DataFrame, faulted: pd.DataFrame) -> Iterator[str]:
    """Yield how often the printed intervals hold the truth, runners as clusters."""
    yield "\n## Do the printed intervals hold the truth?\n"
    lines = []
    for what, rows in (("without a fault", ranged(plain)), ("with a fault", ranged(faulted))):
        views = rows["view"].map(kind_of_view)
        for view in ("all", *VIEWS):
            own = rows if view == "all" else rows[views == view]
            if len(own):
                lines.append(
                    (what, view, own["clip"].nunique(), own["runner"].nunique(), of(own["inside"], own["runner"]))
                )
    yield from table(("runners", "view", "clips", "runners", "intervals that hold the truth (95 %)"), lines)
    yield "![Coverage by measurement](figures/accuracy_coverage.svg)\n"


def contract(rows: pd.DataFrame) -> Iterator[str]:
    """Yield every measurement of the contract: where its error stands, or why there is none.

    Raises
    ------
    ValueError
        Where a measurement has neither, so that the page cannot be incomplete in silence.
    """
    yield "\n## Every measurement\n"
    lines = []
    for name, quantity in glossary.quantities().items():
        if quantity.group in GROUPS:
            views = [view for view in VIEWS if _has_error(rows, name, view)]
            reason = LOADS if quantity.group == "load" else WITHOUT.get(name, "")
            if not views and not reason:
                raise ValueError(f"{name}: no error was measured, and no reason is given")
            lines.append((f"`{name}`", ", ".join(views) or "–", "" if views else reason))
    yield from table(("measurement", "errors below for the view", "why not"), lines)


def _has_error(rows: pd.DataFrame, name: str, view: str) -> bool:
    own = rows[(rows["name"] == name) & (rows["kind"] == "measurement") & (rows["view"].map(kind_of_view) == view)]
    return name != "strike_class" and any(error_of(group) is not None for _, group in own.groupby("leg"))


def measurements(rows: pd.DataFrame, view: str) -> Iterator[str]:
    """Yield bias, spread, limits and smallest detectable change of each measurement of a view."""
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")]
    lines = [_line(name, leg, error) for name, leg, error in errors(kept)]
    if not lines:
        return
    yield f"\n## Measurements, {view} view (report half)\n"
    changes = tuple(f"SDC {n} strides" for n in STRIDES)
    basis = ("measurement", "leg", "clips (runners)", "bias (95 %)", "SD", "95 % limits")
    yield from table((*basis, *changes, "interval holds truth", "no value"), lines)
    yield f"![Bias and spread, {view} view](figures/accuracy_{view}.svg)\n"


def errors(rows: pd.DataFrame) -> Iterator[tuple[str, str, Error]]:
    """Yield the error of each quantity and leg, in the order of the glossary."""
    for name, quantity in glossary.quantities().items():
        for leg in LEGS if quantity.group in GROUPS else ():
            chosen = rows[(rows["name"] == name) & (rows["leg"] == leg)]
            error = error_of(chosen) if len(chosen) else None
            if error is not None:
                yield name, leg, error


def _line(name: str, leg: str, e: Error) -> tuple[object, ...]:
    scale = scaled(name)[0]
    write = formatter(e.sd * scale)
    bias = f"{write(e.bias * scale)} ({write(e.bias_low * scale)} to {write(e.bias_high * scale)})"
    limits = " to ".join(write(limit * scale) for limit in e.limits)
    changes = [write(e.sdc(n) * scale).lstrip("+") for n in STRIDES]
    covered = "–" if e.covered is None else f"{100 * e.covered:.0f} %"
    sd = write(e.sd * scale).lstrip("+")
    return (
        label(name),
        leg,
        f"{e.n_clips} ({e.n_runners})",
        bias,
        sd,
        limits,
        *changes,
        covered,
        f"{100 * e.missing:.0f} %",
    )


def strike_class(rows: pd.DataFrame) -> Iterator[str]:
    """Yield how often the class of the landing is right."""
    own = rows[(rows["name"] == "strike_class") & (rows["kind"] == "measurement")].dropna(subset=["value"])
    lines = [
        (leg, group["clip"].nunique(), of(group["value"] == group["truth"], group["runner"]))
        for leg, group in own.groupby("leg", sort=False)
    ]
    if lines:
        yield "\n## Class of the landing, side view (report half)\n"
        yield from table(("leg", "clips", "right (95 %)"), lines)


def yaw(rows: pd.DataFrame) -> Iterator[str]:
    """Yield bias and spread of each measurement by how far the camera stands off square."""
    kept = rows[(rows["kind"] == "measurement") & (rows["name"] != "strike_class")]
    off, views = kept["yaw_deg"].abs(), kept["view"].map(kind_of_view)
    classes = [kept[(off >= low) & (off < high)] for low, high in YAW_DEG]
    lines = []
    for view in VIEWS:
        for name, leg, _ in errors(kept[views == view]):
            found = [_own(group, name, leg, view) for group in classes]
            if any(error is not None for error in found):
                lines.append((view, label(name), leg, *(bias_sd(name, error) for error in found)))
    yield "\n## By the camera's yaw (report half)\n"
    yield "Bias ± SD (clips); yaw is how far the camera stands off the exact side, rear or front.\n"
    yield from table(("view", "measurement", "leg", *(f"{low:g}–{high:g}°" for low, high in YAW_DEG)), lines)


def _own(rows: pd.DataFrame, name: str, leg: str, view: str) -> Error | None:
    own = rows[(rows["name"] == name) & (rows["leg"] == leg) & (rows["view"].map(kind_of_view) == view)]
    return error_of(own) if len(own) else None


def without_runner(rows: pd.DataFrame, runner: str) -> Iterator[str]:
    """Yield what hangs on contact with and without a runner who helped to choose how a shoe bends."""
    names = ("contact_time_s", "flight_time_s", "duty_factor_ratio", "heel_off_pct", "thigh_angle_to_deg")
    own = rows[(rows["kind"] == "measurement") & rows["name"].isin(names) & (rows["view"].map(kind_of_view) == "side")]
    lines = [
        (label(name), leg, bias_sd(name, error), bias_sd(name, _own(own[own["runner"] != runner], name, leg, "side")))
        for name, leg, error in errors(own)
    ]
    events = rows[(rows["kind"] == "event") & (rows["view"].map(kind_of_view) == "side")].dropna(subset=["value"])
    for (name, leg), group in events.groupby(["name", "leg"], sort=True):
        few = group[group["runner"] != runner]
        lines.append((f"{name} [ms]", leg, *(_milliseconds(part["value"]) for part in (group, few))))
    yield f"\n## With and without {runner}\n"
    yield (
        f"How far the ball of the shoe bends was chosen on three runners with a force plate ([Phantoms](phantoms.md)), "
        f"{runner} of the report half among them. What hangs on contact and toe-off, all runners of the half and "
        "without this one (bias ± SD, clips):\n"
    )
    yield from table(("quantity", "leg", "all", f"without {runner}"), lines)


def _milliseconds(values: pd.Series) -> str:
    return f"{1000 * values.mean():+.1f} ± {1000 * values.std():.1f} ({len(values)})" if len(values) > 1 else "–"


def covered(rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Yield the numbers with an interval by quantity and kind of view, for the figure."""
    found = ranged(rows)
    for (view, name), group in found.groupby([found["view"].map(kind_of_view), "name"], sort=False):
        yield view, name, group
