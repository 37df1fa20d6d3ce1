"""Field tests: what was measured by hand beside the clips, such as the knee-to-wall distance."""

from kinechain.model.assessment import FieldTest

__all__ = ["FieldTest"]
