"""The page's table of peers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from accuracy.markdown import table


def peers(rows: pd.DataFrame | None) -> Iterator[str]:
    """Yield one line a clip and system on the near leg, then the means."""
    yield "\n## Beside other open tools\n"
    if rows is None:
        yield "Not measured: `python validation/peers` needs the peers in an environment of their own.\n"
        return
    near = rows[rows["leg"] == "near"]
    versions = ", ".join(f"{system} {version}" for system, version in near.groupby("system")["version"].first().items())
    yield (
        f"{versions}; {near['clip'].nunique()} fault-free side clips of the report half, one of each runner. Every "
        "system gets the same landmarks (BlazePose heavy, unrepaired) and its own defaults otherwise; the truth is "
        "the same. Knee flexion of the near leg: RMSE over the clip, RMSE without the mean difference, error of the "
        "stance peak read off each system's own curve; in brackets the peak as kinechain prints it, its known bias "
        "taken off. Missed and false are contacts and toe-offs of both legs. Seconds are from clip and landmarks to "
        "numbers on one busy machine, pose estimation left out.\n"
    )
    own = [_line(rows, clip, system) for clip, system in near[["clip", "system"]].itertuples(index=False)]
    errors = ("knee RMSE / centred / peak [°]", "cadence [spm]", "contact [ms]", "missed, false", "seconds")
    yield from table(("m/s", "system", *errors), own)
    yield "All clips: mean of the RMSE and centred RMSE, mean ± SD of the other errors, sums.\n"
    yield from table(("system", "clips", *errors), [_mean(rows, system) for system in near["system"].unique()])


def _line(rows: pd.DataFrame, clip: str, system: str) -> tuple[object, ...]:
    both = rows[(rows["clip"] == clip) & (rows["system"] == system)]
    near = both[both["leg"] == "near"].iloc[0]
    if pd.isna(near["rmse_deg"]):
        return (f"{near['speed_mps']:.1f}", system, "no answer", "–", "–", "–", "–")
    printed = "" if pd.isna(near["printed_peak_deg"]) else f" ({near['printed_peak_deg']:+.1f})"
    knee = f"{near['rmse_deg']:.1f} / {near['centred_deg']:.1f} / {near['peak_deg']:+.1f}{printed}"
    contact = "–" if pd.isna(near["contact_s"]) else f"{1000 * near['contact_s']:+.0f}"
    cadence = "–" if pd.isna(near["cadence_spm"]) else f"{near['cadence_spm']:+.1f}"
    return (f"{near['speed_mps']:.1f}", system, knee, cadence, contact, _wrong(both), f"{near['seconds']:.0f}")


def _mean(rows: pd.DataFrame, system: str) -> tuple[object, ...]:
    both = rows[(rows["system"] == system)].dropna(subset=["rmse_deg"])
    near = both[both["leg"] == "near"]
    printed = near["printed_peak_deg"].dropna()
    bracket = f" ({printed.mean():+.1f} ± {printed.std():.1f})" if len(printed) else ""
    peak = f"{near['peak_deg'].mean():+.1f} ± {near['peak_deg'].std():.1f}{bracket}"
    knee = f"{near['rmse_deg'].mean():.1f} / {near['centred_deg'].mean():.1f} / {peak}"
    seconds = f"{near['seconds'].mean():.0f}"
    return (
        system,
        len(near),
        knee,
        _spread(near["cadence_spm"]),
        _spread(1000 * near["contact_s"]),
        _wrong(both),
        seconds,
    )


def _spread(values: pd.Series) -> str:
    known = values.dropna()
    return f"{known.mean():+.1f} ± {known.std():.1f}" if len(known) > 1 else "–"


def _wrong(both: pd.DataFrame) -> str:
    if both["missed"].isna().all():
        return "–"
    return f"{int(both['missed'].sum())}, {int(both['false'].sum())} of {int(both['events'].sum())}"
