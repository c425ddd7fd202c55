"""Columns and types of the tables that are computed, and the codes they hold."""

from __future__ import annotations

TEXT, NUMBER, INTEGER, DATE, FLAG = "str", "float64", "int64", "datetime64[s]", "bool"

#: Where a value comes from: typed by the analyst (or added up from population.csv), or a formula.
OBSERVED, DERIVED = "observé", "dérivé"

#: Kind of an edition that was never published, made of what later sources say of its year.
RECONSTITUTED = "reconstituée"

#: Columns of ``values``: one row for each indicator × territory × period.
VALUES = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "kind": TEXT,
    "measure": TEXT, "direction": TEXT, "chapter": TEXT, "action": TEXT, "origin": TEXT,
    "value": NUMBER, "qualifier": TEXT, "status": TEXT, "period_start": DATE, "period_end": DATE,
    "rank": INTEGER, "precision": NUMBER, "stage": TEXT, "payer": TEXT, "nature": TEXT,
    "policy": TEXT, "source": TEXT, "locator": TEXT, "note": TEXT, "edition": INTEGER,
    "file": TEXT, "line": INTEGER, "formula": TEXT, "terms": TEXT, "missing": TEXT,
}  # fmt: skip

#: Columns that ``Edition.rows`` leaves out: the line where a row was typed shifts with every row
#: that comes before it, and no chapter is to be made again for that.
SHIFTING = {"values": ("line",)}

#: Columns of ``comparisons``: indicator × territory with at least two periods.
COMPARISONS = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "measure": TEXT,
    "chapter": TEXT, "action": TEXT,
    "latest": NUMBER, "latest_start": DATE, "latest_end": DATE, "latest_qualifier": TEXT,
    "latest_status": TEXT,
    "precedent": NUMBER, "precedent_start": DATE, "precedent_end": DATE,
    "precedent_qualifier": TEXT, "precedent_status": TEXT,
    "comparable": FLAG, "reason": TEXT, "reservation": TEXT, "growth_pct": NUMBER,
    "difference": NUMBER, "monthly_latest": NUMBER, "monthly_precedent": NUMBER,
}  # fmt: skip

#: Columns of ``progress``: one row for each target.
PROGRESS = {
    "indicator": TEXT, "title": TEXT, "unit": TEXT, "chapter": TEXT, "action": TEXT,
    "target_value": NUMBER, "target_qualifier": TEXT, "target_date": DATE, "value": NUMBER,
    "qualifier": TEXT, "value_date": DATE, "distance": NUMBER, "attained_pct": NUMBER,
    "observed_pace_per_year": NUMBER, "required_pace_per_year": NUMBER, "verdict": TEXT,
    "reason": TEXT, "source": TEXT, "locator": TEXT,
}  # fmt: skip

#: Columns of ``checks``: one row for each printed figure of statements.csv.
CHECKS = {
    "id": TEXT, "locator": TEXT, "indicator": TEXT, "title": TEXT, "unit": TEXT,
    "printed_value": NUMBER, "precision": NUMBER, "recomputed": NUMBER, "rounded": NUMBER,
    "difference": NUMBER, "verdict": TEXT, "reason": TEXT, "note": TEXT,
}  # fmt: skip

#: Columns of ``inhabitants``: one row for each commune that is a member in the edition's year.
#: ``former`` is its municipal population at the vintage ``since``, ``growth_pct_per_year`` the mean
#: from there to ``vintage``; both empty, and ``since`` equal to ``vintage``, where nothing is known
#: far enough back. ``missing`` says why a growth is not given.
INHABITANTS = {
    "insee": TEXT, "name": TEXT, "vintage": INTEGER, "in_force": DATE, "municipal": NUMBER,
    "total": NUMBER, "since": INTEGER, "former": NUMBER, "growth_pct_per_year": NUMBER,
    "missing": TEXT,
}  # fmt: skip

#: Columns of ``files``: one row for each file of ``raw/`` that the edition may read.
FILES = {"file": TEXT, "bytes": INTEGER, "sha256": TEXT}
#: Columns of ``controls``: one row for each thing controlled. ``file`` and ``row`` say where the
#: value was typed, ``discrepancy`` which row of the register explains an alert.
CONTROLS = {
    "id": TEXT, "control": TEXT, "indicator": TEXT, "title": TEXT, "verdict": TEXT,
    "message": TEXT, "file": TEXT, "row": TEXT, "discrepancy": TEXT,
}  # fmt: skip
