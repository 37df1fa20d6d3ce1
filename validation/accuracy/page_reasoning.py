"""The page's score of the reasoning: does the chain name the link that was made to deviate."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from accuracy.markdown import of, table

#: Classes of a fault's size in smallest detectable changes.
SIZES = ((0.0, 1.0, "under 1 SDC"), (1.0, 2.0, "1 to 2 SDC"), (2.0, float("inf"), "2 SDC and more"))
#: Bins of the posterior.
BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
BANDS = {"tuning": "bands of the tuning half", "shipped": "the shipped bands"}


def reasoning(answers: pd.DataFrame | None, links: pd.DataFrame | None) -> Iterator[str]:
    """Yield the score on the report half, and its calibration."""
    yield "\n## Score of the reasoning (report half)\n"
    if answers is None or links is None:
        yield "Not measured: `python validation/reasoning`.\n"
        return
    report = prepared(answers[answers["half"] == "report"])
    yield (
        "The product's own way from the measurements of one clip through findings to the judgement, with a "
        "complaint that says no more than which leg (the faulted one; both legs for the trunk; the near one, from "
        "behind the right one, where there is no fault). The motion is that of men, so the runner is told to be "
        "one; from behind the speed is stated. A link deviates *by truth* where one of its indicators truly lies "
        "outside of the band (1 SD) and farther from its middle than the smallest detectable change that the "
        "product prints. The size of a fault is the true change of its link's indicators against the same runner "
        "without the fault, the largest of them in SDC. Intervals: Wilson, runners as clusters.\n\n**Bands.** The "
        "shipped bands hold all 13 runners, those judged here among them; they have trunk lean from 3.1 to "
        "3.7 m/s alone (a published group), and no hip excursion, heel-off or toe tip, so C10 cannot be seen with "
        "them and C2 seldom. A rival is no link: the share “first of the links” ranks C2 to C11 alone, in the "
        "product's order; a runner's own strike type or step rate may truly deviate beside the fault. The score "
        "therefore takes mean and SD of the true values of the tuning half; the shipped bands are given beside it.\n"
    )
    for bands, title in BANDS.items():
        own = report[report["bands"] == bands]
        yield f"### With {title}\n"
        yield from _faulted(own[own["faults"].notna()])
        yield from _plain(own[own["faults"].isna()])
    yield from _by_fault(report[(report["bands"] == "tuning") & report["faults"].notna()])
    yield from _calibration(links[links["half"] == "report"])


def prepared(answers: pd.DataFrame) -> pd.DataFrame:
    """Return the answers with what they amount to."""
    return answers.assign(
        is_first=answers["rank"] == 1,
        is_first_link=answers["rank_link"] == 1,
        is_named=answers["named_is_fault"].astype("object") == True,  # noqa: E712 - an empty cell is no answer
        silent=answers["named"].isna(),
        nothing=answers["deviating"].isna(),
        false_alarm=answers["named"].notna() & (answers["named_deviates"].astype("object") != True),  # noqa: E712
    )


def _faulted(rows: pd.DataFrame) -> Iterator[str]:
    lines = []
    for low, high, title in SIZES:
        own = rows[(rows["size_sdc"] >= low) & (rows["size_sdc"] < high)]
        lines.append((title, *_counts(own)))
    unseen = rows[rows["size_sdc"].isna()]
    if len(unseen):
        lines.append(("not measured", *_counts(unseen)))
    lines.append(("all", *_counts(rows)))
    heads = (
        "size of the fault",
        "clips",
        "first of the links",
        "first of links and rivals",
        "named",
        "“cannot tell”",
        "another link named",
    )
    yield from table(heads, lines)


def _counts(rows: pd.DataFrame) -> tuple[object, ...]:
    other = ~rows["silent"] & ~rows["is_named"]
    shares = (of(rows[c], rows["runner"]) for c in ("is_first_link", "is_first", "is_named", "silent"))
    return (len(rows), *shares, of(other, rows["runner"]))


def _plain(rows: pd.DataFrame) -> Iterator[str]:
    """Yield false alarms, and whether "cannot tell" is right."""
    quiet = rows[rows["nothing"]]
    lines = [
        ("something named, any link or rival", of(~rows["silent"], rows["runner"])),
        (
            "of all, a link or rival named that does not deviate by truth (false alarm)",
            of(rows["false_alarm"], rows["runner"]),
        ),
        ("where no link and no rival deviates by truth: “cannot tell”", of(quiet["silent"], quiet["runner"])),
    ]
    yield f"Runners without a fault, {len(rows)} clips of {rows['runner'].nunique()} runners:\n"
    yield from table(("answer", "clips (95 %)"), lines)
    named = rows.dropna(subset=["named"])["named"].value_counts()
    if len(named):
        yield f"Named without a fault: {', '.join(f'{name} {count}' for name, count in named.items())}.\n"


def _by_fault(rows: pd.DataFrame) -> Iterator[str]:
    lines = []
    for (fault, link), own in rows.groupby(["faults", "link"], sort=False):
        sizes = own["size_sdc"].dropna()
        size = f"{sizes.min():.1f}–{sizes.max():.1f}" if len(sizes) else "–"
        instead = own.loc[~own["is_first_link"], "first_link"].value_counts()
        others = ", ".join(f"{name} {count}" for name, count in instead.items())
        first, named = int(own["is_first_link"].sum()), int(own["is_named"].sum())
        silent = int(own["silent"].sum())
        lines.append((f"`{fault}`", link, len(own), size, first, named, silent, others or "–"))
    yield "### By fault, bands of the tuning half\n"
    heads = ("fault", "link", "clips", "size [SDC]", "first link", "named", "“cannot tell”", "first link instead")
    yield from table(heads, lines)


def _calibration(rows: pd.DataFrame) -> Iterator[str]:
    yield "### Calibration\n"
    yield (
        "The posterior of every link and leg that a clip can show, faulted or not, against the share that deviates by "
        "truth (bands of the tuning half).\n"
    )
    lines = [
        (f"{low:.1f}–{high:.1f}", f"{posterior:.2f}", *(of(own[c], own["runner"]) for c in ("deviates", "outside")))
        for low, high, posterior, own in bins(rows)
    ]
    yield from table(("posterior", "mean", "deviate by truth", "outside of the band, detectable or not"), lines)
    if len(rows):
        score = float(((rows["posterior"] - rows["deviates"]) ** 2).mean())
        base = float(rows["deviates"].mean())
        always = f"always saying the share itself ({base:.2f}) would score {base * (1 - base):.3f}"
        yield f"Brier score {score:.3f}; {always}.\n"
    yield "![Calibration of the posterior](figures/accuracy_calibration.svg)\n"


def bins(rows: pd.DataFrame) -> Iterator[tuple[float, float, float, pd.DataFrame]]:
    """Yield the bins of the posterior that hold links: limits, mean posterior, rows."""
    for low, high in pairwise(BINS):
        last = high == BINS[-1]
        own = rows[(rows["posterior"] >= low) & ((rows["posterior"] < high) | last)]
        if len(own):
            yield low, high, float(own["posterior"].mean()), own
