"""From ankle moment to Achilles force, soleus and gastrocnemius, and the soleus' change of length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TendonParameters:
    """Moment arm and shares of the triceps surae.

    Parameters
    ----------
    arm_dorsiflexed_m, arm_plantarflexed_m
        Moment arm of the contracted Achilles tendon at 20° dorsiflexion and 10° plantarflexion [m] (Manal et al. 2013,
        Physiol Rep, doi 10.1002/phy2.139: 35.7–38.1 mm).
    arm_relative_sd
        Spread of the arm between people (same source, 1.8 of 34.6 mm).
    soleus_share, soleus_share_low, soleus_share_high
        Soleus ÷ triceps force: by cross-section 0.71, by volume 0.56 (Fukunaga et al. 1992, J Orthop Res; shares
        derived); the middle is ours.
    soleus_length_ratio
        Soleus muscle–tendon length at 0° ÷ knee-to-ankle length (Rajagopal et al. 2016, IEEE TBME 63:2068, in the two
        scaled models of the reference data: 0.810 and 0.809).
    """

    arm_dorsiflexed_m: float = 0.0357
    arm_plantarflexed_m: float = 0.0381
    arm_relative_sd: float = 0.052
    soleus_share: float = 0.62
    soleus_share_low: float = 0.56
    soleus_share_high: float = 0.71
    soleus_length_ratio: float = 0.81


def achilles_arm_m(dorsiflexion_deg: Array, parameters: TendonParameters) -> Array:
    """Return the moment arm of the Achilles tendon [m], linear between the measured ends, constant beyond them."""
    return np.asarray(
        np.interp(dorsiflexion_deg, [-10.0, 20.0], [parameters.arm_plantarflexed_m, parameters.arm_dorsiflexed_m])
    )


def achilles_force_n(plantarflexion_moment_nm: Array, dorsiflexion_deg: Array, parameters: TendonParameters) -> Array:
    """Return the Achilles force [N]: plantarflexion moment ÷ moment arm, 0 while the net moment dorsiflexes.

    The other plantarflexors are left out (they carry a part), and so is what shin muscles pull against (they add).
    Published peaks differ threefold between methods (3.3–10 BW): compare within a runner.
    """
    return np.maximum(plantarflexion_moment_nm, 0.0) / achilles_arm_m(dorsiflexion_deg, parameters)


def soleus_length_change(dorsiflexion_deg: Array, shank_length_m: float | Array, parameters: TendonParameters) -> Array:
    """Return the soleus muscle–tendon length change against 0° dorsiflexion ÷ its length there, + lengthening.

    The integral of the moment arm over the angle. This is muscle and tendon together: in running the tendon gives about
    80 % of it (Lai et al. 2015, J Appl Physiol 118:1266); the fibres keep shortening (Rubenson 2012, JEB 215:3539).
    """
    angle = np.linspace(-60.0, 60.0, 241)
    arm = achilles_arm_m(angle, parameters)
    path = np.concatenate([[0.0], np.cumsum((arm[1:] + arm[:-1]) / 2 * np.radians(np.diff(angle)))])
    path -= path[120]
    return np.asarray(np.interp(dorsiflexion_deg, angle, path) / (parameters.soleus_length_ratio * shank_length_m))
