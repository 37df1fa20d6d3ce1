"""Points found by another program or a laboratory, brought into the project's pose form."""

from kinechain.pose.importers.entry import is_points, read_points
from kinechain.pose.importers.raw import About

__all__ = ["About", "is_points", "read_points"]
