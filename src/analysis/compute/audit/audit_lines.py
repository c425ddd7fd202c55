"""What the checks and the controls of an edition found, in lines for who runs a command. Computes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.compute.audit import ALERT, CONFORM, UNCONTROLLED, find_unexplained_alerts
from analysis.compute.audit.printed_figures import (
    DISCREPANCY,
    EXACT,
    ROUNDED,
    UNVERIFIABLE,
    find_unexplained,
    is_recomputed,
)
from analysis.model.references import MONEY, find_in_prose
from analysis.model.schema import REFERRING, TEXT_HEADINGS, UNCONFIRMED
from analysis.model.store import Edition, to_records
from analysis.words import french, prose

#: Verdicts in the order in which they are said, singular and plural.
_PRINTED = {
    EXACT: ("exact", "exacts"),
    ROUNDED: ("arrondi", "arrondis"),
    DISCREPANCY: ("écart", "écarts"),
    UNVERIFIABLE: ("invérifiable", "invérifiables"),
}
_CONTROLS = {
    CONFORM: ("conforme", "conformes"),
    ALERT: ("alerte", "alertes"),
    UNCONTROLLED: ("non contrôlable", "non contrôlables"),
}


def list_unexplained(edition: Edition) -> list[str]:
    """Every discrepancy and every alert that discrepancies.csv does not explain, one a line."""
    return [*_list_statements(edition), *_list_alerts(edition)]


def list_unwritten(edition: Edition) -> list[str]:
    """Chapters of which a part of the text is empty: « climat (Enjeu, Analyse) »."""
    found = []
    for chapter in edition.chapters["id"]:
        text = edition.texts.get(chapter, {})
        headings = filter(None, text) if edition.is_reconstituted else TEXT_HEADINGS
        if empty := [heading for heading in headings if not text.get(heading, "").strip()]:
            found.append(f"{chapter} ({', '.join(empty)})")
    return found


def list_incomplete(edition: Edition) -> list[str]:
    """References of the texts and summaries to values that are not known, which the report will say
    are not available, one a line."""
    places = [
        (f"{name}.md", text) for name, parts in edition.texts.items() for text in parts.values()
    ]
    for table, columns in REFERRING.items():
        rows = to_records(getattr(edition, table))
        places += [(f"{table}.csv", row[name]) for row in rows for name in columns]
    lines: dict[str, None] = {}  # once for each place
    for place, text in places:
        for mention in find_in_prose(text):
            if (value := edition.value(mention.reference)).value is None:
                lines[f"{place} : {{{{{mention.reference}}}}} ({value.missing})"] = None
    return [*lines]


#: Feminine names of what is followed up, by table.
_ENTRIES = {
    "actions": ("action", "actions"),
    "planned": ("action à court terme", "actions à court terme"),
    "improvements": ("piste", "pistes"),
}


def describe_unanswered(edition: Edition) -> list[str]:
    """What nobody answered for: entries that stand as an earlier edition wrote them, milestones
    past their date and still awaited."""
    lines, counts = [], []
    for table, words in _ENTRIES.items():
        if number := int((getattr(edition, table)["followup"] == UNCONFIRMED).sum()):
            counts.append(french.format_count(number, *words))
    if counts:
        lines.append(f"Reprises sans confirmation d’un service : {french.join_list(counts)}.")
    if overdue := prose.describe_overdue(edition):
        lines.append("Échéances passées, dont rien ne dit qu’elles ont été tenues :")
        lines += [f"  - {line}" for line in overdue]
    if pairs := _list_dated_pairs(edition):
        lines.append(
            "Couples de not_comparable.csv repris d’une édition antérieure, dont une période qui"
            " manquait est maintenant connue (à relire) :"
        )
        lines += [f"  - {line}" for line in pairs]
    return lines


def _list_dated_pairs(edition: Edition) -> list[str]:
    """Pairs carried over of which a value had no period, and its newest one has."""
    values = edition.values
    undated = values[(values["rank"] > 0) & values["period_end"].isna() & values["value"].notna()]
    known = set(zip(undated["indicator"], undated["territory"], strict=True))
    lines = []
    for row in edition.not_comparable.dropna(subset="carried_from").itertuples():
        pair = [edition.value(reference) for reference in (row.first, row.second)]
        dated = [
            f"« {value.title} » ({french.name_period(value.period_start, value.period_end)})"
            for value in pair
            if value.period_end is not None and (value.indicator, value.territory) in known
        ]
        if dated:
            lines.append(f"{row.id} : {french.join_list(dated)}")
    return lines


def _list_statements(edition: Edition) -> Iterator[str]:
    checks = edition.checks.set_index("id")
    for id in find_unexplained(edition):
        row = checks.loc[id]
        printed, recomputed = (
            _write(edition, number, row["precision"], row["unit"])
            for number in (row["printed_value"], row["recomputed"])
        )
        word = "recalculé" if is_recomputed(edition, row["indicator"]) else "relevé"
        said = f"imprimé {printed}, {word} {recomputed}"
        yield f"{row['locator']} : « {row['title']} », {said} ({id})"


def _list_alerts(edition: Edition) -> Iterator[str]:
    controls = edition.controls.set_index("id")
    for id in find_unexplained_alerts(edition):
        row = controls.loc[id]
        place = [row["file"], *([f"ligne {row['row']}"] if row["row"] else [])]
        where = f" [{', '.join(place)}]" if row["file"] else ""
        yield f"« {row['title']} » : {row['message']}{where} ({id})"


def _write(edition: Edition, number: float, step: float, unit: str) -> str:
    """A printed or recomputed figure, whole: an amount is not rounded to the million here."""
    if unit == MONEY:
        return prose.format_measure(edition, number, unit, 1)
    shown = step if abs(number / step - round(number / step)) < 1e-6 else step / 10
    return prose.format_measure(edition, number, unit, shown)


def _sum_up(
    verdicts: pd.Series, words: Mapping[str, tuple[str, str]], fault: str, explained: str
) -> str:
    """How many of each verdict (``words``: singular and plural), and of the faults how many are
    explained."""
    counts = verdicts.value_counts()
    parts = []
    for verdict, forms in words.items():
        part = french.format_count(int(counts.get(verdict, 0)), *forms)
        parts.append(f"{part} ({explained})" if verdict == fault else part)
    return f"{len(verdicts)}, dont " + ", ".join(parts) + "."


def describe_verdicts(edition: Edition) -> list[str]:
    """The summary: printed figures by verdict, controls by verdict, then what is unexplained."""
    printed, controls = edition.checks["verdict"], edition.controls["verdict"]
    lost, alone = list(_list_statements(edition)), list(_list_alerts(edition))
    explained = french.format_count(
        int((printed == DISCREPANCY).sum()) - len(lost), "expliqué", "expliqués"
    )
    lines = []
    if len(printed):
        lines.append("Chiffres imprimés : " + _sum_up(printed, _PRINTED, DISCREPANCY, explained))
    if lost:
        lines += ["Écarts non expliqués :", *(f"  - {line}" for line in lost)]
    explained = french.format_count(
        int((controls == ALERT).sum()) - len(alone), "expliquée", "expliquées"
    )
    if len(controls):
        lines.append("Contrôles des données : " + _sum_up(controls, _CONTROLS, ALERT, explained))
    if alone:
        lines += ["Alertes non expliquées :", *(f"  - {line}" for line in alone)]
    return lines
