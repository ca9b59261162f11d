"""The page that a report becomes: what was done to each file of a set, to be seen, heard and compared."""

from eqmorph.report.embed import Codec
from eqmorph.report.find import FoundReport, find_report, report_of_run
from eqmorph.report.make import MadeReport, is_report_page, make_report

__all__ = [
    "Codec",
    "FoundReport",
    "MadeReport",
    "find_report",
    "is_report_page",
    "make_report",
    "report_of_run",
]
