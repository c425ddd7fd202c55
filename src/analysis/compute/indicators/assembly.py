"""From a valid raw edition to the Edition that the report reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import KIND_FILE
from analysis.base.rounding import refine_for
from analysis.compute.audit import check_register, control_edition
from analysis.compute.audit.printed_figures import check_statements
from analysis.compute.dossier import RawEdition, read_dossier
from analysis.compute.dossier.typed_years import check_reason, check_years
from analysis.compute.edition_standing import compute_standing, list_national_sources
from analysis.compute.indicators.comparisons import (
    compute_all_progress,
    compute_comparisons,
    settle_targets,
)
from analysis.compute.indicators.derived import FormulaFault, derive_values
from analysis.compute.indicators.inhabitants import compute_inhabitants
from analysis.compute.indicators.observed import (
    Row,
    blank_row,
    read_budget,
    read_context,
    read_members,
    read_observations,
    read_population,
)
from analysis.compute.key_messages import settle_messages
from analysis.model.followups import REGISTERS, TRACED, follow_up, mark_explained
from analysis.model.periods import Period, rank_periods
from analysis.model.progress import STEPS
from analysis.model.references import Ledger, UnknownReference, find_in_prose, is_in_force
from analysis.model.schema import REFERRING, TABLES, Fault, InvalidDossier, suggest
from analysis.model.schema.processed_tables import (
    CHECKS,
    CONTROLS,
    DOCUMENTS,
    FILES,
    KEY_MESSAGES,
    VALUES,
)
from analysis.model.store import Edition, build_ledger, from_records, to_records
from analysis.words.decision_words import tell_history

#: What ``_compute_values`` gives.
_Computed = tuple[tuple[list[Row], Ledger, Mapping[str, Mapping[str, Any]]], list[FormulaFault]]

NO_EFFECT = "sans effet signalé"

#: Tables of an edition that are those of ``data/raw``, as typed.
_AS_TYPED = (
    "sections", "policies", "elements", "ratings", "sdgs", "services", "payers", "units", "territories", "glossary",
    "sources", "credits", "communes", "population", "census", "statements",
    "gaps", "indicators", "discrepancies", "key_figures", "digit_names", "parts",
    "not_comparable", "objectives", "objective_links", "requests", "revisions",
    "projects", "project_options", "project_costs", "discount_rates", "cost_breakdowns",
    "legal", "documents_used", "digital", "budget_axes",
    "contributions",
)  # fmt: skip


def load_edition(dossier: Dossier, year: int) -> Edition:
    """Read, validate (formulas' meaning included) and compute an edition. Raises InvalidDossier
    with every fault of every file."""
    computed: list[_Computed] = []

    def check(data: RawEdition) -> list[Fault]:
        computed.append(_compute_values(data))
        (_, ledger, _), faults = computed[-1]
        return [*_name_rows(data, faults), *_check_typed_years(data, ledger)]

    data = read_dossier(dossier, year, also=[check])
    return compute_edition(data, year, computed[-1])  # the rows that were checked are all of them


def check_formulas(data: RawEdition) -> list[Fault]:
    """Formulas that break the rules of meaning, as faults of indicators.csv."""
    _, faults = _compute_values(data)
    return _name_rows(data, faults)


def compute_edition(data: RawEdition, year: int, computed: _Computed | None = None) -> Edition:
    """Everything computed for one edition; ``computed``: its values, where they are already. Raises
    InvalidDossier when a formula breaks a rule of meaning (see ``formulas.check_rules``), when a
    text or a printed figure names a value that does not exist, or the register a control that does
    not. Raises ValueError when ``data`` is of another edition."""
    if data.year != year:
        raise ValueError(f"Données de l’édition {data.year}, édition {year} demandée.")
    (rows, ledger, catalogue), faults = computed or _compute_values(data)
    if faults:
        raise InvalidDossier(_name_rows(data, faults))
    values = from_records(rows, VALUES)
    chapters = compute_chapters(data["finalities"], data["approach"])
    own = {name: data[name] for name in TRACED}
    marked = tell_history(year, follow_up(own, data.past), data.past)
    targets = settle_targets(data["targets"], ledger)
    steps = {row["id"]: row for name in STEPS for row in to_records(marked[name])}
    actions = order_actions(marked["actions"], chapters, data["sections"])
    as_typed = {name: data[name].reset_index(drop=True) for name in _AS_TYPED}
    as_typed |= {
        name: mark_explained(name, as_typed[name], {y: past[name] for y, past in data.past.items()})
        for name in REGISTERS
    }
    standing = compute_standing(data.territory, year)
    as_typed["sources"] = _add_sources(as_typed["sources"], standing)
    as_typed["indicators"] = settle_steps(data).reset_index(drop=True)
    edition = Edition(
        year=year,
        territory=data.territory,
        chapters=chapters,
        wordings=data["finality_wordings"].reset_index(drop=True),
        actions=actions,
        effects=complete_effects(data["effects"], actions, data["finalities"]),
        planned=_order_by_chapter(marked["planned"], chapters),
        improvements=_order_by_chapter(marked["improvements"], chapters),
        milestones=marked["milestones"].reset_index(drop=True),
        places=marked["places"].reset_index(drop=True),
        followups=marked["followups"],
        budget=data["budget"].drop(columns="file").reset_index(drop=True),
        accounts=_locate_rows("accounts", data["accounts"], year),
        targets=_locate_rows("targets", targets, year),
        values=values,
        comparisons=compute_comparisons(values, ledger),
        progress=compute_all_progress(targets, catalogue, ledger, steps),
        checks=from_records([], CHECKS),
        files=from_records(data.files, FILES),
        controls=from_records([], CONTROLS),
        documents=from_records(data.documents, DOCUMENTS),
        key_messages=from_records([], KEY_MESSAGES),
        charts=data.charts,
        texts=data.texts,
        inhabitants=compute_inhabitants(data["communes"], data["population"], year),
        standing=standing,
        communes_geojson=data.geojson,
        earlier=data.earlier,
        about=data.about,
        identity=data.identity,
        council=data.council,
        **as_typed,
    )
    edition = replace(edition, checks=check_statements(edition))
    edition = replace(edition, controls=control_edition(edition))
    messages = settle_messages(edition, data["key_messages"])
    edition = replace(edition, key_messages=messages)
    wrong = [*_check_references(data, edition), *_check_register(data, edition)]
    if wrong := wrong or [*_check_typed_years(data, edition.ledger)]:
        raise InvalidDossier(wrong)
    return edition


def _add_sources(sources: pd.DataFrame, standing: pd.DataFrame) -> pd.DataFrame:
    """The dossier's sources, and those of the national reference that its standing comes from."""
    used = set(standing["source"].map(split_list).explode()) - set(sources["id"])
    national = list_national_sources()
    more = national[national["id"].isin(used)].assign(file="")
    more = more.reindex(columns=sources.columns, fill_value="")
    return pd.concat([sources, more], ignore_index=True)


def _check_references(data: RawEdition, edition: Edition) -> Iterator[Fault]:
    """References to a value that nobody gave: an indicator that exists, of a territory that does,
    without any value of the one for the other. Charts are held against values where they are
    specified."""

    def find_fault(file: str, row: int, column: str, reference: str) -> Iterator[Fault]:
        try:
            edition.ledger.check(reference)
        except UnknownReference as error:
            yield Fault(file, row, column, reference, error.problem, error.hint)

    for table, columns in {
        "statements": ("indicator",),
        "not_comparable": ("first", "second"),
        "contributions": ("indicator",),
    }.items():
        for row in data[table].index:
            for column in columns:
                if reference := data[table].at[row, column]:
                    yield from find_fault(TABLES[table].file(data.year), row, column, reference)
    for file, row, column, text in _list_prose(data):
        for mention in find_in_prose(text):
            yield from find_fault(file, row, column, mention.reference)


def _list_prose(data: RawEdition) -> Iterator[tuple[str, int, str, str]]:
    """File, row, column (or heading) and text of everything typed that may hold references."""
    for table, columns in REFERRING.items():
        for row in data[table].index:
            for column in columns:
                yield TABLES[table].file(data.year), row, column, data[table].at[row, column]
    for name, sections in data.texts.items():
        for heading, body in sections.items():
            yield f"{data.year}/texts/{name}.md", 0, heading, body
    yield f"{data.year}/{KIND_FILE}", 0, "note", data.about.get("note", "")


def _check_typed_years(data: RawEdition, ledger: Ledger) -> Iterator[Fault]:
    """Sentences that name another year than the one of the values they cite."""
    names = list(data["digit_names"]["text"])
    for file, row, column, text in _list_prose(data):
        for sentence, *fault in check_years(text, names, data.year, ledger.resolve):
            yield Fault(file, row, column, sentence, *fault)
    for pair in data["not_comparable"].itertuples():
        both = {}
        with suppress(UnknownReference):  # said elsewhere
            both = {text: ledger.resolve(text) for text in (pair.first, pair.second)}
        for sentence, *fault in check_reason(pair.reason, names, data.year, both):
            file = TABLES["not_comparable"].file(data.year)
            yield Fault(file, pair.Index, "reason", sentence, *fault)


def _check_register(data: RawEdition, edition: Edition) -> Iterator[Fault]:
    """Rows of the register that explain a control which does not exist."""
    unknown = check_register(edition)
    register, known = data["discrepancies"], set(edition.controls["id"])
    for row in register.index[register["control"].isin(unknown)]:
        control = register.at[row, "control"]
        yield Fault(
            TABLES["discrepancies"].file(data.year), row, "control", control,
            "contrôle inconnu", suggest(control, known) or "Les contrôles et leurs identifiants"
            " sont dans controls.csv, parmi les données de l’édition.",
        )  # fmt: skip


def _locate_rows(table: str, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """The rows with the file and the line on which each stands."""
    located = rows.assign(file=TABLES[table].file(year), line=rows.index.astype("int64"))
    return located.astype({"file": "str"}).reset_index(drop=True)


def _name_rows(data: RawEdition, faults: list[FormulaFault]) -> list[Fault]:
    rows = {row.id: row for row in data["indicators"].itertuples()}
    file = TABLES["indicators"].file()
    return [
        Fault(file, row.Index, "formula", row.formula, f"formule : {error.problem}", error.expected)
        for row, error in ((rows[indicator], error) for indicator, error in faults)
    ]


def _compute_values(data: RawEdition) -> _Computed:
    """Rows of ``values`` in the catalogue's order, the ledger that holds them, formula faults."""
    territory = data.territory.get("id", "")
    indicators = settle_steps(data)
    catalogue = {row["id"]: row for row in to_records(indicators)}
    observed = [
        *read_observations(data["observations"], catalogue),
        *read_budget(data["budget"], catalogue, territory),
        *read_members(data.tables, catalogue, territory, data.year),
        *read_context(data.tables, catalogue, territory, data.year),
    ]
    # The years of the values, and those of the editions that gave what no one dated.
    years = {row["period_end"].year for row in observed if row["period_end"]}
    years |= {row["edition"] for row in observed}
    observed += read_population(data.tables, catalogue, territory, data.year, years)
    observed = rank_rows(observed, data.year)
    measured = {row["indicator"] for row in observed}
    names = dict(data["services"][["id", "name"]].itertuples(index=False))
    asked = dict(data["requests"][["indicator", "service"]].itertuples(index=False))
    for indicator, entry in catalogue.items():
        if indicator not in measured and not entry["formula"]:
            reason = f"aucune valeur jusqu’à l’édition {data.year}"
            if service := asked.get(indicator):
                reason = f"demandé à « {names.get(service, service)} »"
            observed.append(
                blank_row(entry, territory) | {"rank": 0, "missing": reason, "edition": data.year}
            )
    ledger = build_ledger(data.year, territory, indicators, data["targets"])
    for row in observed:
        ledger.add(row)
    derived, faults = derive_values(catalogue, ledger, data.year)
    order = {indicator: rank for rank, indicator in enumerate(catalogue)}
    rows = sorted(
        observed + derived,
        key=lambda row: (
            order[row["indicator"]],
            row["territory"] != territory,
            row["territory"],
            row["rank"] < 0,
            row["rank"],
        ),
    )
    return (rows, ledger, catalogue), faults


def settle_steps(data: RawEdition) -> pd.DataFrame:
    """The catalogue with the step to which each indicator is rounded in this edition: its own, or a
    finer one that the values known to it ask for (``rounding.refine_for``)."""
    frame = data["indicators"]
    typed: dict[str, list[float]] = {}
    for table, column in (("observations", "value"), ("budget", "amount_eur")):
        known = data[table].dropna(subset=[column])
        for indicator, number in zip(known["indicator"], known[column], strict=True):
            typed.setdefault(indicator, []).append(float(number))
    steps = [
        refine_for(typed.get(id, ()), step) if step and step > 0 else step
        for id, step in zip(frame["id"], frame["precision"], strict=True)
    ]
    return frame.assign(precision=pd.array(steps, dtype=frame["precision"].dtype))


def rank_rows(rows: list[Row], year: int) -> list[Row]:
    """Rows with their rank: 0 the reference value, 1 the precedent…; −1 for a value that takes no
    part: missing while another is known, of a period wholly after the edition's year, or a
    population in force, which is looked up by its year."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault((row["indicator"], row["territory"]), []).append(number)
    ranks: dict[int, int] = {}
    for numbers in groups.values():
        ranked = [n for n in numbers if not is_in_force(rows[n])]
        known = [n for n in ranked if rows[n]["value"] is not None] or ranked
        periods = {n: Period(rows[n]["period_start"], rows[n]["period_end"]) for n in known}
        ranks |= rank_periods(periods, date(year, 12, 31))
    return [row | {"rank": ranks.get(number, -1)} for number, row in enumerate(rows)]


def compute_chapters(finalities: pd.DataFrame, approach: pd.DataFrame) -> pd.DataFrame:
    """The chapters in order, finalities first, numbered as in the report."""
    columns = ["id", "order", "kind", "title", "short_title", "elements"]
    joined = pd.concat(
        [
            finalities.sort_values("order").assign(kind="finalité", elements="")[columns],
            approach.sort_values("order").assign(kind="démarche")[columns],
        ],
        ignore_index=True,
    )
    joined = joined.assign(
        order=pd.Series(range(1, len(joined) + 1), dtype="int64"),
        number=[str(number) for number in range(1, len(joined) + 1)],
    )
    chapters = joined[["id", "order", "number", *columns[2:5], "elements"]]
    return chapters.astype({name: "str" for name in chapters.columns if name != "order"})


def order_actions(
    actions: pd.DataFrame, chapters: pd.DataFrame, sections: pd.DataFrame
) -> pd.DataFrame:
    """The actions in the order of the report, with ``chapter_order``."""
    place = dict(zip(chapters["id"], chapters["order"], strict=True))
    within = dict(zip(sections["id"], sections["order"], strict=True))
    ordered = actions.assign(
        chapter_order=actions["chapter"].map(place).astype("int64"),
        section_order=actions["section"].map(within).astype("int64"),
    ).sort_values(["chapter_order", "section_order", "order"], kind="stable")
    return ordered.drop(columns="section_order").reset_index(drop=True)


def _order_by_chapter(frame: pd.DataFrame, chapters: pd.DataFrame) -> pd.DataFrame:
    place = dict(zip(chapters["id"], chapters["order"], strict=True))
    ordered = frame.assign(place=frame["chapter"].map(place).astype("int64"))
    ordered = ordered.sort_values(["place", "order"], kind="stable")
    return ordered.drop(columns="place").reset_index(drop=True)


def complete_effects(
    effects: pd.DataFrame, actions: pd.DataFrame, finalities: pd.DataFrame
) -> pd.DataFrame:
    """Every action of which some effect was judged × finality; where nothing is said of one, effect
    '0' and « sans effet signalé »."""
    judged = actions.loc[actions["id"].isin(effects["action"]), "id"]
    grid = pd.MultiIndex.from_product(
        [judged, finalities.sort_values("order")["id"]], names=["action", "finality"]
    ).to_frame(index=False)
    full = grid.merge(effects, on=["action", "finality"], how="left")
    return full.assign(
        effect=full["effect"].fillna("0"),
        reason=full["reason"].fillna(NO_EFFECT),
        source=full["source"].fillna(""),
        locator=full["locator"].fillna(""),
    ).astype("str")
