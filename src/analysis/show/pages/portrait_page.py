"""The portrait of the territory: its communes on maps, and where it stands, in words and strips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute.national import POPULATION, list_context
from analysis.compute.portrait import Portrait, name_territories
from analysis.model.schema import PORTRAIT
from analysis.model.store import Edition, find_source, to_records
from analysis.show import tables
from analysis.show.charts.facts import write_source_line
from analysis.show.charts.position_strips import draw_positions
from analysis.show.maps import commune_sheets
from analysis.show.maps.choropleth import draw_choropleths, say_growth
from analysis.show.maps.commune_classes import ACTIONS, list_classes
from analysis.show.maps.outlines import read_outlines
from analysis.show.pages.display import Block, displayed, place
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise, mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain
from analysis.words.standing_words import (
    compare_rounded,
    describe_rank,
    list_quarters,
    quote_numbers,
    summarise_quarters,
)

Row = Mapping[str, Any]

#: What a new dossier says to lack that its first words rest on.
GAPS = ("perimetre-autre-annee", "population-en-vigueur")
#: Communes up to which their values stand in a table: classes of so few would be one each.
FEW = 6
#: Peers named on paper; territories without a value named in a line.
PEERS_ON_PAPER, NAMED = 10, 8


def compose_charts(portrait: Portrait, drawings: Mapping) -> Iterator[Block]:
    """The charts that charts.yml has of the territory."""
    yield from map(place, drawings.values())


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
    heads = [id for id in (POPULATION, "superficie", "densite") if id in known]
    said += [write_plain(prose.mark_quantity(edition, edition.value(id))) for id in heads]
    yield french.typeset(", ".join(said) + ".")
    if POPULATION in known:
        where = known[POPULATION]["locator"]
        where = where.replace("population légale ", "de ") if "légale" in where else f", {where}"
        yield french.typeset(f"Population municipale légale {where}.".replace(" ,", ","))
    for gap in edition.gaps[edition.gaps["id"].isin(GAPS)].itertuples():
        yield write_plain(french.typeset(f"{gap.title} : {gap.description}"))
    if "evolution-population" in known:
        value = edition.value("evolution-population")
        moved = compare_rounded(value.value, 0, value.precision)
        size = prose.format_quantity(edition, replace(value, value=abs(value.value)))
        rate = write_plain(prose.mark_value(edition, value, size))
        way = {1: f"augmenté de {rate} par an", -1: f"diminué de {rate} par an", 0: "peu changé"}
        span = french.format_period(value.period_start, value.period_end)
        mean = "en moyenne" if moved else f"({rate} par an en moyenne)"
        yield french.typeset(
            f"Dans les communes membres en {edition.year}, la population a {way[moved]} {mean}"
            f" {span}."
        )


def compose_communes(portrait: Portrait, above: str = "") -> Iterator[Block]:
    """The communes: what is said of them together, their map (of few communes a table of their
    values), a sheet for each on the site, on paper their places."""
    edition = portrait.edition
    names, placed = commune_sheets.name_communes(edition), commune_sheets.list_placed(edition)
    classes = list_classes(edition, portrait.communes)
    if not classes and not placed:
        return
    yield above
    yield " ".join(filter(None, _say_first(edition, names)))
    line = _name_sources(edition)
    maps = [one for one in classes if one.bounds]
    if len(names) <= FEW:
        yield tables.format_markdown(tabulate_few(portrait))
        yield f"::: {{.source}}\n{write_plain(line)}\n:::"
        maps = [one for one in maps if one.id == ACTIONS]
    outlines = read_outlines(edition.communes_geojson, names)
    if maps and len(outlines) > 1:
        finding = capitalise(" ; ".join(filter(None, [_find_named(edition, names),
                                                      say_growth(edition, maps)])))  # fmt: skip
        drawing = draw_choropleths(edition, maps, names, outlines, finding, line)
        yield drawing
        figure = f"fig-{portrait.id}-{drawing.id}"
        yield commune_sheets.compose_explorer(edition, maps, placed, outlines, figure)
    own = commune_sheets.compose_sheets(edition, placed)
    title = french.typeset("Chaque commune : population, actions et lieux")
    yield (
        f'::::: {{.content-visible when-format="html"}}\n:::: {{.encadre-note title="{title}"}}\n'
        f"{own}\n::::\n:::::"
    )
    if placed:
        table = commune_sheets.tabulate_places(edition, placed)
        yield f'::: {{.content-hidden when-format="html"}}\n{table}\n:::'
    yield french.typeset(commune_sheets.describe_age(edition.places))


def _say_first(edition: Edition, names: Mapping[str, str]) -> Iterator[str]:
    """« Ville est la commune la plus peuplée, avec 19 825 habitants en 2017, et celle que les
    actions nomment le plus souvent (9 actions). »: where one is first alone."""
    people = edition.inhabitants.set_index("insee")["municipal"].dropna()
    counts = edition.places.groupby("insee")["action"].nunique()
    largest, most = _find_first(people), _find_first(counts)
    if largest:
        count = french.format_count(int(people[largest]), "habitant", "habitants")
        said = f"{write_plain(names[largest])} est la commune la plus peuplée, avec"
        said += f" {write_plain(mark(count, name_table('population')))}"
        yield french.typeset(f"{said} en {int(edition.inhabitants['vintage'].max())}.")
    if most:
        count = french.format_count(int(counts[most]), "action", "actions")
        also = "C’est aussi" if most == largest else f"{write_plain(names[most])} est"
        number = write_plain(mark(count, name_table("places")))
        yield french.typeset(
            f"{also} celle que les actions nomment le plus souvent ({number}). Une action peut"
            " concerner une commune sans la nommer."
        )


def _find_first(numbers: pd.Series) -> str:
    """The commune with the largest number, where it has no equal; else ''."""
    first = numbers.nlargest(2)
    return str(first.index[0]) if len(first) == 2 and first.nunique() == 2 else ""


def _find_named(edition: Edition, names: Mapping[str, str]) -> str:
    """« les actions nomment 20 communes sur 46 »."""
    named = edition.places["insee"].nunique()
    if not named:
        return ""
    count = french.format_count(named, "commune", "communes")
    among = mark(french.format_number(len(names)), name_table("communes"))
    return f"les actions nomment {mark(count, name_table('places'))} sur {among}"


def _name_sources(edition: Edition) -> str:
    """« Sources : … » of what is known of the communes, and of their outlines."""
    files = {
        "reference/population.csv": not edition.inhabitants.empty,
        "reference/census.csv": not edition.census.empty,
        "reference/communes.csv": True,
        "reference/communes.geojson": bool(edition.communes_geojson),
    }
    ids = [*edition.places["source"]]
    ids += [find_source(edition.sources, file) for file, used in files.items() if used]
    titles = [edition.source_titles.get(id, id) for id in dict.fromkeys(ids) if id]
    return write_source_line(titles, len(titles))


def tabulate_few(portrait: Portrait) -> pd.DataFrame:
    """A line for each indicator, a column for each commune, and the territory's own value."""
    edition, lines = portrait.edition, []
    entries = edition.indicators[edition.indicators["id"].isin(portrait.communes["indicator"])]
    for entry in entries.itertuples():
        line = {"Indicateur": entry.title}
        rows = portrait.communes[portrait.communes["indicator"] == entry.id]
        for row in rows.itertuples():
            value = prose.format_measure(edition, row.value, entry.unit, entry.precision)
            line[row.name] = french.MISSING if pd.isna(row.value) else mark(
                value, name_table("population")
            )  # fmt: skip
        own = edition.value(entry.id)
        known = own.value is not None
        line["Territoire"] = prose.mark_quantity(edition, own) if known else french.MISSING
        lines.append(line)
    return pd.DataFrame(lines)


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
    """The rule, what stands out, the table, who the peers are, what is to be known, the strips."""
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
    yield french.typeset(say_what_stands_out(rows))
    yield tables.format_markdown(tabulate_standing(edition, rows))
    yield from name_peers(portrait)
    yield from compose_remarks(portrait)
    if drawing := draw_positions(edition, portrait.positions, find_finding(portrait), titles):
        yield replace(drawing, data=portrait.list_compared())
    yield compose_cautions(edition)


def say_what_stands_out(rows: list[Row]) -> str:
    """« Dans le quart le plus élevé des comparables : densité de population. »; where none is at
    either end, that all are between the quartiles; '' where there are no quartiles."""
    for group, whose in (("comparables", "des comparables"), ("toutes", "de toutes")):
        found = list_quarters([row for row in rows if row["compared_with"] == group])
        if found:
            said = [
                f"dans le quart le plus {word} {whose} : "
                + french.join_list([*map(french.lower_initial, titles)])
                for word, titles in found.items()
                if titles
            ]
            between = f"Chaque indicateur est entre les quartiles {whose}."
            return capitalise(" ; ".join(said)) + "." if said else between
    return ""


def tabulate_standing(edition: Edition, rows: list[Row]) -> pd.DataFrame:
    """A line for each indicator that is known: rank, median and quartiles among the peers, rank
    among all; medians and quartiles are those of all where the peers have none."""
    shown = [row for row in rows if row["value"] is not None]
    peers = [row for row in shown if row["compared_with"] == "comparables"]
    every = [row for row in shown if row["compared_with"] == "toutes"]
    known = any(row["median"] is not None for row in peers)
    whose = "des comparables" if known else "de toutes"
    lines = []
    for row, of_all in zip(peers, every, strict=True):
        spread = row if known else of_all
        rank = describe_rank(row) or "—"
        value = prose.format_measure(edition, row["value"], row["unit"], row["precision"])
        if row["indicator"] == POPULATION and row["others"]:
            rank = "sans objet"
        lines.append({
            "Indicateur": row["title"],
            "Valeur": mark(value, name_table("standing")),
            "Rang parmi les comparables": rank,
            f"Médiane {whose}": quote_numbers(spread, "median"),
            f"Quartiles {whose}": quote_numbers(spread, "first_quartile", "third_quartile"),
            "Rang parmi toutes": describe_rank(of_all) or "—",
        })  # fmt: skip
    return pd.DataFrame(lines)


def name_peers(portrait: Portrait) -> Iterator[Block]:
    """The peers by name: folded on the site; on paper all of them, or the nearest."""
    near = portrait.list_nearest()
    if near.empty:
        return
    names = [f"{name} ({department})" for name, department in
             near[["name", "department_name"]].itertuples(index=False)]  # fmt: skip
    order = "de la plus proche à la plus éloignée par sa population"
    every = write_plain(french.typeset(" ; ".join(names)))
    yield (
        f'::: {{.content-visible when-format="html"}}\n::: {{.encadre-note title="Les comparables,'
        f' {order}"}}\n{every}.\n:::\n:::'
    )
    few, where = names[:PEERS_ON_PAPER], ""
    if len(names) > len(few):
        where = "Les autres sont dans les données de la figure et sur le site."
        order = "les plus proches par leur population"
    said = write_plain(french.typeset(f"Les comparables, {order} : {' ; '.join(few)}. {where}"))
    yield f'::::: {{.content-hidden when-format="html"}}\n::: {{.source}}\n{said}\n:::\n:::::'


def compose_remarks(portrait: Portrait) -> Iterator[Block]:
    """Perimeters, vintages, what is missing and why, where the dossier's own value differs."""
    edition, rows = portrait.edition, to_records(portrait.edition.standing)
    perimeter = rows[0]["perimeter"]
    nearest = "" if perimeter == edition.year else ", les plus proches qui soient connus"
    said = [
        "Pour chaque indicateur, le premier rang est celui de la plus grande valeur ; deux valeurs"
        " qui s’impriment de même ont le même rang.",
        f"Rangs et quartiles : dans les périmètres du 1er janvier {perimeter}{nearest}.",
    ]
    if len(portrait.peers):
        said.append(
            "Les comparables sont choisies par leur population : celle du territoire n’est donc ni"
            " rangée parmi elles, ni comptée parmi ce qui ressort."
        )
    census = {row["vintage"] for row in rows if "france-recensement" in row["source"]}
    said += [f"Âges et logements : recensement de {year}." for year in sorted(census)]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["reason"] and row["title"] not in reasons.setdefault(row["reason"], []):
            reasons[row["reason"]].append(row["title"])
    for reason, titles in reasons.items():
        said.append(
            f"{capitalise(french.join_list([*map(french.lower_initial, titles)]))} : {reason}"
        )
    said += _list_lacking(portrait)
    said += _list_differences(edition, rows)
    yield french.typeset("\n".join(["À savoir :", "", *(f"- {text}" for text in said)]))


def compose_cautions(edition: Edition) -> Block:
    """How each indicator is to be read."""
    shown = edition.standing.dropna(subset=["value"])["indicator"]
    cautions: dict[str, list[str]] = {}
    for row in list_context().itertuples():
        if row.caution and row.id in set(shown):
            cautions.setdefault(row.caution, []).append(row.title)
    lines = [f"- {' ; '.join(titles)} : {caution}" for caution, titles in cautions.items()]
    note = "\n".join(lines)
    return french.typeset(f'::: {{.encadre-note title="Précautions de lecture"}}\n{note}\n:::')


def _list_lacking(portrait: Portrait) -> Iterator[str]:
    """Who is not ranked by which indicators, as no value is known."""
    titles = list_context().set_index("id")["title"]
    order = dict.fromkeys(titles.index)
    for sirens, ids in portrait.list_lacking().items():
        names = sorted(name_territories(pd.Series(sirens)))
        count = french.format_count(len(sirens), "intercommunalité", "intercommunalités")
        who = french.join_list(names) if len(names) <= NAMED else count
        among = int(portrait.peers["siren"].isin(sirens).sum())
        dont = f", dont {french.format_count(among, 'comparable', 'comparables')}"
        who = mark(who + dont if among else who, name_table("standing"))
        which = french.join_list([french.lower_initial(titles[id]) for id in order if id in ids])
        yield f"Sans valeur connue, donc sans rang, pour {which} : {who}."


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
            found.append(write_plain(f"{french.lower_initial(row['title'])} {value}"))
    if found:
        yield (
            "Sur les communes et les années de l’édition elle-même, les valeurs sont un peu"
            f" différentes : {french.join_list(found)}."
        )


show_portrait = displayed(compose_opening)
show_communes = displayed(compose_communes)
show_standing = displayed(compose_standing)
show_charts = displayed(compose_charts)
