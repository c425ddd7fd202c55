"""The portrait of the territory: its communes on maps, and where it stands, in words and strips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from analysis.base.lists import split_list
from analysis.compute.national import list_context
from analysis.compute.portrait import Portrait
from analysis.model.schema import PORTRAIT
from analysis.model.store import Edition, find_source, to_records
from analysis.show import charts, tables
from analysis.show.charts import Drawing
from analysis.show.charts.position_strips import draw_positions
from analysis.show.maps.choropleth import draw_choropleths
from analysis.show.pages.display import Block, displayed, place
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise, mark, name_place
from analysis.words.lineage import name_anchor, name_table
from analysis.words.smallmarkdown import write_plain
from analysis.words.standing_words import (
    compare_rounded,
    describe_standing,
    summarise_quarters,
)

Row = Mapping[str, Any]

#: The map of the population, where charts.yml has none.
POPULATION_MAP = {
    "id": "population-communes",
    "chapter": PORTRAIT,
    "kind": "carte",
    "finding": [
        {
            "when": "[premiere] seule",
            "say": "[premiere] est la commune la plus peuplée, avec [premiere|nombre]",
        },
        {"say": "Population des communes : jusqu’à [premiere|nombre]"},
    ],
    "change": {
        "finding": [
            {
                "say": "de [depuis] à [millesime], [croissantes] communes croissent, [stables]"
                " restent stables et [decroissantes] déclinent",
                "because": "les communes de chaque classe sont comptées",
            }
        ]
    },
}


def list_portrait_charts(portrait: Portrait) -> list[Mapping]:
    """Specifications of the portrait's charts: those of charts.yml, and a map of the population."""
    edition = portrait.edition
    specs = charts.list_specs(edition, PORTRAIT)
    known = edition.inhabitants["municipal"].notna().sum() > 1
    if any(spec["kind"] == "carte" for spec in specs) or not edition.communes_geojson or not known:
        return specs
    return [{**POPULATION_MAP, "action": ""}, *specs]


def list_own_rows(edition: Edition) -> list[Row]:
    """Values of the context indicators of the edition, in the order of the catalogue."""
    return to_records(edition.rows("values", chapter=PORTRAIT, rank=0))


def compose_opening(portrait: Portrait) -> Iterator[Block]:
    """Who it is, how many communes and inhabitants, how they change: what is known of it."""
    edition = portrait.edition
    count = len(edition.inhabitants)
    name = edition.territory.get("full_name") or edition.territory["name"]
    communes = french.format_count(count, "commune membre", "communes membres")
    said = [f"{write_plain(name)} : {mark(communes, name_table('communes'))}"]
    known = {row["indicator"]: row for row in list_own_rows(edition) if row["value"] is not None}
    for id, words in (("population-en-vigueur", ""), ("superficie", ""), ("densite", "")):
        if id in known:
            said.append(write_plain(prose.mark_quantity(edition, edition.value(id))) + words)
    yield french.typeset(", ".join(said) + ".")
    if "population-en-vigueur" in known:
        where = known["population-en-vigueur"]["locator"]
        where = where.replace("population légale ", "de ") if "légale" in where else f", {where}"
        yield french.typeset(f"Population municipale légale {where}.".replace(" ,", ","))
    if "evolution-population" in known:
        value = edition.value("evolution-population")
        moved = compare_rounded(value.value, 0, value.precision)
        size = prose.format_quantity(edition, replace(value, value=abs(value.value)))
        rate = write_plain(prose.mark_value(edition, value, size))
        way = {1: f"a augmenté de {rate}", -1: f"a diminué de {rate}", 0: f"est stable ({rate})"}
        span = french.format_period(value.period_start, value.period_end)
        yield french.typeset(
            f"À périmètre constant, celui de l’édition, la population {way[moved]} par an en"
            f" moyenne {span}."
        )


def compose_maps(portrait: Portrait, above: str = "") -> Iterator[Block]:
    """The indicators of the communes, a small map each, under a heading where there is any."""
    edition = portrait.edition
    titles = edition.source_titles
    files = ("reference/population.csv", "reference/census.csv", "reference/communes.geojson")
    ids = [find_source(edition.sources, file) for file in files]
    if edition.census.empty:
        ids.pop(1)
    sources = [titles.get(id, id) for id in dict.fromkeys(ids) if id]
    entries = edition.indicators[edition.indicators["id"].isin(portrait.communes["indicator"])]
    if drawing := draw_choropleths(edition, portrait.communes, entries, sources):
        yield above
        yield drawing


def compose_territory(portrait: Portrait, drawings: Mapping, above: str = "") -> Iterator[Block]:
    """The member communes on the charts of charts.yml, each with its values for paper."""
    yield above if drawings else ""
    for drawing in drawings.values():
        yield place(drawing)
        if isinstance(drawing, Drawing):
            yield compose_paper_values(drawing)


def compose_paper_values(drawing: Drawing) -> str:
    """What a drawing shows, as a long narrow table: on paper it stands nowhere else, and HTML has
    it under the drawing."""
    return (
        '::: {.content-hidden when-format="html"}\n::: {.liste-longue}\n'
        f"{tables.format_markdown(drawing.table)}\n:::\n:::"
    )


# --- where it stands ------------------------------------------------------------------------------


def say_rule(portrait: Portrait) -> str:
    """« Comparables, d’après la règle retenue : les 121 autres communautés d’agglomération de
    79 176 à 316 702 habitants. », or why there are none."""
    if portrait.words is None:
        return "Sa population n’étant pas connue, aucune intercommunalité ne lui est comparée."
    like = portrait.words.sentence.partition(f"{french.NO_BREAK}autre")[2].removeprefix("s")
    if not portrait.words.count:
        return (
            f"Aucune autre{like} : ce territoire n’est comparé qu’à toutes les intercommunalités."
        )
    one = f"la seule autre{like}"
    said = one if portrait.words.count == 1 else f"les {portrait.words.sentence}"
    said = mark(said, name_table("standing"))
    return f"Comparables, d’après la règle retenue : {said}."


def find_finding(portrait: Portrait) -> str:
    """What the strips show: the quarters among the peers, else among all."""
    rows = to_records(portrait.edition.standing)
    for group, among in (("comparables", "Parmi les comparables"), ("toutes", "Parmi toutes")):
        said = summarise_quarters([row for row in rows if row["compared_with"] == group])
        if said:
            return f"{among}, le territoire est {said}"
    return "La place du territoire"


def compose_standing(portrait: Portrait) -> Iterator[Block]:
    """The rule, the strips, a sentence for each indicator, and what is to be known of them."""
    edition = portrait.edition
    if edition.standing.empty:
        yield (
            "La référence nationale ne connaît pas ce territoire : il n’est comparé à aucun autre."
        )
        return
    rows = to_records(edition.standing)
    yield french.typeset(say_rule(portrait))
    ids = dict.fromkeys(id for row in rows for id in split_list(row["source"]))
    titles = [f"{edition.source_titles.get(id, id)} (référence nationale)" for id in ids]
    if drawing := draw_positions(edition, portrait.positions, find_finding(portrait), titles):
        yield drawing
    lines = []
    for id in dict.fromkeys(row["indicator"] for row in rows):
        pair = [row for row in rows if row["indicator"] == id and row["value"] is not None]
        said = [text for row in pair if (text := describe_standing(edition, row))]
        if said:
            value = prose.format_measure(edition, pair[0]["value"], pair[0]["unit"],
                                         pair[0]["precision"])  # fmt: skip
            value = mark(value, name_table("standing"))
            lines.append(f"- **{write_plain(pair[0]['title'])}** ({value}) : {' ; '.join(said)}.")
    yield french.typeset("\n".join(lines))
    yield from compose_cautions(portrait)


def compose_cautions(portrait: Portrait) -> Iterator[Block]:
    """Perimeters, vintages, what is missing and why, where the dossier's own value differs, and how
    each indicator is to be read."""
    edition, rows = portrait.edition, to_records(portrait.edition.standing)
    perimeter = rows[0]["perimeter"]
    nearest = "" if perimeter == edition.year else ", les plus proches qui soient connus"
    said = [f"Rangs et quartiles : dans les périmètres du 1er janvier {perimeter}{nearest}."]
    census = {row["vintage"] for row in rows if "france-recensement" in row["source"]}
    said += [f"Âges et logements : recensement de {year}." for year in sorted(census)]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["reason"] and row["title"] not in reasons.setdefault(row["reason"], []):
            reasons[row["reason"]].append(row["title"])
    for reason, titles in reasons.items():
        lower = [title[:1].lower() + title[1:] for title in titles]
        said.append(f"{capitalise(french.join_list(lower))} : {reason}")
    said += _list_differences(edition, rows)
    # Where the numbers of the standing lead to on paper.
    lead = name_place("À savoir :", name_anchor(name_table("standing")))
    yield french.typeset("\n".join([lead, "", *(f"- {text}" for text in said)]))
    shown = edition.standing.dropna(subset=["value"])["indicator"]
    cautions: dict[str, list[str]] = {}
    for row in list_context().itertuples():
        if row.caution and row.id in set(shown):
            cautions.setdefault(row.caution, []).append(row.title)
    lines = [f"- {' ; '.join(titles)} : {caution}" for caution, titles in cautions.items()]
    note = "\n".join(lines)
    yield french.typeset(f'::: {{.encadre-note title="Précautions de lecture"}}\n{note}\n:::')


def _list_differences(edition: Edition, rows: list[Row]) -> Iterator[str]:
    """Values of the dossier that are not printed as those that are compared."""
    own = {row["indicator"]: row for row in list_own_rows(edition) if row["value"] is not None}
    found = []
    for row in rows:
        mine = own.get(row["indicator"])
        if row["compared_with"] != "toutes" or row["value"] is None or mine is None:
            continue
        if compare_rounded(mine["value"], row["value"], row["precision"]):
            value = prose.mark_quantity(edition, edition.value(row["indicator"]))
            title = row["title"][:1].lower() + row["title"][1:]
            found.append(write_plain(f"{title} {value}"))
    if found:
        yield (
            "Sur les communes et les années de l’édition elle-même, les valeurs sont un peu"
            f" différentes : {french.join_list(found)}."
        )


show_portrait = displayed(compose_opening)
show_maps = displayed(compose_maps)
show_standing = displayed(compose_standing)
show_territory = displayed(compose_territory)
