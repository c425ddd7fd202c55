"""The budget by policy, finality and axis: the accounts where there are some, else what is known
and what is asked; which axes the annex of the accounts asks for, and from when.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.compute import budget_tables, policy_grid
from analysis.compute.budget_tables import AccountView
from analysis.model.schema import CROSS_CUTTING, INVESTMENT, NOT_RATED, REAL, SPENT, TEXT_READ
from analysis.model.schema.columns import BAD, GOOD, MIXED, NEUTRAL
from analysis.model.store import Edition, title_pages
from analysis.show import colours
from analysis.show.charts.share_bar import WIDTH, draw_share_bar
from analysis.show.identity import adapt_identity
from analysis.show.pages.display import (
    Block,
    Illustrated,
    compose_heading,
    displayed,
    place_picture,
)
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.citations import describe_doubt
from analysis.words.hidden_markup import capitalise, mark
from analysis.words.lineage import name_table
from analysis.words.rating_words import SIGNS
from analysis.words.smallmarkdown import write_plain

#: How each rating is drawn; « non coté » and what nobody looked at are one hatched part.
_LOOKS = {GOOD: "accent", NEUTRAL: "track", MIXED: "partial", BAD: "previous"}
_ASKED = (
    "les comptes du dernier exercice clos et le budget voté, ligne à ligne, tels que le logiciel"
    " comptable les exporte",
    "pour chaque dépense réelle, la politique et la finalité servies, ou « transversal »",
)
_ASKED_OF_AXES = (
    "pour chaque dépense réelle d’investissement, sa cotation sur chaque axe que l’annexe demande,"
    " avec une raison"
)
#: Why the accounts and what the report says of a policy's spending are not compared.
_OTHER_AMOUNTS = (
    "Les dépenses des politiques dites ailleurs dans ce rapport pour {years} ne se comparent pas à"
    " celles-ci : elles viennent d’une autre source et suivent un autre découpage que les lignes"
    " des comptes."
)


def find_spending_chapter(edition: Edition) -> str:
    """The chapter that tells what the policies spend together; '' where none does."""
    wholes = filter(None, policy_grid.select_spending(edition)["whole"])
    return next((edition.catalogue[whole]["chapter"] for whole in wholes), "")


def compose_accounts(edition: Edition) -> Iterator[Block]:
    """Every view of the accounts, each by itself; without any, what is known and what is asked."""
    views = budget_tables.list_views(edition)
    for number, view in enumerate(views, 1):
        yield compose_heading(2, french.typeset(view.title), f"budget-croise-{number}")
        yield _describe_sections(edition, view)
        yield _tabulate_policies(edition, view, number)
        yield from _compose_ratings(edition, view, number)
    if views:
        values = policy_grid.select_spending(edition)["value"]
        years = {value.period_start.year for value in values if value.period_start}
        known = sorted(years & {view.fiscal_year for view in views})
        other = _OTHER_AMOUNTS.format(years=french.join_list([*map(str, known)]))
        lines = "Les lignes dont chaque somme est faite sont dans le carnet de cette page."
        yield french.typeset(f"{other} {lines}" if known else lines)
    else:
        yield from _compose_known(edition)


def write_amount(amount: float, thousands: bool = False) -> str:
    """An amount, which leads to the accounts: « 4,88 M€ », « 960 000 € »; in a table of thousands
    of euros « 960 »."""
    step = 10_000 if amount >= 1e6 else 1_000 if amount >= 1e5 else 1
    text = french.format_number(amount / 1e3) if thousands else french.format_euros(amount, step)
    return mark("moins de 1" if text == "0" and amount else text, name_table("accounts"))


def _describe_sections(edition: Edition, view: AccountView) -> str:
    """Real spending and receipts by section; the orders, which no sum counts."""
    rows = budget_tables.total_sections(edition, view)
    said = []
    for flow, own in rows[rows["movement"] == REAL].groupby("flow"):
        parts = [
            f"{write_amount(row.amount_eur)} {'d’' if row.budget_section == INVESTMENT else 'de '}"
            f"{row.budget_section}"
            for row in own.itertuples()
        ]
        said.append(f"{flow}s réelles : {french.join_list(parts)}")
    text = capitalise(" ; ".join(said) or "aucun mouvement réel") + "."
    orders = rows[(rows["movement"] != REAL) & (rows["flow"] == SPENT)]["amount_eur"].sum()
    if orders:
        apart = write_amount(orders)
        text += f" Les mouvements d’ordre ({apart} de dépenses) ne comptent nulle part."
    return write_plain(text)


def _tabulate_policies(edition: Edition, view: AccountView, number: int) -> str:
    cross = budget_tables.cross_policies(edition, view)
    if not cross[["policy", "finality"]].astype(bool).any(axis=None):
        return french.typeset("Aucune dépense n’est rattachée à une politique ni à une finalité.")
    names = title_pages(edition, "short_title")
    names |= {CROSS_CUTTING: "Transversal", "": "Sans finalité"}
    finalities, rows = budget_tables.list_finalities(edition), []
    groups = [(title, own) for (_, title), own in cross.groupby(["policy", "title"], sort=False)]
    for title, own in [*groups, ("Total", cross)]:
        cells = own.groupby("finality")["amount_eur"].sum().reindex(finalities, fill_value=0)
        sums = [write_amount(amount, True) for amount in (cells.sum(), *cells)]
        rows.append((capitalise(title or "Sans politique"), *sums))
    right = ["Ensemble", *(names[id] for id in finalities)]
    columns = {"Politique": 18} | dict.fromkeys(right, 9)
    caption = f"{view.title} : dépenses réelles par politique et finalité, en milliers d’euros"
    table = format_table(columns, rows, caption, f"budget-politiques-{number}", right=right)
    repaid = budget_tables.total_repayments(edition, view)
    if not repaid:
        return table
    said = f"Dont, en investissement, {write_amount(repaid)} de remboursement d’emprunts."
    return f"{table}\n\n{write_plain(said)}"


def _compose_ratings(edition: Edition, view: AccountView, number: int) -> Iterator[Block]:
    """A row for each axis, with its bar; who rated; what the annex does not count."""
    cover = budget_tables.cover_axes(edition, view)
    cross = budget_tables.cross_axes(edition, view)
    if not cover["rated_eur"].any():
        said = "Aucune dépense d’investissement n’est cotée sur un axe"
        axes = cover.loc[cover["required"] & (cover["counted_eur"] > 0), "axis"]
        duty = f", alors que l’annexe demande {_join_axes(axes)} pour ces comptes"
        yield write_plain(f"{said}{duty if len(axes) else ''}.")
        return
    if (budget_tables.select_lines(edition, view)["amount_eur"] < 0).any():
        yield french.typeset("Des montants sont négatifs : aucune part n’est dite ni dessinée.")
        return
    accent = colours.darken_until_readable(adapt_identity(edition.identity).light["main"])
    mixed = cross.loc[cross["rating"] == MIXED, "amount_eur"].any()
    used = [rating for rating in _LOOKS if rating != MIXED or mixed]
    columns = {"Axe": 30, "Parts": 20} | {f"{SIGNS[r]} {capitalise(r)}": 10 for r in used}
    rows, pictures = [], {}
    for axis in cover.to_dict("records"):
        cells = cross[cross["axis"] == axis["axis"]].set_index("rating")
        shares = cells["share_pct"].fillna(0.0)
        rest = shares[NOT_RATED] + shares[""]
        parts = [(shares[rating] / 100, _LOOKS[rating], SIGNS[rating]) for rating in used]
        told = [f"{r} {french.format_percentage(shares[r], 1)}" for r in used if shares[r]]
        told += [f"non coté {french.format_percentage(rest, 1)}"] if rest else []
        name = f"axe-{number}-{axis['axis']}"
        pictures[name] = draw_share_bar([*parts, (rest / 100, "remainder", "")], accent)
        amounts = [_write_part(cells["amount_eur"][r], shares[r]) for r in used]
        unrated = _write_part(cells["amount_eur"][[NOT_RATED, ""]].sum(), rest)
        picture = place_picture(name, french.typeset(f"Barre : {', '.join(told)}"), WIDTH)
        asked = "demandé" if axis["required"] else "non demandé"
        name = f"{_name_axis(axis['axis'], axis['title'])} ({asked})"
        rows.append((name, picture, *amounts, unrated))
    columns |= {f"{SIGNS['non évalué']} Non coté": 10}
    caption = f"{view.title} : investissement réel sur chaque axe, en milliers d’euros et en part"
    table = format_table(columns, rows, caption, f"budget-axes-{number}")
    yield Illustrated(table, pictures)
    yield write_plain(" ".join(_explain_ratings(edition, view, cover)))


def _write_part(amount: float, share: float) -> str:
    said = f"{write_amount(amount, True)} ({french.format_percentage(share, 1)})"
    return said if amount else "0"


def _join_axes(numbers: pd.Series) -> str:
    """« l’axe 1 », « les axes 1 et 6 »."""
    named = french.join_list([_name_number("", number) for number in numbers])
    return f"{french.choose_form(len(numbers), 'l’axe', 'les axes')} {named}"


def _name_axis(number: int, title: str) -> str:
    return f"{_name_number('Axe', number)} : {title}"


def _name_number(word: str, number: int) -> str:
    return mark(f"{word} {number}".strip(), name_table("budget_axes"))


def _explain_ratings(edition: Edition, view: AccountView, cover: pd.DataFrame) -> Iterator[str]:
    """Who rated, what nobody looked at, what is out of scope; that axes are not added."""
    yield "Chaque axe regarde les mêmes dépenses : les axes ne s’additionnent pas."
    asked = [
        f"l’{_name_number('axe', row.axis)} à {french.format_percentage(row.coverage_pct, 1)}"
        for row in cover[cover["required"] & cover["coverage_pct"].notna()].itertuples()
    ]
    if asked:
        yield f"Cotés parmi les axes demandés pour ces comptes : {french.join_list(asked)}."
    partial = cover["rated_eur"] < cover["counted_eur"]
    if len(lacking := cover.loc[cover["required"] & partial, "axis"]):
        yield f"L’annexe est incomplète : toute dépense n’est pas cotée sur {_join_axes(lacking)}."
    if len(free := cover.loc[~cover["required"] & partial, "axis"]):
        yield f"Rien n’oblige encore à tout coter sur {_join_axes(free)}."
    yield "« Non coté » ne veut pas dire « neutre »."
    for (counted, outside), axes in cover.groupby(["counted_eur", "out_of_scope_eur"], sort=False):
        base = f"Base des parts sur {_join_axes(axes['axis'])} : {write_amount(counted)}"
        whole = f" = {write_amount(counted + outside)} d’investissement réel − "
        out = f"{write_amount(outside)} que le service dit hors champ"
        yield f"{base}{whole + out if outside else ', tout l’investissement réel'}."
    lines = budget_tables.select_lines(edition, view)
    judges = [*lines["rated_by"], *(prose.name_judge(edition, s) for s in lines["rating_source"])]
    if named := " ; ".join(sorted({one for one in judges if one})):
        yield f"Ont rattaché et coté les lignes : {named}."


def _compose_known(edition: Edition) -> Iterator[Block]:
    """What each policy is known to spend, under the finality whose chapter describes it; what is
    asked of the finance service."""
    spending = policy_grid.select_spending(edition).set_index("policy")["value"]
    rows = []
    finalities = set(policy_grid.list_finalities(edition)["id"])
    titles = title_pages(edition)
    for chapter in sorted(titles, key=lambda id: id not in finalities):
        title = titles[chapter] if chapter in finalities else "Hors finalité"
        known = edition.rows("policies", id=[*spending.index], chapter=chapter)
        for place, policy in enumerate(known.sort_values("order").itertuples()):
            value = spending[policy.id]
            period = french.name_period(value.period_start, value.period_end)
            amount = prose.mark_quantity(edition, value)
            rows.append(("" if place else title, policy.title, amount, period))
    begun = edition.budget_axes["from_fiscal_year"] <= edition.year
    asked = [*_ASKED, *([_ASKED_OF_AXES] if begun.fillna(False).any() else [])]
    asked = [f"- {line} ;" for line in asked[:-1]] + [f"- {asked[-1]}."]
    number = len(edition.policies) - len(spending)
    others = french.format_count(number, "autre politique", "autres politiques")
    lacking = f" Le montant de {others} n’est pas connu." if number else ""
    none = "Aucun compte n’est donné : le budget ne peut être croisé ligne à ligne"
    if rows:
        yield french.typeset(
            f"{none}. Le tableau dit ce qu’on sait des dépenses des politiques ; chacune est à la"
            " finalité dont le chapitre la décrit, alors qu’elle peut en servir plusieurs. Aucun"
            f" total n’en est fait.{lacking}"
        )
        columns = {"Finalité": 34, "Politique": 30, "Dépenses": 18, "Exercice": 18}
        caption = "Dépenses connues des politiques, à la finalité dont le chapitre les décrit"
        yield format_table(columns, rows, caption, "budget-connu", right=["Dépenses"])
    if edition.is_reconstituted:
        return
    start = "Il est" if rows else f"{none}. Il est"
    yield french.typeset(
        "\n".join([f"{start} demandé à la direction chargée des finances :", "", *asked])
    )


def compose_axes(edition: Edition) -> Iterator[Block]:
    """Which axes the annex asks for, from which accounts on; what of it is still to be checked."""
    axes = edition.budget_axes.sort_values("order")
    if axes.empty:
        yield "Les axes de l’annexe ne sont pas connus de ce dossier."
        return
    texts = edition.sources.set_index("id")["title"].reindex(axes["source"].unique()).dropna()
    said = write_plain(f"Textes : {' ; '.join(texts)}.") if len(texts) else ""
    first = axes["from_fiscal_year"].min()
    if not pd.isna(first) and first > edition.year:
        yield french.typeset(
            f"L’annexe « impact du budget pour la transition écologique » n’existe que depuis les"
            f" comptes de {first} : rien n’en était demandé pour {edition.year}."
        )
        yield said
        return
    rows = [
        (
            _name_axis(row.order, row.title),
            "" if pd.isna(row.from_fiscal_year) else str(row.from_fiscal_year),
            prose.resolve_line(edition, row.scope),
            describe_doubt(row.certainty) or TEXT_READ,
        )
        for row in axes.itertuples()
    ]
    columns = {"Axe": 36, "Comptes depuis": 12, "Ce qui est à coter": 34, "Certitude": 18}
    caption = "Axes de l’annexe aux comptes, et depuis quand ils sont demandés"
    yield format_table(columns, rows, caption, "budget-axes-demandes")
    yield said
    if named := sorted(set(axes["title_certainty"]) - {TEXT_READ}):
        yield french.typeset(f"Intitulés {describe_doubt(french.join_list(named))}.")


show_accounts = displayed(compose_accounts, "budget")
show_axes = displayed(compose_axes, "budget")
