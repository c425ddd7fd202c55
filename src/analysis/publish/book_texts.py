"""The texts that the edition's data and the engine give to the book's hand-written pages.

Each is Markdown that a page of ``reports/*.qmd`` includes (« _accueil.md », « _edition.md »…).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from html import escape
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pandas as pd

from analysis.base.paths import OPEN_DATA
from analysis.base.versions import read_python_version
from analysis.compute.dossier.cells import CellError, read_partial_date
from analysis.compute.law import count_inhabitants, list_requirements
from analysis.model.council_fields import find_fact
from analysis.model.periods import is_valid_on
from analysis.model.references import Row
from analysis.model.requirement_tests import EDITION
from analysis.model.schema import (
    DOCUMENT,
    FROM_MEMORY,
    JUDGEMENT,
    LEGAL_THRESHOLD,
    ON_REPORT,
    TEXT_READ,
)
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.publish.engine import Engine
from analysis.publish.notebook_pages import part_shortcodes
from analysis.publish.project import read_words
from analysis.show.tables import (
    count_documents,
    find_main_document,
    has_estimates,
    list_acronyms,
    list_unanswered,
)
from analysis.words import french
from analysis.words.citations import explain_places, name_day
from analysis.words.hidden_markup import capitalise, write_attribute, write_spans
from analysis.words.smallmarkdown import PICTURES, write_plain

#: What the law called the five first, and its decree still does.
_FIRST_NAME = "finalités"
#: Packages whose versions the book states.
PACKAGES = ("pandas", "pandera", "matplotlib", "seaborn", "papermill")


def compose_front(book: Mapping[str, Any], blocks: Sequence[str], logo: str = "") -> str:
    """What opens the pages: the logo, the book's title with the notebook's first words, then all
    that it shows. (A title in Markdown would be taken for the page's own.)"""
    _, lead, *shown = blocks
    words = [escape(read_words(book[key])) for key in ("subtitle", "title")]
    heading = '<p class="surtitre">{}</p>\n<h1>{}</h1>'.format(*words)
    above = f"::: {{.logo}}\n{logo}:::\n\n" if logo else ""
    opening = f"::: {{.heros}}\n{above}```{{=html}}\n{heading}\n```\n\n{lead}\n:::"
    return "::: {.une}\n" + "\n\n".join([opening, *shown]) + "\n:::\n"


def write_markdown(text: str) -> str:
    """A plain text as Markdown for both engines."""
    return part_shortcodes(write_spans(write_plain(text)))


def _legal_wording(edition: Edition, chapter: str) -> str:
    """The wording in force at the end of the edition's year, where the data give one."""
    day = date(edition.year, 12, 31)
    for row in to_records(edition.wordings):
        if row["finality"] == chapter and is_valid_on(day, row["valid_from"], row["valid_to"]):
            return row["wording"]
    return ""


def compose_chapter_list(edition: Edition, kind: str) -> str:
    """The chapters of a kind with their number and, for a finality, its legal wording."""
    lines = []
    rows = edition.chapters[edition.chapters["kind"] == kind].sort_values("order")
    for chapter in rows.itertuples():
        title = f"[{write_markdown(chapter.title)}](#sec-{chapter.id})"
        line = f"- Chapitre\u00a0[-@sec-{chapter.id}]\u00a0: {title}"
        wording = _legal_wording(edition, chapter.id)
        if wording and wording.casefold() != chapter.title.casefold():
            words = write_markdown(wording)
            line += f" (dans les termes de la loi\u00a0: «\u00a0{words}\u00a0»)"
        lines.append(line)
    return "\n".join(lines) + "\n"


def compose_logo(edition: Edition) -> str:
    """The territory's logo, which opens the pages and the DOCX (style/template.typ puts it on the
    PDF's cover), or nothing."""
    logo = edition.identity.get("logo")
    if not logo:
        return ""
    said = write_attribute(french.typeset(logo["alt"]))
    return f'![]({PICTURES}/{logo["file"]}){{fig-alt="{said}" width="36mm"}}\n'


def compose_edition(edition: Edition) -> str:
    """What the foreword says of this edition in particular: that it was never published, or is made
    of a report that was; where it is compared with the one before."""
    paragraphs = []
    if kind := edition.about.get("kind"):
        note = write_markdown(edition.about["note"])
        title = write_attribute(french.typeset(f"Édition {edition.year} {kind}"))
        paragraphs.append(
            f'::: {{.encadre-important title="{title}"}}\n{note} Ce qui manque est dit '
            f"«\u00a0{french.MISSING}\u00a0».\n:::"
        )
    elif document := _find_reworked(edition):
        days = sorted({*edition.rows("sources", kind=JUDGEMENT)["publication"]})
        told = french.join_list([name_day(day) for day in days if day])
        judged = f" Ce que la rédaction juge ou déduit l’est après coup ({told})." if told else ""
        paragraphs.append(
            write_markdown(
                french.typeset(
                    f"Cette édition a été refaite après coup : elle reprend le document"
                    f" « {document['title']} »"
                    f" ({_name_publication(document)}) à partir de ses données : chacune a été"
                    f" relevée avec sa source, vérifiée et, s’il le fallait, recalculée.{judged}"
                )
            )
        )
    if edition.earlier is not None:
        paragraphs.append(
            "Un chapitre dit [ce qui a changé](#sec-changements) depuis l’édition "
            f"{edition.earlier}."
        )
    return "\n\n".join(paragraphs) + "\n"


def _find_reworked(edition: Edition) -> Row | None:
    """The document that most of the values come from that this edition gives; None where services
    gave them."""
    given = edition.values[(edition.values["edition"] == edition.year)]
    cited = given.loc[given["origin"] == OBSERVED, "source"].value_counts()
    if cited.empty or 2 * cited.iloc[0] <= cited.sum():
        return None
    return next(iter(to_records(edition.rows("sources", id=cited.index[0], kind=DOCUMENT))), None)


def _name_publication(document: Row) -> str:
    """« Communauté d’agglomération, janvier 2031 »: its publisher, and when if known."""
    day = document["publication"]
    with suppress(CellError):
        day = french.name_period(None, read_partial_date(day, starts=False))
    return ", ".join(filter(None, (document["producer"], day)))


def compose_duty(edition: Edition) -> str:
    """What the law asks of the territory for the budget debated after the edition, what of it is
    still to be checked, the documents that the report rests on, when it was presented; of a
    territory known to be no larger than the law says, that it reports of its own will."""
    found = count_inhabitants(edition)
    if found["value"] and found["value"] <= LEGAL_THRESHOLD:
        people = french.format_number(found["value"])
        said = [
            f"**Ce rapport est volontaire** : avec {people} habitants (population totale ;"
            f" {found['locator']}),"
            f" {write_markdown(edition.territory['name'])} n’est pas au-dessus du seuil de"
            f" {french.format_number(LEGAL_THRESHOLD)} habitants, et la loi ne le lui demande pas."
            " Il suit le même contenu."
        ]
    else:
        said = [*_state_law(edition)]
    if documents := count_documents(edition):
        said.append(f"Il fait la synthèse de [{documents}](#sec-loi-documents).")
    if not edition.is_reconstituted and len(edition.legal):
        said.append(write_markdown(_tell_session(edition.council)))
    return french.typeset(" ".join(said)) + "\n"


def _state_law(edition: Edition) -> Iterator[str]:
    """The law of the edition's budget in sentences; nothing where none is typed. What is known from
    memory alone is left to the annexes."""
    asked = list_requirements(edition, ON_REPORT)
    duty = next((one for one in asked if EDITION in one.row["met"]), None)
    if duty is None:
        return
    budget, who = edition.council["budget_year"], ""
    if duty.row["inhabitants"]:
        people = french.format_number(duty.row["inhabitants"])
        who = f", aux communes et aux intercommunalités de plus de {people} habitants"
    read = [one.row for one in asked if one.row["certainty"] == TEXT_READ and one.row["article"]]
    articles: dict[str, dict[str, None]] = {}
    for row in read:
        articles.setdefault(row["legal_text"], {})[row["article"]] = None
    texts = [
        f"{law}, {'articles' if len(numbers) > 1 else 'article'} {french.join_list([*numbers])}"
        for law, numbers in articles.items()
    ]
    told = f" ({' ; '.join(texts)})" if texts else ""
    words = f"{who}{told}, au regard des cinq {_name_five(edition)}"
    if duty.certain:
        verb = "demande"
        words = f"chaque année, avant les débats sur le budget, ici celui de {budget}{words}."
    else:
        verb, until = "demandait", duty.row["read_to"]
        words = (
            f"chaque année jusqu’au budget {until}, avant les débats sur le budget{words} ; ce qui"
            f" vaut pour le budget {budget} est à vérifier."
        )
    yield f"[La loi {verb} ce rapport](#sec-loi) {write_markdown(words)}"
    since = duty.row["budget_from"] or 0
    added = [
        f"{french.lower_initial(one.row['title'])} ({one.certainty})"
        for one in asked
        if not one.certain
        and one.certainty != FROM_MEMORY
        and (one.row["budget_from"] or 0) > since
    ]
    if added:
        yield write_markdown(f"S’y ajoute, à vérifier : {' ; '.join(added)}.")


def _name_five(edition: Edition) -> str:
    """« finalités du développement durable, dites « engagements » depuis août 2015 »: what the law
    of the edition's year calls the five that the report is read by."""
    day = date(edition.year, 12, 31)
    rows = [row for row in to_records(edition.wordings) if row["called"]]
    names = {r["called"] for r in rows if is_valid_on(day, r["valid_from"], r["valid_to"])}
    said = f"{_FIRST_NAME} du développement durable"
    if later := sorted(names - {_FIRST_NAME}):
        since = min(r["valid_from"] for r in rows if r["called"] in later and r["valid_from"])
        called = french.join_list(list(map(french.quote, later)))
        said += f", dites {called} dans le code de l’environnement depuis"
        said += f" {french.MONTHS[since.month]} {since.year}"
    return said


def _tell_session(council: Mapping[str, Any]) -> str:
    """When the report was presented, by which délibération; what is not known is to be made out."""
    said = []
    if presented := find_fact(council, "presented_on"):
        said.append(f"présenté au conseil le {french.format_date(presented)}")
    number, day = council["deliberation_number"], council["deliberation_on"]
    if number or day:
        words = ["délibération", f"n° {number}" if number else ""]
        words.append(f"du {french.format_date(day)}" if day else "")
        said.append(" ".join(filter(None, words)))
    lacking = [
        words
        for words, known in (
            ("présentation au conseil", presented),
            ("délibération", number or day),
        )
        if not known
    ]
    told = f"{capitalise(' ; '.join(said))}." if said else ""
    left = f"À préciser : {french.join_list(lacking)}." if lacking else ""
    return " ".join(filter(None, (told, left)))


def compose_reading(edition: Edition) -> str:
    """How the report is to be read: what a number leads to, then the rules that hold in all of it,
    those left out that nothing in the edition calls for."""
    document = bool(find_main_document(edition))
    where = "la source, sa partie et sa page" if document else "sa source"
    opening = (
        "**Chaque nombre de la synthèse et des chapitres est un lien.** Dans les pages, il ouvre "
        f"une fenêtre qui dit d’où il vient : sa définition, le calcul et ses termes, {where}, "
        "puis, pour l’analyste, la ligne, le fichier où il est saisi et le carnet qui l’affiche. "
        "Dans le PDF et le document Word, il mène à sa ligne de l’annexe (section "
        "[-@sec-annexes-calculs]), dans le PDF des annexes : "
        f"« annexes-{edition.year}.pdf », à garder dans le même dossier."
    )
    rules = "\n".join(f"- {rule}" for rule in _list_rules(edition, document))
    text = f"{opening}\n\nQuelques règles valent partout :\n\n{rules}"
    return french.typeset(text) + "\n"


def name_annexes(edition: Edition) -> str:
    """« tous les indicateurs, leurs calculs, leurs sources, ce qui manque et le glossaire »: what
    the annexes hold."""
    held = ["tous les indicateurs", "leurs calculs", "leurs sources"]
    held += ["ce qui manque"] if len(edition.gaps) or list_unanswered(edition) else []
    held += ["le glossaire"] if len(list_acronyms(edition)) else []
    return french.join_list(held)


def _list_rules(edition: Edition, document: bool) -> list[str]:
    judged = (edition.sources["kind"] == JUDGEMENT).any()
    lost = "une donnée **perdue ou absente** est signalée"
    if has_estimates(edition):
        lost += (
            " ; les quelques valeurs qui en sont approchées par un calcul portent le mot "
            "**« estimation »**"
        )
    written = "les résumés, l’enjeu, l’analyse et la synthèse de chaque chapitre sont "
    written += "**écrits par la rédaction** de ce dossier"
    what = "ce que le document source ne dit pas et que" if document else "ce que"
    unnamed = "services qu’il ne nomme pas" if document else "services concernés"
    rules = [
        "une valeur est donnée avec sa **période** ou sa date, et avec la réserve de sa source : "
        "« environ », « plus de », « au plus »",
        "deux valeurs ne sont comparées que si leurs **périodes** le permettent ; sinon, le "
        "rapport le dit et ne calcule pas d’évolution",
        "un montant **prévu**, **engagé**, **réalisé**, **sollicité** ou **obtenu** est nommé "
        "comme tel, et des montants d’étapes, d’années ou de financeurs différents ne sont pas "
        "additionnés",
        "une valeur **calculée** (part, évolution, coût par unité, distance à un objectif) l’est à "
        "partir des valeurs relevées ; la formule est en annexe, et ce qui est calculé est dit "
        "tel",
        explain_places(edition),
        "une valeur **provisoire** est un décompte arrêté avant la fin de la période ; une "
        "**prévision** porte sur ce qui n’a pas encore eu lieu",
        lost,
        written + (", d’après le document source" if document else ""),
        f"{what} la rédaction a **jugé** (objectifs de développement durable d’une action, notes "
        f"de la grille, {unnamed}) ou **déduit** est présenté comme tel, avec sa date"
        if judged
        else "",
    ]
    kept = [rule for rule in rules if rule]
    return [f"{rule} ;" for rule in kept[:-1]] + [f"{kept[-1]}."]


def compose_downloads(words: dict[str, str]) -> str:
    """The report's other formats and its data, as they stand beside the folder of the pages."""
    stem = words["file"]
    links = [
        ("Le rapport en PDF", f"{stem}.pdf"),
        ("Sa synthèse en quatre pages, en PDF", f"{words['summary']}.pdf"),
        ("Le rapport pour Word", f"{stem}.docx"),
        ("Ses annexes, en PDF", f"{words['second']}.pdf"),
        ("Les données de l’édition, en un fichier ZIP", words["data"]),
        ("La description des données (Frictionless Data Package)", f"{OPEN_DATA}/datapackage.json"),
        ("Le manifeste : versions, fichiers et empreintes de cette production", "manifest.json"),
    ]
    items = "\n".join(f"- [{french.typeset(text)}](../{file})" for text, file in links)
    heading = "## Télécharger {#sec-accueil-telecharger .unnumbered}"
    return f"::: {{.telechargements}}\n{heading}\n\n{items}\n:::\n"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "—"


def compose_making(engine: Engine) -> str:
    """Who composed the book, and with which versions."""
    rows = [("Python", read_python_version())]
    rows += [(name, _version(name)) for name in PACKAGES]
    if engine.name == "quarto":
        sentence = f"Ce livre a été composé par Quarto {engine.version}."
        rows.insert(0, ("Quarto", engine.version))
    else:
        import pypandoc

        sentence = (
            "Ce livre a été composé par le moteur embarqué, qui lit le même projet Quarto et "
            "confie la composition à pandoc et à Typst."
        )
        tools = [("pandoc", pypandoc.get_pandoc_version()), ("Typst", _version("typst"))]
        rows = tools + rows
    if engine.failed:
        sentence += f" {engine.failed}, présent sur la machine, n’a pas pu le composer."
    table = ["| Outil | Version |", "|:------|:--------|"]
    table += [f"| {name} | {number} |" for name, number in rows]
    return sentence + "\n\n" + "\n".join(table) + "\n"


def compose_credits(edition: Edition) -> str:
    """Contributions as the data give them: to this report, then to each document that it is made
    from, whose authors have no part in this one."""
    if edition.credits.empty:
        return "Aucune contribution n’est enregistrée dans les données.\n"
    groups = dict(iter(edition.credits.groupby("source", sort=True)))  # this report's own first
    parts = []
    for source, rows in groups.items():
        if source:
            title = french.quote(edition.source_titles[source])
            day = name_day(edition.rows("sources", id=source)["publication"].iloc[0])
            parts.append(
                f"**Document source** : {write_markdown(', '.join(filter(None, (title, day))))}. "
                "Ses auteurs n’ont pas fait ce rapport-ci, qui en reprend les données."
            )
        elif len(groups) > 1:
            parts.append("**Ce rapport**")
        parts.append("\n".join(_list_roles(rows)))
    return french.typeset("\n\n".join(parts)) + "\n"


def _list_roles(rows: pd.DataFrame) -> Iterator[str]:
    for role, found in rows.groupby("role", sort=False):
        names = [
            row.name + (f" ({row.detail})" if row.detail else "")
            for row in found.itertuples(index=False)
        ]
        yield f"- **{write_markdown(role)}**\u00a0: {write_markdown(' ; '.join(names))}"
