"""Tables of the grid of policies. A rating is a sign and words, and the colour of its cell."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute import policy_grid
from analysis.model.references import Row
from analysis.model.schema.columns import BY_ACTIONS, MOMENTS, RATINGS, UNRATED
from analysis.model.store import Edition, title_pages, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose, rating_words
from analysis.words.citations import cite_place
from analysis.words.hidden_markup import hide
from analysis.words.smallmarkdown import write_plain

#: The label of the profile of a policy, on the page of reasons.
PROFILE = "profil-"


def _link_policy(edition: Edition, id: str) -> str:
    titles = dict(edition.policies[["id", "title"]].itertuples(index=False))
    return link_words(titles[id], f"{PROFILE}{id}")


def link_words(words: str, label: str) -> str:
    """Plain words that lead to a section of the book."""
    return f"{hide('[')}{french.typeset(words)}{hide(f'](#sec-{label})')}"


def _name_criteria(edition: Edition) -> dict[str, str]:
    names = title_pages(edition, "short_title")
    return names | dict(edition.elements[["id", "title"]].itertuples(index=False))


def _write_cell(cell: Row) -> str:
    """A policy's own rating, else what those of its actions say."""
    if cell["outlook"] in BY_ACTIONS:
        alike = next(iter(cell["counts"])) if len(cell["counts"]) == 1 else ""
        return rating_words.write_counts(cell["counts"], alike)
    return rating_words.write_rating(cell["rating"])


def tabulate_grid(edition: Edition, grid: pd.DataFrame) -> str:
    """Policies × finalities; the amount of each policy beside it. Each leads to its profile."""
    names = _name_criteria(edition)
    finalities = list(policy_grid.list_finalities(edition)["id"])
    spending = policy_grid.select_spending(edition).set_index("policy")
    rows = []
    for policy, cells in grid[grid["moment"] == ""].groupby("policy", sort=False):
        of = {cell["criterion"]: _write_cell(cell) for cell in cells.to_dict("records")}
        amount = ""
        if policy in spending.index:
            amount = prose.mark_quantity(edition, spending.at[policy, "value"])
        rows.append((_link_policy(edition, policy), amount, *(of[id] for id in finalities)))
    columns = {"Politique": 22, "Dépenses": 12} | {names[id]: 14 for id in finalities}
    caption = "Chaque politique au regard de chaque finalité"
    return format_table(columns, rows, caption, "grille-finalites", right=["Dépenses"])


def tabulate_moments(edition: Edition, grid: pd.DataFrame) -> str:
    """Elements × moments: how far each is there, and of which policies; how many are not rated."""
    columns = {"Élément de démarche": 16} | {moment.capitalize(): 28 for moment in MOMENTS}
    cells = grid[grid["moment"] != ""]
    if not (cells["outlook"] != UNRATED).any():
        return ""
    rows = [
        (title, *(_describe_moment(edition, cells, id, moment) for moment in MOMENTS))
        for id, title in _list_elements(edition)
    ]
    caption = "Les éléments de démarche à chaque moment des politiques"
    return format_table(columns, rows, caption, "grille-demarche")


def _list_elements(edition: Edition) -> Iterable[tuple[str, str]]:
    rows = edition.elements.sort_values("order", kind="stable")
    return rows[["id", "title"]].itertuples(index=False)


def _describe_moment(edition: Edition, cells: pd.DataFrame, element: str, moment: str) -> str:
    here = cells[(cells["criterion"] == element) & (cells["moment"] == moment)]
    said = []
    for rating in RATINGS:
        if rating == UNRATED:
            continue
        own = list(here.loc[here["rating"] == rating, "policy"])
        by = [
            cell["policy"]
            for cell in here.to_dict("records")
            if cell["outlook"] in BY_ACTIONS and rating in cell["counts"]
        ]
        links = [_link_policy(edition, id) for id in own]
        links += [f"{_link_policy(edition, id)} (d’après une action)" for id in by]
        if links:
            said.append(f"{rating_words.write_rating(rating)}{french.NO_BREAK}: {', '.join(links)}")
    unrated = int((here["outlook"] == UNRATED).sum())
    if unrated:
        said.append(rating_words.write_rating(UNRATED) + f"{french.NO_BREAK}: {unrated}")
    return " ; ".join(said)


def tabulate_coverage(edition: Edition, grid: pd.DataFrame) -> str:
    """Of how many policies each finality is rated, known by their actions, or not rated; and of how
    many euros, of those whose amounts go together."""
    names = _name_criteria(edition)
    weights = policy_grid.weigh_grid(edition, grid)
    groups = {"own": "Notées", "actions": "Connues par leurs actions", "unrated": "Non évaluées"}
    rows = []
    for row in policy_grid.measure_coverage(grid[grid["moment"] == ""]).to_dict("records"):
        here = weights[weights["criterion"] == row["criterion"]]
        kinds = here["outlook"].map(policy_grid.sort_outlook)
        cells = [names[row["criterion"]]]
        for group in groups:
            amount = here.loc[kinds == group, "amount"].sum()
            said = f" ({_format_sum(edition, amount)})" if amount else ""
            cells.append(f"{row[group]}{said}")
        rows.append(tuple(cells))
    columns = {"Finalité": 25} | dict.fromkeys(groups.values(), 25)
    caption = "Ce qui est évalué, en nombre de politiques et en euros"
    return format_table(columns, rows, caption, "grille-part-evaluee")


def _format_sum(edition: Edition, amount: float) -> str:
    """A sum of amounts of policies: « environ » where one of them is."""
    spending = policy_grid.select_spending(edition)
    values = list(spending.loc[spending["reason"] == "", "value"])
    step = min(value.precision for value in values)
    said = french.format_euros(amount, step)
    return said if all(value.qualifier == "exact" for value in values) else f"environ {said}"


def tabulate_weights(edition: Edition, grid: pd.DataFrame) -> str:
    """The euros of the policies of each outlook on each finality, with their terms, unfavourable
    first."""
    names = _name_criteria(edition)
    values = policy_grid.select_spending(edition).set_index("policy")["value"]
    rows = []
    for row in policy_grid.weigh_grid(edition, grid).to_dict("records"):
        terms = ", ".join(
            f"{_link_policy(edition, id)} {prose.mark_quantity(edition, values[id])}"
            for id in row["policies"]
        )
        said = rating_words.write_outlook(row["outlook"])
        rows.append((names[row["criterion"]], said, _format_sum(edition, row["amount"]), terms))
    columns = {"Finalité": 14, "Note": 18, "Dépenses": 11, "Politiques": 57}
    caption = "Ce que pèsent les politiques, par note ; entre parenthèses, d’après leurs actions"
    return format_table(columns, rows, caption, "grille-euros", right=["Dépenses"])


def tabulate_ratings(
    edition: Edition, rows: pd.DataFrame, id: str, caption: str, usual: str = ""
) -> str:
    """Ratings (``policy_grid.list_ratings``), each with its reason, what shows it, who gave it and
    when, what the second reader says, where it was read; a subject is named on its first line.
    ``usual``: who rated and when, where that goes without saying."""
    names = _name_criteria(edition)
    shown, named = [], None
    for row in to_records(rows):
        criterion = names.get(row["criterion"], row["criterion"])
        if row["moment"]:
            criterion += f", {row['moment']}"
        locator = cite_place(edition, row["source"], row["locator"], lines=True)
        judged = prose.name_judge(edition, row["source"])
        rater = rating_words.name_rater(row)
        shown.append(
            (
                "" if row["subject"] == named else _link_subject(edition, row),
                criterion,
                rating_words.write_rating(row["rating"]),
                row["reason"],
                prose.resolve_line(edition, row["evidence"]),
                "" if rater == usual else rater,
                rating_words.describe_reader(row),
                f"d’après {locator}" if judged and locator else locator,
            )
        )
        named = row["subject"]
    columns = {"Objet": 20, "Au regard de": 13, "Note": 11, "Raison": 30, "Ce qui le montre": 14}
    columns |= {"Qui, quand": 13, "Second lecteur": 16, "Source": 11}
    return format_table(columns, shown, caption, id)


def tabulate_debated(edition: Edition, rows: pd.DataFrame, id: str, caption: str) -> str:
    """Ratings to discuss, in short: what is rated, of what, by both readers; the page of reasons
    says the rest."""
    names = _name_criteria(edition)
    shown = [
        (
            _link_policy(edition, row["subject"])
            if row["subject"] == row["policy"]
            else _link_subject(edition, row),
            ", ".join(filter(None, [names.get(row["criterion"], ""), row["moment"]])),
            rating_words.write_rating(row["rating"]),
            row["reason"],
            rating_words.describe_reader(row),
        )
        for row in to_records(rows)
    ]
    columns = {"Objet": 24, "Au regard de": 14, "Note": 12, "Raison": 30, "Second lecteur": 20}
    return format_table(columns, shown, caption, id)


def _link_subject(edition: Edition, row: Row) -> str:
    if row["subject"] == row["policy"]:
        return "La politique" if row["policy"] else row["title"]
    here = set(edition.actions["id"]) | set(edition.improvements["id"])
    if row["subject"] not in here:
        return row["title"]
    return link_words(row["title"], row["subject"])


def describe_profile(edition: Edition, policy: str) -> str:
    """What a policy is, in a line of terms: where it is told, who carries it, what it costs."""
    (row,) = to_records(edition.rows("policies", id=policy))
    names = edition.services.set_index("id")["name"]
    services = " ; ".join(names.get(id, id) for id in split_list(row["services"]))
    amount = ""
    if row["indicator"]:
        value = edition.value(row["indicator"])
        amount = prose.mark_quantity(edition, value)
        if value.value is not None:
            amount += f" ({french.name_period(value.period_start, value.period_end)})"
    link = link_words(title_pages(edition)[row["chapter"]], row["chapter"])
    place = cite_place(edition, row["source"], row["locator"], lines=True)
    terms = [("Chapitre", link), ("Portage", services), ("Dépenses", amount), ("Source", place)]
    return prose.list_terms(terms)


def describe_outlooks(edition: Edition, grid: pd.DataFrame, policy: str) -> str:
    """The profile of a policy: a line for each finality, and each element at a moment that is
    rated."""
    names = _name_criteria(edition)
    lines = []
    for cell in grid[grid["policy"] == policy].to_dict("records"):
        if cell["moment"] and cell["outlook"] == UNRATED:
            continue
        moment = f", {cell['moment']}" if cell["moment"] else ""
        said = write_plain(f"{names[cell['criterion']]}{moment}{french.NO_BREAK}:")
        lines.append(f"- {said} {write_plain(_write_cell(cell))}")
    return "\n".join(lines)
