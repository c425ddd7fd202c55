"""« Coût global »: the page of the method, and that of a project: what is said and drawn of what
``compute.whole_life`` computes. The notebook makes the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import pandas as pd

from analysis.compute import whole_life
from analysis.compute.whole_life import Project
from analysis.model.references import MONEY, Row
from analysis.model.schema import COST_CATEGORIES, ONE_TIME, TEXT_READ
from analysis.model.store import Edition, to_records
from analysis.show.charts.cost_charts import CostChart, draw_curves, draw_parts, draw_tornado
from analysis.show.charts.facts import write_source_line
from analysis.show.pages.display import Block, compose_heading, displayed
from analysis.words import french, prose
from analysis.words.citations import cite_place, describe_doubt, name_day
from analysis.words.hidden_markup import capitalise
from analysis.words.smallmarkdown import write_plain

PAGE = "cout-global"
#: The source that says what the law admits.
_CODE = "code-commande-publique-r2152-9"
AREAS = {"SDO": "surface dans œuvre", "SU": "surface utile", "SDP": "surface de plancher",
         "SHON": "surface hors œuvre nette", "SHAB": "surface habitable"}  # fmt: skip


def _cite_row(edition: Edition, row: Row) -> str:
    """« Étude de faisabilité, p. 4 »: the source of a row and the place in it."""
    place = cite_place(edition, row["source"], row["locator"])
    return ", ".join(filter(None, (edition.source_titles[row["source"]], place)))


def _name_sources(edition: Edition, rows: Iterable[Row]) -> str:
    titles = [edition.source_titles[id] for id in dict.fromkeys(row["source"] for row in rows)]
    return write_source_line(titles, len(titles))


def _count_years(years: int) -> str:
    return french.format_count(years, "an", "ans")


def compose_cost_title(edition: Edition, project: str | None) -> list[Block]:
    """The title of the page of the method, or of a project's."""
    if not project:
        return [compose_heading(1, "Coût global", PAGE)]
    title = edition.rows("projects", id=project)["title"].iloc[0]
    return [compose_heading(1, f"Coût global : {title}", f"{PAGE}-{project}")]


def compose_method(edition: Edition) -> list[Block]:
    """What whole-life cost is, in law and in the norm, and how it is computed."""
    read = edition.rows("sources", id=_CODE)["accessed"]
    dated = "".join(f", lu le {name_day(day)}" for day in read if day)
    return [*map(french.typeset, (
        "Le **coût global** d’un projet est ce qu’il coûte de sa conception à sa fin de vie :"
        " études, travaux, énergie, eau, nettoyage, maintenance, renouvellements, démolition. Il"
        " compare des options qui rendent le même service pendant la même durée : celle qui coûte"
        " le moins à construire n’est pas toujours celle qui coûte le moins en tout.",
        f"Le code de la commande publique (article R. 2152-9{dated}) admet ce critère :"
        " acquisition, utilisation, maintenance, fin de vie, et les coûts externes seulement si"
        " leur valeur peut être établie et vérifiée. La norme ISO 15686-5 décrit le calcul pour un"
        " bâtiment.",
        "Les prix sont ceux d’une même année, sans l’inflation ; l’un d’eux peut monter plus vite"
        " (l’énergie). Une dépense lointaine compte moins qu’une dépense immédiate : celle de"
        " l’année t est divisée par (1 + taux) à la puissance t. Ce qui se remplace revient à"
        " chaque durée de vie ; à la fin du calcul, la part non usée du dernier remplacement est"
        " déduite. Les aides le sont aussi. Le total est dit également en somme égale par an et, si"
        " la surface est connue, par m² et par an.",
    ))]  # fmt: skip


def compose_breakdowns(edition: Edition) -> Iterator[Block]:
    """The published breakdowns, one picture each; nothing where there is none."""
    frame = edition.cost_breakdowns.sort_values("order", kind="stable")
    if not frame.empty:
        yield compose_heading(2, "Ce que coûte un bâtiment dans sa vie", f"{PAGE}-repartition")
    for id, rows in frame.groupby("breakdown", sort=False):
        name, certainty = rows["name"].iloc[0], rows["certainty"].iloc[0]
        parts = pd.DataFrame([rows["share_pct"].tolist()], [name], rows["title"].tolist())
        top = rows.loc[rows["share_pct"] == rows["share_pct"].max(), "title"]
        heaviest = french.join_list([french.quote(title) for title in top])
        heaviest = french.choose_form(
            len(top), f"le poste le plus lourd est {heaviest}",
            f"les postes les plus lourds sont {heaviest}",
        )  # fmt: skip
        doubt = describe_doubt(certainty)
        chart = CostChart(
            edition, f"repartition-{id}", f"{name} : {heaviest}",
            "Part de chaque poste dans le coût global", _name_sources(edition, to_records(rows)),
            lambda share: french.format_percentage(share, 1), f"Chiffres {doubt}." if doubt else "",
        )  # fmt: skip
        yield draw_parts(chart, parts)


def list_rates(edition: Edition) -> pd.DataFrame:
    """The rates, what they make of a euro paid each year, what is known of each."""
    years = whole_life.PERIODS[1]
    rows = []
    for row in to_records(edition.discount_rates.sort_values("decided_on", kind="stable")):
        worth = whole_life.compute_annuity_factor(row["rate_pct"], years)
        day = french.name_period(None, row["decided_on"])
        rows.append({
            "Taux": row["title"], "Par an": french.format_percentage(row["rate_pct"], 0.1),
            "Fixé par": ", ".join(filter(None, (row["producer"], day))),
            f"1 € par an pendant {years} ans": french.format_euros(worth, 0.1),
            "Certitude": describe_doubt(row["certainty"]) or TEXT_READ,
            "Remarque": row["note"], "Source": _cite_row(edition, row),
        })  # fmt: skip
    return pd.DataFrame(rows)


def compose_projects(edition: Edition) -> Iterator[Block]:
    """The projects, with a link to the page of each."""
    if edition.projects.empty:
        yield french.typeset(
            "Aucun projet n’est décrit dans cette édition : rien n’est calculé ni dessiné."
        )
    lines = []
    for row in to_records(edition.projects.sort_values("order", kind="stable")):
        project = whole_life.open_project(edition, row["id"])
        options = french.format_count(len(project.options), "option", "options")
        state = "calculé" if project.is_complete else "coûts attendus"
        link = f"[{write_plain(row['title'])}](#sec-{PAGE}-{row['id']})"
        lines.append(f"- {link} : {options}, {_count_years(project.central.years)}, {state}")
    yield french.typeset("\n".join(lines))


def compose_given(edition: Edition, project: Project) -> Iterator[Block]:
    """What the project is and what is supposed of it; what is awaited where nothing is computed."""
    row, area = project.row, ""
    if row["area_m2"]:
        area = f"{french.format_number(row['area_m2'])} m² ({AREAS[row['area_kind']]})"
    (rate,) = to_records(edition.rows("discount_rates", id=row["rate"]))
    known = describe_doubt(rate["certainty"]) or TEXT_READ
    yield prose.list_terms([
        ("Services", prose.describe_services(edition, row["services"], "")),
        ("Surface", area),
        ("Durée du calcul", _count_years(project.central.years)),
        ("Prix", f"euros de {row['price_year']}, hors inflation ; "
                 f"{row['taxes'] or 'HT ou TTC : non dit, à préciser'}"),
        ("Taux d’actualisation", f"{french.format_percentage(rate['rate_pct'], 0.1)}, réel (hors"
                                 f" inflation) : {rate['title']}, {known}"),
        ("Hypothèses", row["assumptions"]),
        ("Source", _cite_row(edition, row)),
    ])  # fmt: skip
    if not project.is_complete:
        yield french.typeset(
            "Les coûts propres à une option au moins sont attendus : rien n’est encore calculé ni"
            " dessiné."
            " Ce qui est demandé, et à qui, est à la page [Coût global](#sec-cout-global)."
        )


def write_euros(amount: float) -> str:
    """An amount at the precision that such a computation bears: three digits or four."""
    size = abs(amount)
    return french.format_euros(amount, 10_000 if size >= 1e6 else 100 if size >= 1e4 else 1)


def list_options(project: Project) -> pd.DataFrame:
    """What each option costs, in all and each year, and emits, under French heads."""
    items = whole_life.compute_items(project.costs, project.central).groupby("option")
    yearly = whole_life.compute_yearly(project.costs, project.central)
    rows = []
    for id, title in project.options.items():
        own = items.get_group(id)
        emitted = own.loc[~own["category"].isin(whole_life.RECEIPTS), "carbon_kg"]
        known, area = int(emitted.count()), project.row["area_m2"]
        tonnes = french.format_number(emitted.sum() / 1000, 1)
        rows.append({
            "Option": title,
            "Coût global": write_euros(own["present_eur"].sum()),
            "Par an": write_euros(yearly[id]),
            "Par m² et par an": french.format_euros(yearly[id] / area, 0.01) if area else "",
            "Carbone": f"{tonnes} t CO₂e" if known == len(emitted)
                       else f"non connu (dit pour {known} sur {len(emitted)} postes)",
        })  # fmt: skip
    return pd.DataFrame(rows)


def list_inputs(edition: Edition, project: Project) -> pd.DataFrame:
    """Every typed row with the terms of its amount, when it is paid and its sources, under French
    heads."""

    def write(number: float, unit: str, step: float) -> str:
        return prose.format_measure(edition, number, unit, prose.refine_step(number, step))

    rows = []
    for row in project.rows:
        cost = whole_life.read_cost(row, row["option"])
        amount, said = write_euros(cost.amount), [_cite_row(edition, row)]
        if row["unit_price_eur"] is not None:
            price = write(row["unit_price_eur"], MONEY, 0.01)
            amount += f" = {write(row['quantity'], row['unit'], 1)} × {price}"
        if cost.bounds:
            amount += f" (de {' à '.join(map(write_euros, cost.bounds))})"
        years = whole_life.list_years(cost, project.central.years)
        when = f"tous les {_count_years(cost.life)}" if cost.life else cost.kind
        if cost.kind == ONE_TIME:
            when = f"année {years[0]}"
        elif years:
            when += f", de l’année {years[0]} à l’année {years[-1]}"
        if cost.drift_pct:
            drift = french.format_percentage(cost.drift_pct, 0.1, signed=True)
            when += f", dérive {drift} par an"
        if row["carbon_kg"] is not None:
            source = edition.source_titles[row["carbon_source"]]
            said.append(f"carbone, {write(row['carbon_kg'], '', 1)} kg CO₂e par unité : {source}")
        if row["basis"] == "déduit":
            said.insert(0, "déduit par la rédaction")
        rows.append({
            "Option": project.options.get(row["option"], "toutes"),
            "Poste": f"{row['item']} ({row['category']})", "Montant": amount, "Quand": when,
            "Source": " ; ".join(filter(None, [*said, row["note"]])),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _list_reserves(project: Project) -> list[str]:
    """What makes the options unlike: a category of which some have no row, what stops early."""
    absent = project.list_absent().items()
    said = [
        f"{name} : aucune ligne pour {french.join_list([*map(french.quote, titles)])}"
        for name, titles in absent
        if len(titles) < len(project.options)
    ]
    ends = dict.fromkeys(project.list_ends())
    return said + [f"{item} ({french.quote(title)}) : rien après l’année {year}"
                   for item, title, year in ends]  # fmt: skip


def _tell_winner(project: Project, yearly: pd.Series, spent: pd.DataFrame) -> tuple[str, int]:
    """Which option costs least in the central case, with what makes them unlike, and from when on;
    that year (0: from the beginning, or none does)."""
    if not project.is_compared:
        return french.typeset("Une seule option : rien à comparer."), 0
    winner, span = whole_life.find_winner(yearly), f"sur {_count_years(project.central.years)}"
    reserves = _list_reserves(project)
    if reserves:
        reserved = f"Comparaison incomplète ({' ; '.join(reserves)}). Sous cette réserve"
        span = f"{reserved}, {span}"
    if not winner:
        said = f"{capitalise(span)}, les options les moins coûteuses se valent."
        return write_plain(french.typeset(said)), 0
    said, last = [f"{capitalise(span)}, « {project.options[winner]} » coûte le moins."], 0
    for id in yearly.index.drop(winner):
        year = whole_life.find_crossing(spent.loc[winner], spent.loc[id])
        more = write_euros(yearly[id] - yearly[winner])
        since = f"depuis l’année {year}" if year else "depuis le début"
        said.append(f"« {project.options[id]} » coûte {more} de plus par an, et plus au total"
                    f" {since}.")  # fmt: skip
        last = max(last, year)
    return write_plain(" ".join(said)), last


def compose_results(edition: Edition, project: Project) -> Iterator[Block]:
    """Which option costs least, the costs by category, what is spent from year to year, what each
    hypothesis moves."""
    yearly = whole_life.compute_yearly(project.costs, project.central)
    spent = whole_life.accumulate(project.costs, project.central)
    told, crossing = _tell_winner(project, yearly, spent)
    yield told
    row, titles = project.row, dict(project.options)
    items = whole_life.compute_items(project.costs, project.central)
    table = items.groupby(["option", "category"])["present_eur"].sum().unstack(fill_value=0.0)
    ordered = [name for name in COST_CATEGORIES if name in table]
    unit = f"Euros de {row['price_year']}, actualisés, sur {_count_years(project.central.years)}"
    chart = CostChart(
        edition, f"{row['id']}-categories", f"{row['title']} : coût global par catégorie", unit,
        _name_sources(edition, project.rows), write_euros, chapter=row["chapter"],
    )  # fmt: skip
    yield draw_parts(chart, table.loc[[*titles], ordered].rename(index=titles))
    said = f", les courbes se croisent à l’année {crossing}" if crossing else ""
    yield draw_curves(
        replace(chart, id=f"{row['id']}-cumul", finding=f"{row['title']} : dépense cumulée{said}",
                unit=f"{unit} ; en abscisse, les années depuis le début"),
        spent.rename(index=titles), crossing,
    )  # fmt: skip
    first = str(yearly.idxmin())
    gained = f"ce que « {titles[first]} » coûte de moins que la moins chère des autres"
    chart = replace(
        chart, id=f"{row['id']}-hypotheses", unit="Euros par an : " + (
            gained if project.is_compared else "coût global en somme égale par an"),
        finding=f"{row['title']} : ce que chaque hypothèse change",
        note="À gauche de zéro, une autre option coûte moins." if project.is_compared else "",
    )  # fmt: skip
    gap = whole_life.measure_gap(yearly, first)
    yield draw_tornado(chart, list_hypotheses(project), gap, project.is_compared)


def list_hypotheses(project: Project) -> pd.DataFrame:
    """The rows of ``compute_tornado`` in words: ``label``, ``low_words``, ``low_wins``, and those
    of the high end."""
    rows = []
    for row in to_records(whole_life.compute_tornado(project.costs, project.central)):
        name = row["name"]
        label, write = _HYPOTHESES.get(name, ("", write_euros))
        if not label:  # a row of project_costs.csv: its option, its item
            label = ", ".join(filter(None, (name[1], project.options.get(name[0]))))
        words = {f"{side}_words": write(row[side]) for side in ("low", "high")}
        wins = {f"{side}_wins": project.options.get(row[f"{side}_winner"], "à égalité")
                for side in ("low", "high")}  # fmt: skip
        rows.append({**row, "label": label, **words, **wins})
    return pd.DataFrame(rows)


#: What each hypothesis is called, and how its ends are written.
_HYPOTHESES: dict[str, tuple[str, Callable[[float], str]]] = {
    "rate_pct": ("Taux d’actualisation", partial(french.format_percentage, step=0.1)),
    "energy_drift_pct": ("Dérive de l’énergie", partial(french.format_percentage, step=0.1)),
    "years": ("Durée du calcul", lambda years: _count_years(int(years))),
}


def compose_limits(edition: Edition, project: Project) -> Iterator[Block]:
    """What was left out: categories without a row, in some options or all, rows without carbon."""
    absent = project.list_absent().items()
    everywhere = [name for name, titles in absent if len(titles) == len(project.options)]
    said = [f"Sans aucune ligne : {', '.join(everywhere)}."] if everywhere else []
    said += [f"{capitalise(reserve)}." for reserve in _list_reserves(project)]
    emitting = [cost for cost in project.costs if cost.category not in whole_life.RECEIPTS]
    lacking = dict.fromkeys(cost.item for cost in emitting if cost.carbon is None)
    said += [f"Émissions non connues : {', '.join(lacking)}."] if lacking else []
    said.append("Quand la durée du calcul change, la fin de vie et la valeur résiduelle restent"
                " celles qui sont saisies.")  # fmt: skip
    yield "\n".join(f"- {write_plain(text)}" for text in said)


def link_costs(edition: Edition, chapter: str) -> str:
    """Where the whole-life cost is explained, for a chapter of which an indicator is one of its
    published shares, or a project is; '' for another."""
    shares = [id for id in edition.cost_breakdowns["indicator"] if id]
    told = (edition.rows("indicators", id=shares), edition.rows("projects"))
    if not any(chapter in set(rows["chapter"]) for rows in told):
        return ""
    return french.typeset(
        "Le coût global, sa méthode, ses taux et les projets : annexe [-@sec-cout-global]."
    )


show_cost_title = displayed(compose_cost_title, PAGE)
show_method = displayed(compose_method, PAGE)
show_breakdowns = displayed(compose_breakdowns, PAGE)
show_projects = displayed(compose_projects, PAGE)
show_given = displayed(compose_given, PAGE)
show_results = displayed(compose_results, PAGE)
show_limits = displayed(compose_limits, PAGE)
