"""What the ids of evidence are called: a reader sees labels, never ids."""

from __future__ import annotations

from kinechain import glossary
from kinechain.knowledge.field_tests import field_tests
from kinechain.model.assessment import Assessment, Hypothesis, Measurement
from kinechain.report.clip_names import clip_names
from kinechain.report.knowledge_texts import intake_answer, intake_label, node_label
from kinechain.report.rows import RowMaker
from kinechain.report.states import side_of
from kinechain.report.words import Words
from kinechain.text import Language

_SIDES = ("left", "right", "both")


class Labels:
    """Names findings, contrasts, field tests, intake answers and hypotheses in one language."""

    def __init__(self, assessment: Assessment, maker: RowMaker, language: Language, words: Words) -> None:
        self._measurement = assessment.judged_numbers()
        self._finding = {f.id: f for f in assessment.findings}
        self._contrast = {c.id: c for c in assessment.contrasts}
        self._intake = assessment.intake
        self._file = clip_names(assessment.clips)
        self._maker = maker
        self._language: Language = language
        self._words = words

    def evidence(self, identity: str) -> str:
        """Return what a piece of evidence is called, with its value where there is one."""
        finding = self._finding.get(identity)
        if finding is not None:
            verdict = self._words["verdict"][finding.verdict]
            return self._words["evidence"]["judged"].format(
                what=self.measurement(self._measurement[finding.measurement]), verdict=verdict
            )
        if identity in self._measurement:
            return self.measurement(self._measurement[identity])
        contrast = self._contrast.get(identity)
        if contrast is not None:
            label = glossary.quantity(contrast.name).label[self._language]
            kind = self._words["contrast"][contrast.kind]
            return self._words["evidence"]["contrast"].format(label=label, kind=kind)
        return self._named(identity)

    def evidence_list(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        """Return the labels of several pieces of evidence, each once."""
        return tuple(dict.fromkeys(self.evidence(identity) for identity in identities))

    def measurement(self, measurement: Measurement) -> str:
        """Return label, side and value of a measurement, and its clip where another clip has the same."""
        label = self.quantity(measurement.name, measurement.clip)
        value = self._maker.value_text(measurement)
        side = "" if measurement.side == "both" else self._words["side"][measurement.side]
        parts = [part for part in (side, value) if part]
        return self._words["evidence"]["measured"].format(label=label, value=" ".join(parts)) if parts else label

    def quantity(self, name: str, clip: str) -> str:
        """Return the label of a quantity, with the file of its clip where several clips have a value of it."""
        label = glossary.quantity(name).label[self._language]
        clips = {m.clip for m in self._measurement.values() if m.name == name and m.value is not None}
        if len(clips) < 2 or clip not in self._file:
            return label
        return self._words["not_judged"]["side_only"].format(label=label, side=self._file[clip])

    def hypothesis(self, hypothesis: Hypothesis) -> str:
        """Return the name of a link or of a rival, with its side."""
        side = side_of(hypothesis)
        node = hypothesis.id.removesuffix(f"_{side}")
        name = node_label(node, self._language) or self._words["evidence"]["other_view"]
        if side == "both":
            return name
        return self._words["not_judged"]["side_only"].format(label=name, side=self._words["side"][side])

    def _named(self, identity: str) -> str:
        parts = identity.split(".")
        if parts[0] == "contrast" and parts[-1] in self._words["contrast"]:
            return self._words["contrast"][parts[-1]]
        if parts[0] == "intake":
            return self._answered(parts[-1])
        side = next((part for part in parts if part in _SIDES), None)
        label = next((found for found in map(self._one, parts) if found is not None), None)
        if label is None:
            return self._words["evidence"]["other"]
        if side in (None, "both"):
            return label
        return self._words["not_judged"]["side_only"].format(label=label, side=self._words["side"][str(side)])

    def _answered(self, key: str) -> str:
        """Return a question of the intake, with its answer where there is one."""
        words = self._words["evidence"]
        question = intake_label(key, self._language) or words["other"]
        answer = intake_answer(key, self._intake.get(key), self._words["answered"], self._language)
        return question if answer is None else words["answered"].format(question=question, answer=answer)

    def _one(self, part: str) -> str | None:
        """Return the label of one part of an id: a quantity, a field test or an intake key."""
        if part in glossary.quantities():
            return glossary.quantity(part).label[self._language]
        if part in field_tests():
            return field_tests()[part].label[self._language]
        return self._words["clip_to_film"].get(part) or intake_label(part, self._language)
