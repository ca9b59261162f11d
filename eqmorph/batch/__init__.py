"""Many files: find them, plan where each goes, run them side by side, remember what is done."""

from eqmorph.batch.find import Source, find_sources
from eqmorph.batch.folder import Batch, prepare_batch
from eqmorph.batch.hear import hear_set
from eqmorph.batch.isolated import Limits
from eqmorph.batch.jobs import Job
from eqmorph.batch.journal import Journal
from eqmorph.batch.links import find_inside
from eqmorph.batch.measure import measure_set
from eqmorph.batch.plan import Existing, plan_jobs
from eqmorph.batch.run import FileResult, Outcome, run_batch
from eqmorph.batch.shard import Shard
from eqmorph.batch.threads import on_threads, usable_cores
from eqmorph.batch.watch import FolderWatch, Watched

__all__ = [
    "Batch",
    "Existing",
    "FileResult",
    "FolderWatch",
    "Job",
    "Journal",
    "Limits",
    "Outcome",
    "Shard",
    "Source",
    "Watched",
    "find_inside",
    "find_sources",
    "hear_set",
    "measure_set",
    "on_threads",
    "plan_jobs",
    "prepare_batch",
    "run_batch",
    "usable_cores",
]
