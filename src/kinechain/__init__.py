"""kinechain: running gait from phone video, with an error bar on every number."""

from importlib.metadata import version

__version__ = version("kinechain")
