"""The sentences of the first page: as the analyst wrote them, else composed of what they are
about."""

from __future__ import annotations

from analysis.model.followups import list_unanswered
from analysis.model.references import Row, judge_pair
from analysis.model.schema import COMPUTED_INDICATORS, DECLINES, IMPROVES
from analysis.model.store import DERIVED, Edition, list_terms, to_records
from analysis.words import french, prose
from analysis.words.hidden_markup import end_sentence, hide, mark
from analysis.words.lineage import name_table
from analysis.words.progress_words import list_verdicts, write_verdict
from analysis.words.smallmarkdown import write_plain

#: Sentences about no single row: values asked and not received; targets without a value of this
#: edition; nothing that improved, nothing that declined.
AWAITED, OUTDATED = "valeurs-attendues", "objectifs-sans-nouvelle"
NOTHING = {IMPROVES: "aucun-progres", DECLINES: "aucun-recul"}
_SAID = {
    NOTHING[IMPROVES]: "Les valeurs reçues ne montrent aucun progrès.",
    NOTHING[DECLINES]: "Les valeurs reçues ne montrent ni recul, ni retard sur un objectif.",
}
#: How many outdated targets are named.
_NAMED = 3


def write_message(edition: Edition, row: Row) -> str:
    """A row of ``key_messages`` as one line of Markdown whose numbers carry their trail."""
    about = row["about"]
    if row["sentence"]:
        return prose.resolve_line(edition, row["sentence"])
    if row["id"] == AWAITED:
        return _write_awaited(edition)
    if row["id"] == OUTDATED:
        return _write_outdated(edition)
    if row["id"] in _SAID:
        return write_plain(french.typeset(_SAID[row["id"]]))
    for table, column in (("improvements", "summary"), ("gaps", "description")):
        for entry in to_records(edition.rows(table, id=about)):
            write = prose.resolve_line if table == "improvements" else _write_letters
            title = entry["title"] + ("" if entry["title"].endswith("?") else ".")
            return _write_lead(title) + write(edition, entry[column])
    for column in ("indicator", "entry"):
        for progress in to_records(edition.rows("progress", **{column: about})):
            return write_verdict(edition, progress)
    return _write_movement(edition, about)


def _write_lead(words: str) -> str:
    return f"{hide('**')}{write_plain(french.typeset(words))}{hide('**')} "


def _write_letters(edition: Edition, text: str) -> str:
    return write_plain(french.typeset(text))


def _write_movement(edition: Edition, id: str) -> str:
    """« **Personnes conseillées :** 844 personnes en 2017, contre 883 personnes en 2016
    (− 4,4 %). »; of a shorter period that exceeds the one before it: « déjà plus que 883 personnes
    en 2016 »."""
    value, before = edition.value(id), edition.value(f"{id}:precedent")
    now, then = (prose.format_placeholder(edition, one, "complet") for one in (value, before))
    said = f"{now}, déjà plus que {then}"
    if judge_pair(value, before).comparable:
        moved = prose.mark_quantity(edition, edition.value(f"{id}:evolution"))
        said = f"{now}, contre {then} ({moved})"
    return _write_lead(f"{value.title} :") + write_plain(french.typeset(end_sentence(said)))


def _write_awaited(edition: Edition) -> str:
    requests = list_unanswered(edition)
    table = name_table("requests")
    values = french.format_count(len(requests), "valeur demandée", "valeurs demandées")
    services = french.format_count(
        len({request["service"] for request in requests}), "service", "services"
    )
    verb = french.choose_form(len(requests), "n’a", "n’ont")
    said = f"{mark(values, table)} à {mark(services, table)} {verb} pas encore de réponse."
    return _write_lead("Valeurs attendues.") + write_plain(french.typeset(said))


def list_fresh(edition: Edition) -> set[str]:
    """Indicators of which this edition gives a value, not one before it: their own, or one that
    they are computed of (all are computed anew with the population of the year)."""
    rows = edition.rows("values", rank=0)
    known = rows[rows["value"].notna() & ~rows["indicator"].isin(COMPUTED_INDICATORS)]
    typed = known[(known["origin"] != DERIVED) & (known["edition"] == edition.year)]
    fresh = set(typed["indicator"])
    terms = {
        row.indicator: list_terms(row) for row in known[known["origin"] == DERIVED].itertuples()
    }
    while more := {id for id, needed in terms.items() if needed & fresh} - fresh:
        fresh |= more
    return fresh


def list_outdated(edition: Edition) -> list[Row]:
    """Targets whose indicator has no value that this edition gave, as rows of ``progress``; a share
    is told by the count that has a target too."""
    fresh = list_fresh(edition)
    rows = [row for row in list_verdicts(edition) if row["indicator"]]
    return [row for row in rows if row["indicator"] not in fresh]


def _write_outdated(edition: Edition) -> str:
    rows = list_outdated(edition)
    named = [
        french.lower_initial(row["title"]) + _describe_last(edition, row) for row in rows[:_NAMED]
    ]
    left = len(rows) - len(named)
    named += [french.format_count(left, "autre objectif", "autres objectifs")] if left else []
    said = f"on ne sait pas où en sont {french.join_list(named)}."
    return _write_lead("Objectifs sans nouvelle valeur :") + write_plain(french.typeset(said))


def _describe_last(edition: Edition, row: Row) -> str:
    """« (60 000 arbres en 2017) »; '' where nothing was ever known."""
    value = edition.value(row["indicator"])
    if value.value is None:
        return ""
    return f" ({prose.format_placeholder(edition, value, 'complet')})"
