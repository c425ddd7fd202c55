"""Tables of the grid of policies. A rating is a sign and words, and the colour of its cell."""

from __future__ import annotations

import pandas as pd

from analysis.compute import policy_grid
from analysis.model.references import Row
from analysis.model.schema.columns import BY_ACTIONS, MOMENTS, RATINGS, UNRATED
from analysis.model.store import Edition, title_pages, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose, rating_words
from analysis.words.citations import cite_place
from analysis.words.smallmarkdown import write_plain

#: The label of the profile of a policy, on the page of reasons.
PROFILE = "profil-"


def _link_policy(edition: Edition, id: str) -> str:
    return prose.write_link(edition.policies.set_index("id")["title"][id], f"sec-{PROFILE}{id}")


def _link_subject(edition: Edition, row: Row) -> str:
    if row["subject"] in {*edition.actions["id"], *edition.improvements["id"]}:
        return prose.write_link(row["title"], f"sec-{row['subject']}")
    return row["title"]


def _name_criterion(edition: Edition, row: Row) -> str:
    """« Participation, mise en œuvre »."""
    names = title_pages(edition, "short_title")
    names |= dict(edition.elements[["id", "title"]].itertuples(index=False))
    return ", ".join(filter(None, (names[row["criterion"]], row["moment"])))


def _write_cell(cell: Row) -> str:
    """A policy's own rating, else what those of its actions say."""
    if cell["outlook"] in BY_ACTIONS:
        return rating_words.write_counts(cell["counts"])
    return rating_words.write_rating(cell["rating"])


def tabulate_grid(edition: Edition, grid: pd.DataFrame) -> str:
    """Policies × finalities; the amount of each policy beside it. Each leads to its profile."""
    finalities = policy_grid.list_finalities(edition).set_index("id")["short_title"]
    values = policy_grid.select_spending(edition).set_index("policy")["value"]
    rows = []
    for policy, cells in grid[grid["moment"] == ""].groupby("policy", sort=False):
        of = {cell["criterion"]: _write_cell(cell) for cell in cells.to_dict("records")}
        amount = prose.mark_quantity(edition, values[policy]) if policy in values else ""
        rows.append((_link_policy(edition, policy), amount, *(of[id] for id in finalities.index)))
    columns = {"Politique": 22, "Dépenses": 12} | dict.fromkeys(finalities, 14)
    caption = "Chaque politique au regard de chaque finalité, et ses dépenses entières"
    return format_table(columns, rows, caption, "grille-finalites", right=["Dépenses"])


def tabulate_moments(edition: Edition, grid: pd.DataFrame) -> str:
    """Elements × moments: how far each is there, and of which policies; how many are not rated."""
    cells = grid[grid["moment"] != ""]
    if not (cells["outlook"] != UNRATED).any():
        return ""
    groups = dict(iter(cells.groupby(["criterion", "moment"])))
    rows = [
        (title, *(_describe_moment(edition, groups[id, moment]) for moment in MOMENTS))
        for id, title in edition.elements.sort_values("order").set_index("id")["title"].items()
    ]
    columns = {"Élément de démarche": 16} | {moment.capitalize(): 28 for moment in MOMENTS}
    caption = "Les éléments de démarche à chaque moment des politiques"
    return format_table(columns, rows, caption, "grille-demarche")


def _describe_moment(edition: Edition, cells: pd.DataFrame) -> str:
    said = []
    for rating in RATINGS:
        if rating == UNRATED:
            continue
        links = [_link_policy(edition, id) for id in cells.loc[cells["rating"] == rating, "policy"]]
        links += [
            f"{_link_policy(edition, cell.policy)} (d’après une action)"
            for cell in cells[cells["outlook"].isin(BY_ACTIONS)].itertuples()
            if rating in cell.counts
        ]
        if links:
            said.append(f"{rating_words.write_rating(rating)} : {', '.join(links)}")
    if unrated := int((cells["outlook"] == UNRATED).sum()):
        said.append(f"{rating_words.write_rating(UNRATED)} : {unrated}")
    return " ; ".join(said)


def tabulate_coverage(edition: Edition, grid: pd.DataFrame) -> str:
    """Of how many policies each finality is rated, known by their actions, or not rated; and, where
    some are rated themselves, of how many euros, of those whose amounts go together."""
    weighed = not policy_grid.weigh_grid(edition, grid).empty
    groups = {"own": "Notées elles-mêmes", "actions": "Connues par leurs actions seules"}
    groups |= {"apart": "Sans objet", "unrated": "Non évaluées"}
    rows = []
    for _, cells in grid[grid["moment"] == ""].groupby("criterion", sort=False):
        kinds, said = cells["outlook"].map(policy_grid.sort_outlook), []
        for kind in groups:
            of = cells.loc[kinds == kind, "policy"]
            said.append(_describe_known(edition, of, weighed and kind != "actions"))
        rows.append((_name_criterion(edition, to_records(cells)[0]), *said))
    columns = {"Finalité": 20} | dict.fromkeys(groups.values(), 20)
    caption = "Ce qui est évalué, en nombre de politiques" + (" et en euros" if weighed else "")
    return format_table(columns, rows, caption, "grille-part-evaluee")


def _describe_known(edition: Edition, policies: pd.Series, euros: bool) -> str:
    """« 7, dont 2 au montant additionné (19,1 M€) »; a number alone without ``euros``."""
    spending = policy_grid.select_spending(edition)
    known = spending[spending["policy"].isin(policies)]
    added = known[known["reason"] == ""]
    if policies.empty or not euros:
        return str(len(policies))
    if added.empty:
        none = "montant non connu" if known.empty else "aucun montant additionné"
        return f"{len(policies)}, {none}"
    amount = _format_sum(edition, sum(value.value for value in added["value"]))
    of = "" if len(added) == len(policies) else f", dont {len(added)} au montant additionné"
    return f"{len(policies)}{of} ({amount})"


def _format_sum(edition: Edition, amount: float) -> str:
    """A sum of amounts of policies, as precise as their whole: « environ » where one of them is."""
    spending = policy_grid.select_spending(edition)
    added = spending[spending["reason"] == ""]
    step = edition.value(added["whole"].iloc[0]).precision
    exact = all(value.qualifier == "exact" for value in added["value"])
    return ("" if exact else "environ ") + french.format_euros(amount, step)


def tabulate_weights(edition: Edition, grid: pd.DataFrame) -> str:
    """A row for each finality: the euros of the policies of each rating, with their terms,
    unfavourable first."""
    names = title_pages(edition, "short_title")
    values = policy_grid.select_spending(edition).set_index("policy")["value"]
    rows = []
    for finality, own in policy_grid.weigh_grid(edition, grid).groupby("criterion", sort=False):
        said = []
        for row in own.itertuples():
            terms = [
                f"{_link_policy(edition, id)} {prose.mark_quantity(edition, values[id])}"
                for id in row.policies
            ]
            none = row.rating == UNRATED
            name = "sans note propre" if none else rating_words.write_rating(row.rating)
            said.append(f"{name} : {_format_sum(edition, row.amount)} ({', '.join(terms)})")
        rows.append((names[finality], " ; ".join(said)))
    columns = {"Finalité": 18, "Dépenses des politiques, par note": 82}
    return format_table(columns, rows, "Ce que pèsent les politiques, par note", "grille-euros")


def tabulate_ratings(
    edition: Edition, rows: pd.DataFrame, id: str, caption: str, usual: str = ""
) -> str:
    """Ratings (``policy_grid.list_ratings``), each with its reason, what shows it, who gave it and
    when, what the second reader says, where it was read; a subject is named on its first line.
    ``usual``: who rated and when, where that goes without saying."""
    shown, named = [], None
    for row in to_records(rows):
        place = cite_place(edition, row["source"], row["locator"], lines=True)
        judged = place and prose.name_judge(edition, row["source"])
        rater = rating_words.name_rater(row)
        title = "La politique" if row["subject"] == row["policy"] else _link_subject(edition, row)
        shown.append(
            (
                "" if row["subject"] == named else title,
                _name_criterion(edition, row),
                rating_words.write_rating(row["rating"]),
                row["reason"],
                prose.resolve_line(edition, row["evidence"]),
                "" if rater == usual else rater,
                rating_words.describe_reader(row),
                f"d’après {place}" if judged else place,
            )
        )
        named = row["subject"]
    columns = {"Objet": 20, "Au regard de": 13, "Note": 11, "Raison": 30, "Ce qui le montre": 14}
    columns |= {"Qui, quand": 13, "Second lecteur": 16, "Source": 11}
    return format_table(columns, shown, caption, id)


def tabulate_debated(edition: Edition, rows: pd.DataFrame, id: str, caption: str) -> str:
    """Ratings to discuss, in short: what is rated, of what, by both readers; the page of reasons
    says the rest."""
    shown = [
        (
            _link_policy(edition, row["subject"])
            if row["subject"] == row["policy"]
            else _link_subject(edition, row),
            _name_criterion(edition, row),
            rating_words.write_rating(row["rating"]),
            row["reason"],
            rating_words.describe_reader(row),
        )
        for row in to_records(rows)
    ]
    columns = {"Objet": 24, "Au regard de": 14, "Note": 12, "Raison": 30, "Second lecteur": 20}
    return format_table(columns, shown, caption, id)


def describe_profile(edition: Edition, policy: str) -> str:
    """What a policy is, in a line of terms: where it is told, who carries it, what it costs."""
    (row,) = to_records(edition.rows("policies", id=policy))
    amount = ""
    if row["indicator"]:
        value = edition.value(row["indicator"])
        amount = prose.mark_quantity(edition, value)
        if value.value is not None:
            amount += f" ({french.name_period(value.period_start, value.period_end)})"
    link = prose.write_link(title_pages(edition)[row["chapter"]], f"sec-{row['chapter']}")
    services = prose.describe_services(edition, row["services"], "")
    place = cite_place(edition, row["source"], row["locator"], lines=True)
    terms = [("Chapitre", link), ("Portage", services), ("Dépenses", amount), ("Source", place)]
    return prose.list_terms(terms)


def describe_outlooks(edition: Edition, grid: pd.DataFrame, policy: str) -> str:
    """The profile of a policy: a line for each finality, and each element at a moment that is
    rated."""
    cells = grid[
        (grid["policy"] == policy) & ((grid["moment"] == "") | (grid["outlook"] != UNRATED))
    ]
    return "\n".join(
        f"- {write_plain(f'{_name_criterion(edition, cell)} : {_write_cell(cell)}')}"
        for cell in cells.to_dict("records")
    )
