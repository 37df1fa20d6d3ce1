"""Field tests: what was measured by hand beside the clips, such as the knee-to-wall distance."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from kinechain.model.assessment import SideOrBoth


class FieldTest(BaseModel):
    """One result of a field test; names, units and norms stand in `knowledge`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    side: SideOrBoth
    value: float | str

    @property
    def id(self) -> str:
        """Name under which a hypothesis refers to this result."""
        return f"test.{self.name}.{self.side}"
