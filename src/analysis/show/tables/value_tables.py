"""Tables of values: facts of an action, targets, periods, checks.

Computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.model.references import MONEY, Value
from analysis.model.store import DERIVED, Edition
from analysis.show.tables.pipe_tables import format_markdown
from analysis.show.tables.row_text import capitalise, describe_locator, read_text
from analysis.words import french, prose
from analysis.words.hidden_markup import end_sentence

#: From this share of rows on, what came before has a column of its own.
BEFORE_COLUMN = 0.2
FORECAST = "prévisionnel"
#: Payers that name nobody in particular.
UNNAMED_PAYERS = ("ensemble", "non-precise")


def read_reference_values(edition: Edition, **wanted: str | list[str]) -> pd.DataFrame:
    """Rows of ``values`` that references give by default, in the order of the catalogue; ``wanted``
    as ``Edition.rows`` takes it."""
    values = edition.rows("values", rank=0, **wanted)
    order = {id: rank for rank, id in enumerate(values["indicator"].unique())}
    return values.assign(catalogue=values["indicator"].map(order)).sort_values(
        ["catalogue", "territory"], kind="stable"
    )


def read_own_values(edition: Edition, **wanted: str | list[str]) -> pd.DataFrame:
    """Rows of ``read_reference_values``: of an indicator that the territory has a value of, that
    one alone; of the others, whatever is known (the country's, each commune's)."""
    rows = read_reference_values(edition, **wanted)
    foreign = ~rows["territory"].isin(["", edition.territory["id"]])
    return rows[~(foreign & rows["indicator"].isin(rows.loc[~foreign, "indicator"]))]


def name_row(row: object) -> str:
    """The reference of a row of ``values``."""
    return f"{row.indicator}@{row.territory}" if row.territory else row.indicator


def title_row(edition: Edition, row: object) -> str:
    """The indicator's title, with the territory where it is another than the report's own."""
    return prose.title_value(edition, row.title, row.territory)


def _quantity(edition: Edition, value: Value) -> str:
    return prose.mark_quantity(edition, value)


def describe_amount(edition: Edition, row: object) -> str:
    """The value with qualifier and unit; for an amount, its stage and a named payer other than
    the territory; why it is missing where it is."""
    value = edition.value(name_row(row))
    if value.value is None:
        return prose.mark_value(edition, value, prose.describe_missing(value))
    details = list_details(edition, row)
    return _quantity(edition, value) + (f" ({', '.join(details)})" if details else "")


def list_details(edition: Edition, row: object) -> list[str]:
    """The stage of an amount, and its payer where it is another than the territory."""
    if row.unit != MONEY:
        return []
    details = [row.stage] if row.stage else []
    if row.payer and row.payer not in (edition.territory["id"], *UNNAMED_PAYERS):
        payers = edition.payers.set_index("id")["name"]
        details.append(payers.get(row.payer, row.payer))
    return details


def describe_period(row: object) -> str:
    """« janvier à octobre 2017 (provisoire) », « prévision sans date »; empty where the value
    is missing."""
    if row.missing:
        return ""
    start, end = (None if pd.isna(day) else day for day in (row.period_start, row.period_end))
    # Under the heading « Période », « date » need not be said again.
    undated = start is None and end is None
    name = "non précisée" if undated else french.name_period(start, end)
    if row.status in ("", "définitif") or row.origin == DERIVED:
        return name
    if undated and row.status == FORECAST:
        return "prévision sans date"
    return f"{name} ({'prévision' if row.status == FORECAST else row.status})"


def describe_origin(edition: Edition, row: object) -> str:
    """« calcul », the lines of the source, or the source's title where it has no lines."""
    if row.origin == DERIVED:
        return "calcul"
    locator = describe_locator(row.locator)
    if locator:
        return locator
    titles = edition.sources.set_index("id")["title"]
    return titles.get(row.source, read_text(row.source))


def describe_evolution(edition: Edition, row: object) -> str:
    """The value before and the growth, or why there is none; empty where nothing came before."""
    before = edition.value(f"{name_row(row)}:precedent")
    if before.value is None:
        return ""
    period = french.name_period(before.period_start, before.period_end)
    said = f"{_quantity(edition, before)} ({period})"
    growth = edition.value(f"{name_row(row)}:evolution")
    if growth.value is not None:
        return f"{said} ; {_quantity(edition, growth)}"
    if growth.missing:
        return f"{said} ; {prose.mark_value(edition, growth, growth.missing)}"
    return said


def _tabulate_rows(edition: Edition, rows: pd.DataFrame, caption: str, id: str) -> str:
    """Indicator, value, period, what came before, source. Where few values have one before, it
    is said beside the value instead of in a column that would stand nearly empty."""
    lines = [
        {
            "Indicateur": title_row(edition, row),
            "Valeur": describe_amount(edition, row),
            "Période": describe_period(row),
            "Avant, évolution": describe_evolution(edition, row),
            "Source": describe_origin(edition, row),
        }
        for row in rows.itertuples()
    ]
    frame = pd.DataFrame(lines)
    if frame.empty:
        return ""
    widths = [32, 22, 18, 24, 12]
    before = frame["Avant, évolution"]
    if before.astype(bool).mean() < BEFORE_COLUMN:
        said = before.where(before == "", " ; avant : " + before)
        frame = frame.assign(Valeur=frame["Valeur"] + said).drop(columns="Avant, évolution")
        widths = [40, 28, 20, 12]
    return format_markdown(frame, caption, id, widths=widths)


def tabulate_facts(edition: Edition, chapter: str, action: str) -> str:
    """What is measured of an action: observed values first, then the calculated ones."""
    rows = read_reference_values(edition, chapter=chapter, action=action)
    rows = rows.sort_values("origin", key=lambda origin: origin == DERIVED, kind="stable")
    # The heading just above says which action it is.
    return _tabulate_rows(edition, rows, "Chiffres de l’action", f"{chapter}-{action}-faits")


def tabulate_other_facts(edition: Edition, chapter: str) -> str:
    """What is known of actions that this edition does not describe, and of the whole chapter where
    it describes none; the key figures are not said again."""
    rows = read_reference_values(edition, chapter=chapter)
    listed = edition.rows("key_figures", chapter=chapter)["indicator"]
    rows = rows[(rows["missing"] == "") & ~rows["indicator"].isin(listed)]
    if len(edition.rows("actions", chapter=chapter)):
        described = [id for id in rows["action"].unique() if _is_described(edition, id)]
        rows = rows[(rows["action"] != "") & ~rows["action"].isin(described)]
    rows = rows.sort_values("origin", key=lambda origin: origin == DERIVED, kind="stable")
    return _tabulate_rows(
        edition, rows, "Autres chiffres connus du chapitre", f"{chapter}-autres-chiffres"
    )


def _is_described(edition: Edition, action: str) -> bool:
    """Whether this edition describes an action, short-term action or improvement."""
    return any(
        len(edition.rows(table, id=action)) for table in ("actions", "planned", "improvements")
    )


# --- targets, comparability, checks ------------------------------------------------------------


def _pace(edition: Edition, row: object, number: float) -> str:
    if pd.isna(number):
        return ""
    unit = edition.unit(row.unit)
    step = 1 if abs(number) >= 10 else 0.1
    word = unit["symbol"] or french.choose_form(number, unit["singular"], unit["plural"])
    return f"{french.format_number(number, step)} {word} par an"


def tabulate_progress(edition: Edition) -> str:
    """Targets, where the value stands, the paces, and the verdict."""
    lines = []
    for row in edition.progress.itertuples():
        target = edition.value(f"{row.indicator}:cible")
        value = edition.value(row.indicator)
        due = "sans échéance" if pd.isna(row.target_date) else french.format_date(row.target_date)
        paces = [
            f"{name} : {prose.mark_value(edition, target, _pace(edition, row, number))}"
            for name, number in (
                ("observé", row.observed_pace_per_year),
                ("nécessaire", row.required_pace_per_year),
            )
            if not pd.isna(number)
        ]
        attained = (
            ""
            if pd.isna(row.attained_pct)
            else prose.mark_value(edition, target, french.format_percentage(row.attained_pct, 0.1))
        )
        reason = f" ({row.reason})" if row.reason else ""
        lines.append(
            {
                "Indicateur": value.title,
                "Objectif": f"{_quantity(edition, target)} ({due})",
                "Valeur": _quantity(edition, value),
                "Atteint": attained,
                "Rythme": " ; ".join(paces) or "sans objet",
                "Constat": f"{row.verdict}{reason}",
            }
        )
    return format_markdown(
        pd.DataFrame(lines),
        "Objectifs énoncés par la source et chemin restant",
        "annexes-objectifs",
        widths=[22, 20, 14, 9, 18, 17],
        right=("Atteint",),
    )


def tabulate_not_comparable(edition: Edition) -> str:
    """Pairs of values whose periods forbid a growth, with the monthly rates that may be set side
    by side."""
    rows = edition.comparisons[~edition.comparisons["comparable"].astype(bool)]
    lines = []
    for row in rows.itertuples():
        reference = f"{row.indicator}@{row.territory}"
        after, before = edition.value(reference), edition.value(f"{reference}:precedent")
        lines.append(
            {
                "Indicateur": after.title,
                "Avant": _with_period(edition, before),
                "Après": _with_period(edition, after),
                "Raison": row.reason.removeprefix("périodes non comparables : "),
                "Par mois": _monthly(edition, row, (before, after)),
            }
        )
    return format_markdown(
        pd.DataFrame(lines),
        "Couples de valeurs aux périodes non comparables",
        "annexes-comparabilite",
        widths=[24, 20, 24, 18, 14],
    )


def _with_period(edition: Edition, value: Value) -> str:
    period = french.name_period(value.period_start, value.period_end)
    return f"{_quantity(edition, value)} ({period})"


def _monthly(edition: Edition, row: object, values: tuple[Value, Value]) -> str:
    """« 2,8 puis 11,8 », each rate qualified as its value is."""
    rates = (row.monthly_precedent, row.monthly_latest)
    if any(pd.isna(rate) for rate in rates):
        return ""
    step = 0.1 if min(rates) < 100 else 1
    words = []
    for value, rate in zip(values, rates, strict=True):
        said = f"{french.QUALIFIER_WORDS[value.qualifier]} {french.format_number(rate, step)}"
        words.append(prose.mark_value(edition, value, said.strip()))
    return " puis ".join(words)


def tabulate_statements(edition: Edition) -> str:
    """Printed figures against the calculation, discrepancies first."""
    order = {"écart": 0, "invérifiable": 1, "arrondi": 2, "exact": 3}
    checks = edition.checks
    rows = checks.assign(place=checks["verdict"].map(order).fillna(9)).sort_values(
        "place", kind="stable"
    )
    lines = [
        {
            "Repère": describe_locator(row.locator),
            "Chiffre": row.title or read_text(row.indicator),
            "Imprimé": _number(edition, row.printed_value, row.precision, row.unit),
            "Recalculé": _mark_recomputed(edition, row),
            "Verdict": row.verdict,
            "Remarque": _end(capitalise(_join([read_text(row.reason), read_text(row.note)]))),
        }
        for row in rows.itertuples()
    ]
    return format_markdown(
        pd.DataFrame(lines),
        "Chiffres imprimés et chiffres recalculés",
        "annexes-verifications",
        widths=[10, 24, 13, 14, 11, 28],
        right=("Imprimé", "Recalculé"),
    )


def _mark_recomputed(edition: Edition, row: object) -> str:
    number = _number(edition, row.recomputed, _finer_step(row), row.unit)
    if pd.isna(row.recomputed):
        return number
    return prose.mark_value(edition, edition.value(row.indicator), number)


def _finer_step(row: object) -> float:
    """The printed step where it shows the recomputed figure whole, else one decimal more."""
    if pd.isna(row.recomputed):
        return row.precision
    steps = row.recomputed / row.precision
    return row.precision if abs(steps - round(steps)) < 1e-6 else row.precision / 10


def _number(edition: Edition, number: float, step: float, unit: str) -> str:
    """A printed or recomputed figure with its unit; cents and thousandths are never shown."""
    if pd.isna(number):
        return french.MISSING
    said = prose.format_measure(edition, number, unit, max(step, 1 if unit == MONEY else 0.01))
    # Two such columns stand beside the remarks: a unit in words may go to the next line.
    return said.replace(french.NO_BREAK, " ")


def _end(text: str) -> str:
    return end_sentence(text) if text else ""


def _join(parts: Iterable[str]) -> str:
    return " ; ".join(part for part in parts if part)
