"""Errors summed up: bias, spread between clips, limits, smallest detectable change, coverage; runners are clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]

#: Draws of the bootstrap over runners.
DRAWS = 1000
#: Strides at which the smallest detectable change is given.
STRIDES = (5, 10, 20)


@dataclass(frozen=True)
class Error:
    """The error of one quantity over clips, in its unit.

    Parameters
    ----------
    bias, bias_low, bias_high : mean of measured − true, with its 95 % interval over runners
    sd : between clips
    own_sd : what is left of it without the scatter over strides, which the product counts by itself; at least a third
    within : SD between the strides of a clip, median over clips
    covered : share of the clips whose interval holds the truth, None where no intervals are given
    missing : share of the clips without a value
    """

    n_clips: int
    n_runners: int
    bias: float
    bias_low: float
    bias_high: float
    sd: float
    own_sd: float
    within: float | None
    covered: float | None
    missing: float

    @property
    def limits(self) -> tuple[float, float]:
        """95 % limits of agreement, measured − true."""
        return self.bias - 1.96 * self.sd, self.bias + 1.96 * self.sd

    def sdc(self, strides: int) -> float:
        """Smallest detectable change between two clips of the same runner with so many strides a leg.

        1.96 · √2 · √(sd² + within² / strides): the error of the method may differ between the clips as it does between
        all clips, so this is an upper bound where the camera stands as before.
        """
        noise = 0.0 if self.within is None else self.within**2 / strides
        return 1.96 * math.sqrt(2) * math.sqrt(self.sd**2 + noise)


def error_of(rows: pd.DataFrame) -> Error | None:
    """Return the error over rows of one quantity; None with fewer than three values or two runners.

    Parameters
    ----------
    rows : columns `clip`, `runner`, `value`, `truth`, `low`, `high`, `spread`
    """
    seen = rows.dropna(subset=["value", "truth"])
    runners = seen["runner"].nunique()
    if len(seen) < 3 or runners < 2:
        return None
    errors = (seen["value"] - seen["truth"]).to_numpy(dtype=np.float64)
    low, high = _bias_interval(errors, seen["runner"].to_numpy())
    ranged = seen.dropna(subset=["low", "high"])
    covered = ((ranged["low"] <= ranged["truth"]) & (ranged["truth"] <= ranged["high"])).mean() if len(ranged) else None
    within = seen["spread"].median()
    return Error(
        n_clips=int(seen["clip"].nunique()),
        n_runners=int(runners),
        bias=float(errors.mean()),
        bias_low=low,
        bias_high=high,
        sd=float(errors.std(ddof=1)),
        own_sd=_own_sd(errors, seen),
        within=None if pd.isna(within) else float(within),
        covered=None if covered is None else float(covered),
        missing=1 - len(seen) / len(rows),
    )


def _own_sd(errors: Array, seen: pd.DataFrame) -> float:
    sd = float(errors.std(ddof=1))
    scatter = (seen["spread"] ** 2 / seen["n"]).mean()
    return sd if pd.isna(scatter) else float(np.sqrt(max(sd**2 - scatter, (sd / 3) ** 2)))


def _bias_interval(errors: Array, runners: Array) -> tuple[float, float]:
    """Return the 95 % interval of the mean error by a bootstrap over runners."""
    groups = [errors[runners == runner] for runner in np.unique(runners)]
    random = np.random.default_rng(0)
    means = [
        np.concatenate([groups[i] for i in random.integers(len(groups), size=len(groups))]).mean() for _ in range(DRAWS)
    ]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927, doi 10.1080/01621459.1927.10502953)."""
    return wilson_share(successes / n, n) if n else (0.0, 1.0)


def wilson_share(share: float, n: float) -> tuple[float, float]:
    """Return the same from the share itself; `n` need not be whole."""
    z = 1.96
    middle, width = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)


def share_interval(hits: NDArray[np.bool_], runners: NDArray[np.str_]) -> tuple[float, float]:
    """Return the 95 % interval of a share whose cases come in clusters, one a runner.

    Wilson's, with the number of cases divided by the design effect (variance between runners over that of independent
    cases), and cut by the quantiles of t for so few runners (Korn & Graubard 1998, Survey Methodology 24:193; recall).
    Where all cases agree, nothing tells how they cluster, and only one case a runner is counted.

    Parameters
    ----------
    hits, runners : shape (n,); whether a case is a hit, and whose it is
    """
    names, n = np.unique(runners), len(hits)
    if n == 0:
        return 0.0, 1.0
    share, clusters = float(hits.mean()), len(names)
    off = np.array([(hits[runners == name] - share).sum() for name in names])
    between = clusters / max(1, clusters - 1) * float((off**2).sum()) / n**2
    if between == 0 or clusters < 2:
        return wilson_share(share, clusters)
    few = (stdtrit(n - 1, 0.975) / stdtrit(clusters - 1, 0.975)) ** 2
    return wilson_share(share, min(n, share * (1 - share) / between) * few)
