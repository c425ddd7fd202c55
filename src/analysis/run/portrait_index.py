"""The page that lists the portraits of a campaign: by department, with a few figures of each, what
failed and what is still to be made. It asks nothing of the network and is whole without a script.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from analysis.compute import national
from analysis.show.page_safety import guard
from analysis.words.french import format_count, format_number

#: The figures shown of each territory, and the head of their columns.
FIGURES = {
    "population-en-vigueur": "Habitants",
    "densite": "Densité (hab./km²)",
    "evolution-population": "Évolution (% par an)",
}
#: What the official short words of a nature stand for.
NATURES = {
    "CC": "Communauté de communes",
    "CA": "Communauté d’agglomération",
    "CU": "Communauté urbaine",
    "METRO": "Métropole",
    "MET69": "Métropole à statut particulier",
}


def _list_cells(values: pd.DataFrame, siren: str) -> list[str]:
    steps = national.list_context().set_index("id")["precision"]
    cells = []
    for indicator in FIGURES:
        value = values.at[siren, indicator] if siren in values.index else None
        known = value is not None and pd.notna(value)
        signed = indicator.startswith("evolution")
        cells.append(format_number(value, steps[indicator], signed=signed) if known else "—")
    return cells


def _group(rows: pd.DataFrame, values: pd.DataFrame, done: Collection[str]) -> list[dict[str, Any]]:
    """Departments in the order of their codes, each with its territories by name."""
    groups = []
    for (code, name), members in rows.groupby(["department", "department_name"], sort=True):
        listed = [
            {
                "siren": row.siren,
                "name": row.name.replace("'", "’"),
                "nature": row.nature,
                "cells": _list_cells(values, row.siren),
                "done": row.siren in done,
            }
            for row in members.sort_values("name").itertuples(index=False)
        ]
        groups.append({"code": code, "name": name.replace("'", "’"), "rows": listed})
    return groups


def compose_index(
    year: int, done: Collection[str], failed: Mapping[str, str], waiting: Collection[str]
) -> str:
    """The page, of territories (SIREN) whose portrait is there, failed (and why: French), or is
    still to be made."""
    from analysis.execute.review_copies import compose_styles, get_template, read_script

    known = national.read_national("territories")
    values = national.compute_context(year).pivot(
        index="siren", columns="indicator", values="value"
    )
    values = values.reindex(columns=list(FIGURES))
    rows = known[known["siren"].isin({*done, *waiting, *failed})]
    names = known.set_index("siren")["name"]
    counts = rows["nature"].value_counts()
    natures = [
        {"code": code, "name": name, "count": int(counts[code])}
        for code, name in NATURES.items()
        if code in counts
    ]
    problems = sorted((names.get(siren, ""), siren, text) for siren, text in failed.items())
    vintages = national.choose_vintages(year)
    page = get_template("portraits.html.j2").render(
        year=year,
        perimeter=vintages.perimeter,
        vintage=vintages.population,
        earlier=vintages.earlier,
        done=format_count(len(done), "portrait", "portraits"),
        failed=format_count(len(failed), "échec", "échecs") if failed else "",
        waiting=f"{format_number(len(waiting))} à faire" if waiting else "",
        heads=list(FIGURES.values()),
        natures=natures,
        groups=_group(rows, values, done),
        failures=[{"name": name, "siren": siren, "text": t} for name, siren, t in problems],
        styles=compose_styles("", "style/fonts"),
        script=read_script("carnet/portraits.js"),
    )
    return guard(page, "des portraits")
