"""The notebook of a portrait, executed without any dossier, and its page for readers."""

from __future__ import annotations

from pathlib import Path

from analysis.execute.jobs import Job, Outcome
from analysis.execute.notebook_run import execute_job

#: What the page is called, and the page that lists all of them, seen from it.
KIND, HOME = "Portrait du territoire", "../index.html"


def execute_portrait(job: Job, folder: Path, engine: str) -> Outcome:
    """Execute the notebook in ``folder`` and make its page there; see ``execute_job``."""
    outcome = execute_job(job, None, folder, engine)
    if outcome.failure is None:
        from analysis.execute.review_copies import Heading, export_review

        year, siren = job.parameters["year"], job.parameters["territory"]
        given = f"{job.template.name} (territory = {siren}, year = {year})"
        heading = Heading(job.title, year, notebook=given, kind=KIND, home=HOME)
        export_review(folder / f"{job.name}.ipynb", folder, heading=heading)
    return outcome
