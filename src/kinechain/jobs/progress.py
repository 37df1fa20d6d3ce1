"""One fraction for a whole analysis, from the stages of its clips."""

from __future__ import annotations

from dataclasses import dataclass

#: Shares of the time of an analysis of a session (measured on the clips that ship: pose 0.75, pictures 0.2).
_SHARES = {"pose": 0.75, "gait": 0.03, "pictures": 0.2}


@dataclass
class Fractions:
    """The share that is done, 0…1; it never falls.

    Parameters
    ----------
    clips : number of clips of the analysis
    """

    clips: int = 1
    measured: int = 0
    drawn: int = 0
    last: float = 0.0

    def of(self, stage: str, done: int, total: int) -> float:
        """Return the share of the whole where `done` of `total` of a stage of the clip at hand is done."""
        part = min(1.0, done / total) if total > 0 else 0.0
        clips = max(1, self.clips)
        before = {"pose": self.measured, "gait": self.measured, "pictures": self.drawn}.get(stage, 0)
        start = {"pose": 0.0, "gait": _SHARES["pose"], "pictures": _SHARES["pose"] + _SHARES["gait"]}.get(stage, 0.0)
        if stage == "pictures":
            now = start + _SHARES[stage] * (min(before, clips - 1) + part) / clips
        else:
            seen = _SHARES["pose"] + _SHARES["gait"]
            now = seen * min(before, clips - 1) / clips + (start + _SHARES.get(stage, 0.0) * part) / clips
        self.measured += stage == "gait" and done == total
        self.drawn += stage == "pictures" and done == total
        self.last = min(1.0, max(self.last, now))
        return self.last
