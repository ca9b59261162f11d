"""Many files: find them, plan where each goes, run them side by side, remember what is done."""

from eqmorph.batch.album import album_eq
from eqmorph.batch.analyze import Analysis, AnalysisSettings, AnalysisTask, analyze_files, plan_analyses
from eqmorph.batch.find import Source, find_sources
from eqmorph.batch.journal import Journal
from eqmorph.batch.plan import Existing, Job, plan_jobs
from eqmorph.batch.run import FileResult, Outcome, run_batch, usable_cores

__all__ = [
    "Analysis",
    "AnalysisSettings",
    "AnalysisTask",
    "Existing",
    "FileResult",
    "Job",
    "Journal",
    "Outcome",
    "Source",
    "album_eq",
    "analyze_files",
    "find_sources",
    "plan_analyses",
    "plan_jobs",
    "run_batch",
    "usable_cores",
]
