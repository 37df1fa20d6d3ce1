"""Masses and moments of inertia of the leg."""

from __future__ import annotations

from dataclasses import dataclass

from kinechain.knowledge.load_tables import body_segments
from kinechain.model.athlete import Sex


@dataclass(frozen=True)
class Segment:
    """A rigid segment.

    Parameters
    ----------
    mass_kg : mass
    com_ratio : centre of mass from the upper joint (foot: from the heel) ÷ length
    radius_ratio : radius of gyration about the side-to-side axis through the centre of mass ÷ length
    """

    mass_kg: float
    com_ratio: float
    radius_ratio: float


@dataclass(frozen=True)
class LegSegments:
    """The three segments of a leg."""

    thigh: Segment
    shank: Segment
    foot: Segment


def leg_segments(mass_kg: float, sex: Sex | None) -> LegSegments:
    """Return the leg of a runner of this mass (de Leva 1996, doi 10.1016/0021-9290(95)00178-6).

    Where the sex is not known, the mean of both tables.
    """
    rows = [row for row in body_segments() if sex is None or row.sex == sex]

    def segment(name: str) -> Segment:
        found = [row for row in rows if row.segment == name]
        masses = [row.mass_ratio for row in found]
        centres = [row.com_ratio for row in found if row.com_ratio is not None]
        radii = [row.radius_ratio for row in found if row.radius_ratio is not None]
        return Segment(mass_kg * sum(masses) / len(masses), sum(centres) / len(centres), sum(radii) / len(radii))

    return LegSegments(segment("thigh"), segment("shank"), segment("foot"))
