"""Key figures: a number in large type, what it counts, its period and how it has moved.

As Markdown they are a list in a box, ``::: {.chiffres-cles}``: a list in HTML, cards on paper
(``filters/keyfigures.lua``).
"""

from __future__ import annotations

import pandas as pd

from analysis.model.references import MONEY, PERCENT, Value
from analysis.model.store import DERIVED, Edition, list_terms, to_records
from analysis.show.tables.evolutions import describe_evolution
from analysis.show.tables.registers import list_unanswered
from analysis.show.tables.value_rows import (
    FORECAST,
    describe_period,
    list_details,
    name_row,
    read_own_values,
    read_reference_values,
    title_row,
)
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.progress_words import describe_gap, describe_goal
from analysis.words.smallmarkdown import write_plain

KEY_FIGURES = 10
PER_ACTION = 2
#: What key_figures.csv calls the report as a whole.
WHOLE = "sommaire"


def choose_key_figures(edition: Edition, chapter: str, count: int = KEY_FIGURES) -> pd.DataFrame:
    """Rows of ``values``: the chapter's key figures as key_figures.csv lists them.

    Where the list is silent, at most ``count`` of those that say most: targets, then results and
    impacts, then comparable values, then what was done; in the order of the actions."""
    own = ["", edition.territory["id"]]
    listed = edition.rows("key_figures", chapter=chapter).sort_values("order")
    if len(listed):
        places = {id: place for place, id in enumerate(listed["indicator"])}
        chosen = read_own_values(edition, indicator=list(places)).drop_duplicates("indicator")
        return chosen.sort_values("indicator", key=lambda column: column.map(places))
    rows = read_reference_values(edition, chapter=chapter)
    rows = rows[(rows["missing"] == "") & rows["territory"].isin(own)]

    if rows.empty:
        return rows
    weights = [_weigh(edition, row) for row in rows.itertuples()]
    ranked = rows.assign(weight=weights).sort_values("weight", kind="stable")
    # Two for each action first, so that one well-documented action does not hide the others.
    place_in_action = ranked.groupby("action", sort=False).cumcount()
    ranked = ranked.assign(crowded=(place_in_action >= PER_ACTION) & (ranked["action"] != ""))
    chosen = ranked.sort_values(["crowded", "weight"], kind="stable").head(count)
    actions = edition.rows("actions", id=list(chosen["action"].unique()))
    order = {id: rank for rank, id in enumerate(actions["id"])}
    chosen = chosen.assign(place=chosen["action"].map(order).fillna(-1))
    return chosen.sort_values(["place", "catalogue"], kind="stable")


def choose_headline(edition: Edition, chapter: str) -> pd.DataFrame:
    """The figure that stands for a chapter, one row or none: of its key figures that are known,
    the first that key_figures.csv lists for the whole report, else the first."""
    rows = choose_key_figures(edition, chapter)
    known = rows[rows["missing"] == ""]
    whole = edition.rows("key_figures", chapter=WHOLE)["indicator"]
    listed = known[known["indicator"].isin(whole)]
    return (listed if len(listed) else known).head(1)


def _weigh(edition: Edition, row: object) -> int:
    """0 for what says most; forecasts and undated values count less."""
    settled = row.status != FORECAST and not pd.isna(row.period_end)
    return _weigh_kind(edition, row) + (0 if settled else 2)


def _weigh_kind(edition: Edition, row: object) -> int:
    """0 for what says most. Calculated values come after what they are calculated from."""
    if len(edition.rows("targets", indicator=row.indicator)):
        return 0
    derived = row.origin == DERIVED
    if row.kind in ("résultat", "impact"):
        return 3 if derived else 1
    if len(edition.rows("comparisons", indicator=row.indicator)):
        return 1
    if derived:
        return 5
    return 2 if row.kind == "réalisation" or row.unit == MONEY else 4


def describe_target(edition: Edition, row: object) -> str:
    """« objectif : 100 000 arbres en 2020, rythme insuffisant » as a span: what is wanted, then how
    far it is or whether the pace leads there; empty where the edition states nothing."""
    target = edition.value(f"{row.indicator}:cible")
    for progress in to_records(edition.rows("progress", indicator=row.indicator)):
        if target.value is not None and progress["target_date"] == target.period_end:
            gap = "" if progress["required_pace_per_year"] else describe_gap(edition, progress)
            said = prose.mark_value(edition, target, gap) or progress["verdict"]
            return f"[{write_plain(f'{describe_goal(edition, progress)}, {said}')}]{{.cible}}"
    return ""


def _split_unit(edition: Edition, value: Value) -> tuple[str, str]:
    """The number to be set large, with its symbol if it has one, and the unit in words."""
    if value.unit == MONEY or edition.unit(value.unit)["symbol"]:
        return prose.format_quantity(edition, value), ""
    return prose.split_quantity(edition, value)


def describe_figure(edition: Edition, row: object) -> str:
    """One key figure: number and unit, title, period, change, target, each on a line."""
    value = edition.value(name_row(row))
    if value.value is None:
        number, unit = prose.mark_value(edition, value, french.MISSING), ""
    else:
        large, unit = _split_unit(edition, value)
        number = mark(large, prose.name_reference(edition, value))
    details = ", ".join(list_details(edition, row)) if value.value is not None else ""
    period = describe_period(edition, row)
    lines = [
        f"[{write_plain(number)}]{{.chiffre}}"
        + (f" [{write_plain(unit)}]{{.unite}}" if unit else ""),
        f"[{write_plain(title_row(edition, row))}]{{.intitule}}",
        f"[{write_plain(', '.join(filter(None, (details, period))))}]{{.periode}}",
        describe_evolution(edition, row),
        describe_target(edition, row),
    ]
    shown = [line for line in lines if line and not line.startswith("[]")]
    return "\\\n".join(shown)


def read_figure(edition: Edition, row: object) -> dict[str, str]:
    """The words of a figure that is known: ``chiffre`` (the number, with its symbol if it has one),
    ``unite`` in words, ``intitule``, ``periode`` after its reserves."""
    large, unit = _split_unit(edition, edition.value(name_row(row)))
    details = ", ".join([*list_details(edition, row), describe_period(edition, row)]).strip(", ")
    title = title_row(edition, row)
    return {"chiffre": large, "unite": unit, "intitule": title, "periode": details}


def describe_headline(edition: Edition, row: object) -> str:
    """A figure in one line, for a card: number, unit, title, period."""
    words = read_figure(edition, row)
    reference = prose.name_reference(edition, edition.value(name_row(row)))
    words["chiffre"] = mark(words["chiffre"], reference)
    return " ".join(f"[{write_plain(text)}]{{.{name}}}" for name, text in words.items() if text)


def list_figures(edition: Edition, rows: pd.DataFrame, label: str) -> str:
    """Rows of ``values`` as a box of key figures; ``label`` names it for who cannot see it."""
    if rows.empty:
        return ""
    figures = [describe_figure(edition, row) for row in rows.itertuples()]
    items = "\n".join("- " + figure.replace("\n", "\n  ") for figure in figures)
    return f'::: {{.chiffres-cles role="group" aria-label="{label}"}}\n{items}\n:::'


def list_key_figures(edition: Edition, chapter: str, count: int = KEY_FIGURES) -> str:
    """The chapter's key figures (``choose_key_figures``) as a box, but those that are yet to be
    given."""
    chosen = choose_key_figures(edition, chapter, count)
    awaited = edition.find_awaited(chapter=chapter)
    awaited |= {request["indicator"] for request in list_unanswered(edition, chapter=chapter)}
    waits = [
        not awaited.isdisjoint([row.indicator, *list_terms(row)]) for row in chosen.itertuples()
    ]
    chosen = chosen[(chosen["missing"] == "") | ~pd.Series(waits, chosen.index, dtype=bool)]
    return list_figures(edition, chosen, "Chiffres clés du chapitre")


def show_headline(edition: Edition, chapter: str) -> str:
    """The figure that stands for a chapter, in a box, with a gauge where it is a part of something:
    of its target, else of a hundred."""
    for row in choose_headline(edition, chapter).itertuples():
        part = edition.value(name_row(row)).value if row.unit == PERCENT else None
        for progress in to_records(edition.rows("progress", indicator=row.indicator)):
            part = progress["attained_pct"]
        gauge = ""
        if part is not None and 0 <= part <= 100:
            gauge = f'\n\n[]{{.trait style="--part:{part:.1f}%"}}'
        return f"::: {{.repere}}\n{describe_figure(edition, row)}{gauge}\n:::"
    return ""
