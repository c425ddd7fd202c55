"""Papermill once for each chapter and year: order, parallelism, progress, failures.

May import ``paths`` and ``store``; the notebooks themselves import the rest in their own kernels.
``jobs`` says what is executed, ``kernels`` in what, ``execution`` does it.
"""

from analysis.runner.execution import run_jobs
from analysis.runner.jobs import (
    TEMPLATES,
    Failure,
    Job,
    Outcome,
    Run,
    TemplateError,
    UnknownParameter,
    check_parameters,
    plan_jobs,
    read_parameters,
)

__all__ = [
    "TEMPLATES",
    "Failure",
    "Job",
    "Outcome",
    "Run",
    "TemplateError",
    "UnknownParameter",
    "check_parameters",
    "plan_jobs",
    "read_parameters",
    "run_jobs",
]
