"""The page « Agenda 2030 »: which actions contribute to which goals, why, what the law asks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis.compute.indicators import load_edition
from analysis.show import tables
from analysis.show.pages import agenda_page
from analysis.show.tables import goal_tables
from analysis.words import prose
from analysis.words.hidden_markup import strip_marks, write_spans

YEAR = 2030


def plain(text: str) -> str:
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ").replace("\\", "")


def tell(blocks) -> str:
    return plain("\n\n".join(blocks))


def judge(edition, *actions):
    """The edition, some of whose contributions the editor judged."""
    sources = edition.sources.iloc[:1].assign(
        id="avis", kind="jugement", title="Appréciation de la rédaction", publication="2031"
    )
    rows = edition.contributions
    rows = rows.assign(source=rows["source"].where(~rows["action"].isin(actions), "avis"))
    return replace(edition, sources=pd.concat([edition.sources, sources]), contributions=rows)


def require(edition, **cells):
    """The edition, of which legal.csv asks for the contribution (a row with these cells)."""
    row = dict.fromkeys(edition.legal.columns, "")
    row |= {"id": "agenda", "order": 1, "kind": "rapport", "legal_text": "le code"}
    row |= dict.fromkeys(("inhabitants", "budget_from", "budget_to", "read_to"))
    frame = pd.DataFrame([row | {"anchor": "sec-agenda-2030"} | cells])
    whole = dict.fromkeys(("inhabitants", "budget_from", "budget_to", "read_to"), "Int64")
    return replace(edition, legal=frame.astype(whole))


def test_goals_are_counted_by_hand(edition):
    """13: planting, renovating; 7: renovating; 6: wetlands, the network."""
    contributions = tables.list_contributions(edition)
    counts = tables.count_contributions(edition, contributions)
    assert counts[["number", "count"]].to_numpy().tolist() == [[6, 2], [7, 1], [13, 2]]
    assert [*contributions["goal"]] == [6, 6, 7, 13, 13]
    assert [*contributions["action"][:2]] == ["zones-humides", "reseau"], "the report's order"


def test_a_short_term_action_contributes_and_a_gone_one_does_not(edition):
    first = edition.contributions.iloc[0]
    planned = edition.planned["id"].iloc[0]
    more = [first.to_dict() | {"action": planned, "goal": 6}, first.to_dict() | {"action": "parti"}]
    rows = pd.concat([edition.contributions, pd.DataFrame(more)], ignore_index=True)
    found = tables.list_contributions(replace(edition, contributions=rows))
    assert len(found) == len(rows) - 1
    assert found.loc[found["action"] == planned, "place"].tolist() == [planned]
    assert found.loc[found["action"] == "velo", "place"].empty


def test_the_table_leads_both_ways(edition):
    table = write_spans(tables.tabulate_goals(edition, tables.list_contributions(edition)))
    line = next(line for line in table.splitlines() if "Énergie" in line)
    assert "{.objectif .objectif-7}" in line
    assert "](#sec-annexes-agenda-7)" in line
    assert "{#objectif-7}" in line
    assert "[Rénover les logements](#sec-renovation)" in line


def test_names_are_short_where_they_stay_clear():
    titles = {"Halles rurales : un lieu", "Sport : santé", "PLH neuf : loger", "PLH neuf : gérer"}
    assert goal_tables._shorten(titles) == {
        "Halles rurales : un lieu": "Halles rurales",
        **{same: same for same in titles if not same.startswith("Halles")},
    }


def test_reasons_say_why_by_how_much_and_where(edition):
    contributions = tables.list_contributions(edition)
    served = contributions[contributions["goal"] == 13]
    text = plain(tables.tabulate_reasons(edition, "Climat", served))
    planting, renovating = [
        line for line in text.splitlines() if line.startswith(("| Planter", "| Rénover"))
    ]
    assert "Un arbre retient du carbone." in planting
    assert "Arbres plantés" in planting
    assert "6 000 arbres" in planting
    assert "d’après" not in planting, "the source says so"
    assert "| d’après l. 13 |" in renovating, "deduced"
    assert "{{" not in renovating
    alone = plain(tables.tabulate_reasons(edition, "Énergie", served.iloc[:1]))
    assert "|" not in alone, "one row is a sentence"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ((6, 7, 13), "3 des 3 objectifs de développement durable."),
        ((6, 13), "1 objectif n’a aucune action : 7. Énergie propre."),
        ((13,), "2 objectifs n’ont aucune action : 6. Eau propre et assainissement et 7. Énergie"),
    ],
)
def test_goals_without_an_action_are_named(edition, left, said):
    rows = edition.contributions[edition.contributions["goal"].isin(left)]
    text = tell(agenda_page.compose_goals(replace(edition, contributions=rows)))
    assert said in text
    assert ("aucune action" in text) == (len(left) < 3)


def test_without_any_row_the_page_says_what_is_asked(edition):
    bare = replace(edition, contributions=edition.contributions.iloc[:0])
    for compose in (agenda_page.compose_goals, agenda_page.compose_reasons):
        text = tell(compose(bare))
        assert "chaque service dit auxquels ses actions contribuent" in text
        assert "|" not in text
    assert prose.describe_goals(bare, []) == ""


def test_who_says_so_is_said(edition):
    for judged, said in (
        ((), ""),
        (("plantations",), "2031, d’après les lignes citées ; sans « d’après », la source le dit"),
        (set(edition.contributions["action"]), "2031 : la source n’écrit aucune de ces"),
    ):
        contributions = tables.list_contributions(judge(edition, *judged))
        text = agenda_page.describe_authors(contributions)
        assert said in plain(text)
        assert bool(text) == bool(judged)


BUDGET = YEAR + 1


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"budget_from": BUDGET, "certainty": "texte lu", "article": "L. 1"},
            f"Pour le budget {BUDGET}, la contribution à l’Agenda 2030 est demandée à ce rapport "
            "(le code, article L. 1).",
        ),
        (
            {"budget_from": BUDGET, "certainty": "déduit"},
            f"Pour le budget {BUDGET}, la contribution à l’Agenda 2030 est demandée à ce rapport "
            "(le code, à vérifier (déduit)).",
        ),
        (
            {"budget_from": BUDGET + 1, "certainty": "texte lu"},
            "Cette page est volontaire : la contribution à l’Agenda 2030 n’est demandée au "
            f"rapport qu’à partir du budget {BUDGET + 1}.",
        ),
        (
            {"budget_from": BUDGET + 1, "certainty": "source secondaire"},
            "Cette page est volontaire : la contribution à l’Agenda 2030 n’est demandée au rapport "
            f"qu’à partir du budget {BUDGET + 1}, à vérifier (source secondaire).",
        ),
        ({"budget_from": BUDGET - 5, "budget_to": BUDGET - 1, "certainty": "texte lu"}, ""),
        ({"budget_from": BUDGET, "certainty": "texte lu", "anchor": "sec-grille"}, ""),
    ],
)
def test_the_law_is_that_of_the_budget_and_no_more(edition, cells, said):
    assert plain(agenda_page.describe_duty(require(edition, **cells))) == said


def test_a_dossier_that_knows_no_law_claims_nothing(edition):
    assert agenda_page.describe_duty(replace(edition, legal=edition.legal.iloc[:0])) == ""


def test_the_rules_of_use_are_those_of_the_source(dossier_copy):
    path = dossier_copy.raw / "sources.csv"
    assert agenda_page.describe_rules(load_edition(dossier_copy, YEAR)) == ""
    row = "odd,reference/sdgs.csv,ODD,ONU,2015,charte,2031-01-01,Couleurs inchangées."
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    assert agenda_page.describe_rules(load_edition(dossier_copy, YEAR)) == "Couleurs inchangées."
