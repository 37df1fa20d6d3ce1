"""The kinetic chain: from measurements, answers and field tests to the link at which the load piles up."""

from kinechain.chain.findings import find
from kinechain.chain.judge import Judgement, JudgeParameters, judge

__all__ = ["JudgeParameters", "Judgement", "find", "judge"]
