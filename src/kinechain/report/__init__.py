"""Report: an Assessment and the files beside it become one page a language. Reads, never computes."""

from kinechain.report.page import write_reports

__all__ = ["write_reports"]
