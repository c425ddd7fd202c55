"""Papermill once for each chapter and year: which notebooks (``jobs``), how one is executed
(``notebook_run``, in one of two ``kernels``), in which processes (``pool``), and the copies that
reviewers read (``review_copies``); a portrait without dossier (``portrait_run``). What is kept of
the results is not known here.
"""

from analysis.execute.jobs import (
    CALCULATIONS,
    TEMPLATES,
    Failure,
    Job,
    Outcome,
    UnknownParameter,
    check_parameters,
    plan_jobs,
    read_parameters,
)
from analysis.execute.notebook_run import FIGURES, NARROW, PLAIN, READS, TIMEOUT, WARM, execute_job
from analysis.execute.pool import call_apart, can_fork, open_pool, run_each, start_server
