"""The grid of policies in sentences: what is asked, who rated, what is unfavourable, what is added;
and the ratings with their reasons, policy by policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from analysis.compute import policy_grid
from analysis.model.schema.columns import ELEMENT_RATINGS, FINALITY_RATINGS
from analysis.model.store import Edition, title_pages, to_records
from analysis.show import tables
from analysis.show.pages.display import Block, compose_heading, displayed, mark_count
from analysis.words import french, prose, rating_words
from analysis.words.smallmarkdown import write_plain

#: What the grid asks, and of whom.
_LISTED = (
    "à la direction générale, la liste des politiques, leur chapitre, leurs services et"
    " l’indicateur de leurs dépenses"
)
_RATED = (
    "à chaque service, la note de ses politiques ou de ses actions au regard de chaque finalité et"
    " de chaque élément de démarche, avec une phrase de raison et ce qui la montre",
    "à un second lecteur, d’un autre service, sa propre note",
)


#: What the amounts are, said above those that are told by finality.
_WHOLE_SPENDING = (
    "Ce sont les dépenses entières de chaque politique, non ce qui sert la finalité : un même euro"
    " revient à chaque finalité."
)


def _say_asked(edition: Edition) -> str:
    """What is asked where nothing is rated; of an edition that was never published, nothing."""
    if edition.is_reconstituted:
        return write_plain(f"Non disponible : aucune note de {edition.year} n’est connue.")
    asked = [_LISTED] if edition.policies.empty else []
    asked += _RATED
    lines = [f"- {words} ;" for words in asked[:-1]] + [f"- {asked[-1]}."]
    return french.typeset("\n".join(["La grille n’est pas commencée. Elle demande :", "", *lines]))


def describe_ratings(edition: Edition) -> str:
    """How many ratings, by whom, read again or not; what is asked where there is none."""
    rows = policy_grid.list_ratings(edition)
    if rows.empty:
        return _say_asked(edition)
    counts = rows["author"].value_counts()
    by = " ; ".join(f"{author}, {french.format_number(n)}" for author, n in counts.items())
    again = _count_read_again(rows)
    read = f"{french.format_count(again, 'a', 'ont')} un second lecteur"
    said = f"{mark_count(len(rows), 'note', 'notes', 'ratings')} ({by})."
    said += f" {f'{read}. ' if again else ''}Chacune a sa raison en"
    said = f"{write_plain(said)} [annexe](#sec-annexes-notes)"
    if not again:
        unread = french.typeset("**Non relu : aucune note n’a encore de second lecteur.**")
        said = f"{unread} {said}"
    judges = {prose.name_judge(edition, source) for source in rows["source"]} - {""}
    if judges:
        named = french.join_list(sorted(judges))
        said += write_plain(f", où « d’après » précède un jugement ({named})")
    return said + (
        ". Les politiques, elles, ne sont pas encore listées." if edition.policies.empty else "."
    )


def _count_read_again(rows: pd.DataFrame) -> int:
    return int((rows["reader_rating"] != "").sum())


def explain_signs(elements: bool = False) -> str:
    """The scale; of finalities, what stands in brackets and what is no rating."""
    if elements:
        return rating_words.explain_scale(ELEMENT_RATINGS)
    return rating_words.explain_scale(FINALITY_RATINGS) + (
        " Entre parenthèses, comme (+), d’après ses actions : la politique n’a pas de note à elle ;"
        " celles de ses actions sont comptées, sans moyenne ni couleur. « Mixte » a des effets dans"
        " les deux sens ; « non évalué » n’est jamais neutre."
    )


def describe_favourable(edition: Edition) -> str:
    """What is said where no rating is unfavourable."""
    rows = policy_grid.list_ratings(edition)
    if rows.empty:
        return ""
    said = "Aucune note n’est défavorable ni mixte."
    if not _count_read_again(rows):
        said += " Personne n’ayant relu les notes, c’est à discuter plus qu’à retenir."
    return said


def describe_agreement(edition: Edition) -> str:
    """What is said where no second reader rated otherwise."""
    rows = policy_grid.list_ratings(edition)
    if rows.empty:
        return ""
    again = _count_read_again(rows)
    if not again:
        return "Aucune note n’a encore de second lecteur : aucun désaccord n’a pu paraître."
    same = french.choose_form(again, "est confirmée", "sont toutes confirmées")
    return f"{french.format_count(again, 'note relue', 'notes relues')} {same}."


def describe_spending(edition: Edition) -> str:
    """Which amounts are added, of which whole, what is left of it, which are not added and why."""
    spending = policy_grid.select_spending(edition)
    added, apart = spending[spending["reason"] == ""], spending[spending["reason"] != ""]
    if added.empty:
        return ""
    first = added["value"].iloc[0]
    whole = edition.value(added["whole"].iloc[0])
    payer = edition.payers.set_index("id")["name"].get(first.payer, "")
    paid = [*filter(None, (first.stage, payer))]
    period = french.name_period(first.period_start, first.period_end)
    said = [f"Dépenses de {period} ({', '.join(paid)})." if paid else "", _WHOLE_SPENDING]
    weighed = not policy_grid.weigh_grid(edition, policy_grid.compute_grid(edition)).empty
    unknown = len(edition.policies) - len(spending)
    if not weighed:
        said.append(
            "Aucune politique n’a encore de note à elle : aucun euro n’est réparti par note."
        )
    elif whole.value is not None and whole.period == first.period:
        rest = whole.value - sum(value.value for value in added["value"])
        left = f" ; le reste, {french.format_euros(rest, whole.precision)}, n’est pas détaillé et"
        left += (
            " peut être celui de politiques sans montant connu"
            if unknown
            else " n’est d’aucune politique listée"
        )
        of = prose.mark_quantity(edition, whole)
        said.append(
            f"Les montants qui s’additionnent sont des parties de {of}{left if rest > 0 else ''}."
        )
    if weighed and len(apart):
        titles = edition.policies.set_index("id")["title"]
        lines = [
            f"{titles[row.policy]}, {prose.mark_quantity(edition, row.value)} ({row.reason})"
            for row in apart.itertuples()
        ]
        said.append(f"Non additionné : {' ; '.join(lines)}.")
    if unknown:
        words = french.format_count(unknown, "politique n’a", "politiques n’ont")
        said.append(f"{words} pas de montant connu.")
    return write_plain(" ".join(filter(None, said)))


def compose_profiles(edition: Edition) -> Iterator[Block]:
    """Each policy with its profile and the ratings behind it; then, chapter by chapter, those of
    what belongs to no policy."""
    grid, ratings = policy_grid.compute_grid(edition), policy_grid.list_ratings(edition)
    if ratings.empty:
        yield _say_asked(edition)
        return
    raters = Counter(map(rating_words.name_rater, to_records(ratings)))
    usual, count = raters.most_common(1)[0]
    if count == 1:
        usual = ""
    else:
        yield write_plain(f"Sauf mention contraire, la note est de : {usual}.")
    ordered = edition.policies.sort_values("order", kind="stable")
    for id, title in ordered[["id", "title"]].itertuples(index=False):
        yield compose_heading(2, title, f"{tables.PROFILE}{id}")
        yield tables.describe_profile(edition, id)
        yield tables.describe_outlooks(edition, grid, id)
        rows = ratings[ratings["policy"] == id]
        caption = f"{title} : notes et raisons"
        yield tables.tabulate_ratings(edition, rows, f"grille-{id}-raisons", caption, usual)
    others = ratings[ratings["policy"] == ""]
    for chapter, title in title_pages(edition).items():
        rows = others[others["chapter"] == chapter]
        if len(rows):
            words = "Hors politique" if len(ordered) else "Notes"
            yield compose_heading(2, f"{words} : {title}", f"notes-{chapter}")
            yield tables.tabulate_ratings(edition, rows, f"{chapter}-notes-raisons", title, usual)


show_profiles = displayed(compose_profiles, "annexes")
