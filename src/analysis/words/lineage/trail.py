"""One number's trail, gathered in words: value, formula, terms, typed rows, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analysis.base.lists import split_list
from analysis.model.references import (
    IN_FORCE,
    POINT,
    Row,
    UnknownReference,
    Value,
    parse_reference,
)
from analysis.model.store import DERIVED, Edition, find_source, to_records
from analysis.words import french, prose
from analysis.words.citations import describe_publisher, is_form, name_answer
from analysis.words.document_places import DocumentPlace, find_places
from analysis.words.hidden_markup import capitalise, strip_marks
from analysis.words.lineage.formula_words import (
    describe_calculation,
    describe_formula,
    name_modifier,
    write_number,
    write_term,
)
from analysis.words.lineage.origins import (
    Origin,
    find_rows,
    find_term_rows,
    list_origins,
    name_row_reference,
    read_term,
)
from analysis.words.progress_words import (
    describe_gap,
    describe_goal,
    describe_outlook,
    describe_share,
    describe_verdict,
    list_paces,
)

#: Tables whose rows are counted or shown as they are, with what is said of the number.
COUNTED = {
    "actions": ("Actions engagées", "Nombre d’actions que cette édition décrit"),
    "planned": ("Actions à court terme", "Nombre d’actions programmées"),
    "improvements": ("Pistes d’amélioration", "Nombre de pistes proposées"),
    "indicators": ("Catalogue des indicateurs", "Nombre d’indicateurs"),
    "ratings": ("Notes de la grille", "Nombre de notes de politiques et d’actions"),
    "accounts": (
        "Comptes",
        "Somme de lignes du budget ou du compte, mouvements réels seuls ; la copie de relecture de"
        " la page dit lesquelles",
    ),
    "budget_axes": ("Axes de l’annexe", "Axes de l’annexe budgétaire et exercices demandés"),
    "gaps": ("Données manquantes", "Nombre de données perdues ou non données"),
    "requests": ("Valeurs demandées aux services", "Nombre de valeurs demandées et non données"),
    "followups": ("Suites données", "Ce que sont devenues actions et pistes"),
    "communes": ("Communes", "Nombre de communes membres"),
    "population": (
        "Population des communes",
        "Population municipale de chaque commune, et son évolution moyenne par an d’un millésime à "
        "l’autre (taux composé)",
    ),
    "census": (
        "Recensement",
        "Habitants et logements des communes membres, additionnés à partir du recensement",
    ),
    "standing": (
        "Situation parmi les intercommunalités",
        "Rang, médiane et quartiles des autres intercommunalités, calculés sur la référence"
        " nationale",
    ),
    "targets": ("Objectifs", "Objectifs chiffrés que la source énonce"),
    "milestones": ("Dates et étapes", "Dates et étapes que la source donne"),
    "documents_used": (
        "Évaluations et documents utilisés",
        "Documents dont le rapport fait la synthèse",
    ),
    "places": ("Lieux des actions", "Communes et lieux que la source nomme avec une action"),
}
#: Said of what the source does not write.
DEDUCED = "Déduit par la rédaction"
ESTIMATED = "Estimation, selon la source."
ESTIMATE = "Estimation, calculée à partir de valeurs arrondies ou incomplètes."
_TABLE = "table:"
#: A table of an earlier edition: « 2016/observations ».
_FORMER = re.compile(r"(\d{4})/([a-z_]+)")
#: Of a value that no reference gives today: an earlier term's of a year with two values.
NAMELESS = "antérieur"


@dataclass(frozen=True)
class Term:
    """A value that a calculation uses. ``reference`` is empty where none gives it today."""

    reference: str
    title: str
    quantity: str
    period: str


@dataclass(frozen=True)
class Source:
    """A typed row, or a whole file (line 0): what was read, in which document and where, and where
    it was typed. ``places``: where that is in a document whose lines are numbered. ``publisher``:
    who made the document, and when; ``address``: where it is read."""

    title: str
    quantity: str
    document: str
    file: str
    line: int = 0
    period: str = ""
    status: str = ""
    locator: str = ""
    note: str = ""
    places: tuple[DocumentPlace, ...] = ()
    publisher: str = ""
    address: str = ""


@dataclass(frozen=True)
class Trail:
    """Everything behind one number, in French words; an empty text or tuple where there is none.

    ``reference`` and ``anchor`` name it, ``quantity`` is the value with its unit, ``formula`` the
    calculation in titles, ``calculation`` the same in numbers, ``remarks`` what else is computed
    from it, ``listed`` what is counted, ``files`` pairs of raw file and SHA-256.
    """

    reference: str
    anchor: str
    title: str
    definition: str
    sources: tuple[Source, ...]
    files: tuple[tuple[str, str], ...]
    quantity: str = ""
    period: str = ""
    status: str = ""
    formula: str = ""
    calculation: str = ""
    terms: tuple[Term, ...] = ()
    remarks: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def name_table(name: str) -> str:
    """The reference of a number counted in, or read from, a table as a whole."""
    return _TABLE + name


def name_anchor(reference: str) -> str:
    """Where a reference's entry stands in the annex: one for each indicator and territory. No id
    holds two hyphens in a row, so two places never share a name."""
    if reference.startswith(_TABLE):
        return "calc-table--" + reference.removeprefix(_TABLE).replace("/", "--")
    return "calc-" + reference.split(":")[0].replace("@", "--")


def name_calculations(chapter: str) -> str:
    """The page of the annexes that holds the entries of a chapter's indicators, without suffix."""
    return f"calculs-{chapter}"


def name_calculation(reference: str) -> str:
    """Where the row of a value stands among a notebook's workings: « calcul-arbres-plantes »,
    « calcul-arbres-plantes--france »; one for each indicator and territory, at its first row."""
    return "calcul-" + name_anchor(reference).removeprefix("calc-")


def read_trail(edition: Edition, reference: str) -> Trail:
    """The trail of ``indicator[@territory][:modifier]``, of ``table:name``, or of a table of an
    earlier edition, ``table:<year>/name``. Raises references.UnknownReference when indicator,
    territory, modifier or table does not exist (French, with close matches)."""
    if reference.startswith(_TABLE):
        return _read_table(edition, reference)
    value = edition.value(reference)
    parsed = parse_reference(prose.name_reference(edition, value))
    rows = find_rows(edition, reference)
    origins = list_origins(edition, reference)
    formula, calculation, terms = read_calculation(edition, value, rows)
    sources = tuple(_read_source(edition, origin) for origin in origins)
    return Trail(
        reference=str(parsed),
        anchor=name_anchor(str(parsed)),
        title=describe_title(edition, value),
        quantity=_quantity(edition, value),
        period=_period(edition, value),
        status=value.status,
        definition=_definition(edition, parsed.indicator),
        formula=formula,
        calculation=calculation,
        terms=tuple(_read_term(edition, term) for term in terms),
        sources=sources,
        remarks=tuple(_read_remarks(edition, value, bool(formula))),
        files=_read_files(edition, [source.file for source in sources]),
    )


def list_related(edition: Edition, reference: str) -> list[Term]:
    """The other values of the same indicator: the one before, the growth, the target."""
    if reference.startswith(_TABLE):
        return []
    parsed = parse_reference(prose.name_reference(edition, edition.value(reference)))
    others = [
        edition.value(str(replace(parsed, modifier=modifier)))
        for modifier in ("", "precedent", "evolution", "par-mois", "cible")
        if modifier != parsed.modifier
    ]
    return [_read_term(edition, value) for value in others if value.value is not None]


def _read_table(edition: Edition, reference: str) -> Trail:
    name = reference.removeprefix(_TABLE)
    if found := _FORMER.fullmatch(name):
        return _read_former(edition, reference, *found.groups())
    if name not in COUNTED:
        raise UnknownReference(reference, "table inconnue", map(name_table, COUNTED))
    title, definition = COUNTED[name]
    rows = f"{french.format_number(len(getattr(edition, name)))} lignes"
    wanted = (f"{edition.year}/{name}.csv", f"reference/{name}.csv")
    files = [file for file in wanted if len(edition.rows("files", file=file))]
    definition += ", d’après les lignes de la table ; chacune dit sa source."
    if name == "standing":
        titles = edition.standing["source"].map(split_list).explode().dropna().unique()
        named = french.join_list([_document(edition, source) for source in titles])
        definition += f" Sources : {named}."
    trail = _trail_of_files(edition, reference, title, definition, files, rows)
    return replace(trail, listed=tuple(map(french.typeset, _list_counted(edition, name))))


def _list_counted(edition: Edition, name: str) -> Iterator[str]:
    """What is counted in a table, chapter by chapter or commune by commune: « Climat (14) : … »;
    where it is too long for a window, the page that lists it."""
    if name in ("actions", "planned", "improvements"):
        for chapter in edition.chapters.sort_values("order", kind="stable").itertuples():
            rows = edition.rows(name, chapter=chapter.id).sort_values("order", kind="stable")
            if len(rows):
                yield f"{chapter.title} ({len(rows)}) : {' ; '.join(rows['title'])}."
    elif name == "places":
        titles = {
            row.id: row.title
            for table in (edition.actions, edition.planned)
            for row in table.itertuples()
        }
        rows = edition.places.drop_duplicates(["insee", "action"])
        named = {prose.name_territory(edition, code): own for code, own in rows.groupby("insee")}
        for commune, own in sorted(named.items()):
            said = " ; ".join(titles.get(action, action) for action in own["action"])
            yield f"{commune} ({len(own)}) : {said}."
    elif name == "indicators":
        yield "La liste entière : page « Tableau de bord »."
        if edition.earlier is not None:
            yield "Ceux qui progressent ou reculent, un à un : page « Ce qui a changé »."


def _read_former(edition: Edition, reference: str, year: str, name: str) -> Trail:
    """The trail of a number as an earlier edition gave it: the file in which it stands."""
    file = f"{year}/{name}.csv"
    if edition.rows("files", file=file).empty:
        near = [name_table(known.removesuffix(".csv")) for known in edition.files["file"]]
        raise UnknownReference(reference, "table inconnue", [n for n in near if n[6:10] == year])
    title = f"Valeurs telles que l’édition {year} les donnait"
    definition = (
        "Une édition plus récente donne pour la même période une autre valeur, que ce rapport"
        " retient."
    )
    return _trail_of_files(edition, reference, title, definition, [file])


def _trail_of_files(
    edition: Edition,
    reference: str,
    title: str,
    definition: str,
    files: list[str],
    quantity: str = "",
) -> Trail:
    """A number read from whole files; ``quantity``: what is said of each."""
    return Trail(
        reference,
        name_anchor(reference),
        title,
        french.typeset(definition),
        tuple(
            _name_document(
                edition, find_source(edition.sources, file), Source(title, quantity, "", file)
            )
            for file in files
        ),
        _read_files(edition, files),
    )


def _document(edition: Edition, source: str) -> str:
    return french.typeset(edition.source_titles.get(source, source))


def _name_document(edition: Edition, source: str, named: Source) -> Source:
    """The source with its document named as to a reader: a service's answer by the service, a
    document by its title, who made it and when, where it is read."""
    if is_form(source):
        return replace(named, document=french.typeset(capitalise(name_answer(edition, source))))
    addresses = edition.rows("sources", id=source)["url"]
    return replace(
        named,
        document=_document(edition, source),
        publisher=french.typeset(describe_publisher(edition, source)),
        address="".join(addresses[:1]),
    )


def describe_title(edition: Edition, value: Value) -> str:
    """An indicator's title with the territory and the word of the reference, where they matter."""
    title = prose.title_value(edition, value.title, value.territory)
    modifier = name_modifier(value.modifier, edition.year)
    if value.modifier == IN_FORCE and (rows := find_term_rows(edition, value)):
        modifier = f" ({rows[0]['locator']})"  # which vintage, and since when
    return french.typeset(title + modifier)


def _quantity(edition: Edition, value: Value) -> str:
    """The value with its unit, or why there is none."""
    known = value.value is not None
    said = prose.format_quantity(edition, value) if known else prose.describe_missing(value)
    return french.typeset(said)


def _period(edition: Edition, value: Value) -> str:
    timeless = value.period.undated and prose.is_timeless(edition, value.indicator)
    if value.value is None or timeless:
        return ""
    name = french.name_period(value.period_start, value.period_end)
    if value.modifier == "cible":
        return f"échéance{french.NO_BREAK}: {name}"
    if value.modifier == "evolution":
        before = edition.value(f"{value.indicator}@{value.territory}:precedent")
        return f"{french.name_period(before.period_start, before.period_end)} puis {name}"
    return name


def _definition(edition: Edition, indicator: str) -> str:
    row = edition.catalogue[indicator]
    producer = f" Producteur : {row['producer']}." if row["producer"] else ""
    return french.typeset(row["definition"] + producer)


def _read_term(edition: Edition, value: Value) -> Term:
    reference = "" if value.modifier == NAMELESS else prose.name_reference(edition, value)
    if value.modifier == IN_FORCE and value != edition.value(reference):
        reference = ""  # in force in another year than the edition's
    return Term(
        reference,
        describe_title(edition, value),
        _quantity(edition, value),
        _period(edition, value),
    )


def read_calculation(
    edition: Edition, value: Value, rows: list[Row]
) -> tuple[str, str, list[Value]]:
    """Formula in titles, in numbers, and its terms; empty where the value was typed."""
    if value.modifier == "evolution":
        return _read_growth(edition, value)
    if value.modifier == "par-mois":
        whole = edition.value(_name_place(value))
        if value.value is None or whole.value is None or whole.period.months is None:
            return "", "", []
        numbers = f"{write_number(whole.value)} ÷ {write_number(whole.period.months)}"
        return "valeur ÷ nombre de mois", numbers, [whole]
    row = next((row for row in rows if row["origin"] == DERIVED), None)
    if row is None:
        return "", "", []
    values = {term: _term_value(edition, row, term) for term in split_list(row["terms"])}
    formula = french.typeset(describe_formula(edition, row["formula"]))
    if row["value"] is None:  # what was refused (« années différentes ») was not calculated
        return formula, "", list(values.values())
    numbers = describe_calculation(
        row["formula"],
        {term: v.value for term, v in values.items()},
        {term: v.period.months for term, v in values.items()},
    )
    return formula, numbers, list(values.values())


def _name_place(value: Value) -> str:
    return f"{value.indicator}@{value.territory}" if value.territory else value.indicator


def _read_growth(edition: Edition, value: Value) -> tuple[str, str, list[Value]]:
    place = _name_place(value)
    pair = latest, precedent = edition.value(place), edition.value(f"{place}:precedent")
    points = value.unit == POINT
    formula = "valeur de référence − valeur précédente"
    if not points:
        formula = f"100 × ({formula}) ÷ valeur précédente"
    if value.value is None or latest.value is None or precedent.value is None:
        return formula, "", [*pair]  # the pair is shown, with the reason why nothing is made of it
    numbers = f"{write_term(latest.value)} − {write_term(precedent.value)}"
    if not points:
        numbers = f"100 × ({numbers}) ÷ {write_number(precedent.value)}"
    return formula, numbers, [*pair]


def _term_value(edition: Edition, row: Row, term: str) -> Value:
    """The value that a term had, by the reference that gives it today."""
    value = read_term(edition, row, term)
    if value.modifier == IN_FORCE or value == edition.value(term):
        return value
    rows = find_term_rows(edition, value)
    reference = name_row_reference(edition, rows[0]) if rows else ""
    return replace(value, modifier=parse_reference(reference).modifier if reference else NAMELESS)


def _read_source(edition: Edition, origin: Origin) -> Source:
    value = Value(
        origin.indicator, origin.title, origin.value, origin.unit, "", origin.qualifier,
        origin.status, None, None, _precision(edition, origin), "", "", "", "",
    )  # fmt: skip
    plan = edition.document_plans.get(origin.source)
    read = Source(
        title=french.typeset(f"{origin.title} (objectif)" if origin.is_target else origin.title),
        quantity=french.typeset(prose.format_quantity(edition, value)),
        document="",
        file=origin.file,
        line=origin.line,
        period="" if origin.period == (None, None) else french.name_period(*origin.period),
        status=origin.status,
        locator=french.typeset(origin.locator.replace(" ; l. ", ", ").replace(" ; ", ", ")),
        note=french.typeset(_describe_note(origin)),
        places=tuple(find_places(plan, origin.source, origin.locator)),
    )
    return _name_document(edition, origin.source, read)


def _describe_note(origin: Origin) -> str:
    """The reader's note; what is deduced, and not written in the source, is said so."""
    if origin.row.get("basis") != "déduit":
        return origin.note
    return f"{DEDUCED} : {origin.note}" if origin.note else DEDUCED


def _precision(edition: Edition, origin: Origin) -> float:
    """The indicator's step, or a finer one: nothing is rounded where the source is quoted."""
    step = edition.catalogue[origin.indicator]["precision"]
    return step if origin.value is None else prose.refine_step(origin.value, step)


def _read_remarks(edition: Edition, value: Value, derived: bool) -> list[str]:
    """What else the report says of this value: its mean by month, the paces towards a target."""
    if value.modifier == "cible":
        return [french.typeset(text) for text in _read_paces(edition, value)]
    said = [ESTIMATE if derived else ESTIMATED] if value.estimate else []
    column = {"": "monthly_latest", "precedent": "monthly_precedent"}.get(value.modifier)
    rows = edition.rows("comparisons", indicator=value.indicator, territory=value.territory)
    if column is None or rows.empty:
        return [french.typeset(text) for text in said]
    row = to_records(rows)[0]
    if row[column] is not None and not row["comparable"]:
        latest = row["monthly_latest"] or row[column]
        (rate,) = prose.describe_rates([value], [row[column]], latest)
        said.append(f"Moyenne par mois : {rate}.")
    if row["reason"] and not row["comparable"]:
        reason = row["reason"].replace(" : ", ", ", 1)
        said.append(f"Pas d’évolution calculée : {reason}.")
    return [french.typeset(text) for text in said]


def _read_paces(edition: Edition, value: Value) -> list[str]:
    """What the report says of the way to a target, and of the indicator's other targets."""
    how = {"observé": "linéaire", "nécessaire": "reste ÷ durée"}
    said, others = [], []
    for row in to_records(edition.rows("progress", indicator=value.indicator)):
        verdict = describe_verdict(row, describe_gap(edition, row))
        share, outlook = describe_share(edition, row), describe_outlook(edition, row)
        if row["target_date"] != value.period_end:
            said_of = [share, *list_paces(edition, row).values(), verdict]
            goal = strip_marks(describe_goal(edition, row))
            others.append(f"Autre {goal} : {' ; '.join(filter(None, said_of))}.")
            continue
        said += [f"Part atteinte : {share}."] if share else []
        said += [
            f"Rythme {name} : {pace} ({how[name]})."
            for name, pace in list_paces(edition, row).items()
        ]
        said += [f"Au rythme observé : {outlook}."] if outlook else []
        said.append(f"Constat : {verdict}.")
    return said + others


def _read_files(edition: Edition, files: list[str]) -> tuple[tuple[str, str], ...]:
    """Names and checksums, of these files alone: a page is not made anew for another's."""
    found = (edition.rows("files", file=file) for file in dict.fromkeys(files))
    return tuple((row["file"], row["sha256"]) for rows in found for row in to_records(rows))
