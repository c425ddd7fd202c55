"""Printed figures against recomputed ones: the four verdicts."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import MADE_UP_YEAR

from analysis.compute.audit.printed_figures import check_statements, round_to_step
from analysis.compute.indicators import load_edition


def test_verdicts(edition):
    found = check_statements(edition).set_index("id")
    assert found["verdict"].to_dict() == {
        "imprime-part-air": "exact",
        "imprime-part-femmes": "arrondi",  # 52,5 printed 53
        "imprime-evolution": "écart",  # 80 → 100 is 25 %, not 20 %
        "imprime-visiteurs": "invérifiable",
    }
    assert found.loc["imprime-evolution", "difference"] == pytest.approx(5)
    assert found.loc["imprime-visiteurs", "reason"].startswith("périodes non comparables")


def test_the_edition_carries_its_checks(edition):
    assert edition.checks.equals(check_statements(edition))


@pytest.mark.parametrize(
    ("number", "step", "rounded"),
    [(26.839, 0.1, 26.8), (52.5, 1, 53), (-52.5, 1, -53), (1_894_999, 10_000, 1_890_000),
     (2.675, 0.01, 2.68)],
)  # fmt: skip
def test_rounding_to_a_step(number, step, rounded):
    assert round_to_step(number, step) == rounded


def test_an_unexplained_discrepancy_is_named(edition):
    """A printed figure spoilt on purpose is found, and is explained by its register row only."""
    from dataclasses import replace

    import pandas as pd

    from analysis.compute.audit.printed_figures import find_unexplained

    statements = edition.statements.assign(printed_value=edition.statements["printed_value"] + 1)
    spoilt = replace(edition, statements=statements)
    spoilt = replace(spoilt, checks=check_statements(spoilt))
    wrong = find_unexplained(spoilt)
    assert set(wrong) == set(spoilt.checks.loc[spoilt.checks["verdict"] == "écart", "id"])
    assert wrong
    explained = replace(spoilt, discrepancies=pd.DataFrame({"statement": wrong[:1]}))
    assert find_unexplained(explained) == wrong[1:]


#: The year before worked out of the growth that is printed (100 ÷ 1,25 = 80), then the growth
#: between the two; a figure that rests on what is printed and need not be it (25 in 25 + 75).
_CATALOGUE = """\
croissance-publiee,Croissance imprimée,pourcent,résultat,taux,hausse,air,renovation,d,p,1,,,
reste,Reste,pourcent,résultat,taux,hausse,air,renovation,d,p,1,,,
avant,Logements de l’année précédente,logement,contrôle,flux,hausse,air,renovation,d,p,1,\
round({logements-renoves} / (1 + {croissance-publiee} / 100)),,
croissance-refaite,Croissance recalculée,pourcent,contrôle,taux,hausse,air,renovation,d,p,1,\
100 * ({logements-renoves} / {avant} - 1),,
croissance-part,Part de la croissance,pourcent,contrôle,taux,hausse,air,renovation,d,p,1,\
100 * {croissance-publiee} / ({croissance-publiee} + {reste}),,
"""


@pytest.mark.parametrize(
    ("printed", "locator", "indicator", "verdict"),
    [
        (25, "l. 13", "croissance-refaite", "invérifiable"),
        (25, "l. 12-13", "croissance-refaite", "invérifiable"),  # the same line, among others
        (25, "l. 40", "croissance-refaite", "exact"),  # printed again: the two may differ
        (24, "l. 13", "croissance-refaite", "écart"),  # another figure of that line
        (25, "l. 13", "croissance-part", "exact"),  # were 35 printed, it would give 31,8
        (25, "l. 13", "croissance-publiee", "exact"),  # typed, not computed
        (25, "l. 13", "logements-renoves:evolution", "exact"),  # 80 → 100, both typed
    ],
)
def test_a_figure_worked_out_of_itself_is_not_verified(
    dossier_copy, printed, locator, indicator, verdict
):
    with (dossier_copy.reference / "indicators.csv").open("a", encoding="utf-8") as file:
        file.write(_CATALOGUE)
    folder = dossier_copy.raw_year(MADE_UP_YEAR)
    with (folder / "observations.csv").open("a", encoding="utf-8") as file:
        for name, number in (("croissance-publiee", 25), ("reste", 75)):
            file.write(
                f"{name},val-exemple,2030-01-01,2030-12-31,{number},pourcent,exact,définitif,"
                "rapport-invente,l. 13,\n"
            )
    with (folder / "statements.csv").open("a", encoding="utf-8") as file:
        file.write(f"imprime,{locator},{printed},pourcent,1,{indicator},\n")
    found = load_edition(dossier_copy, MADE_UP_YEAR).checks.set_index("id").loc["imprime"]
    assert found["verdict"] == verdict
    if verdict == "invérifiable":
        assert found["reason"] == "le calcul part du chiffre imprimé lui-même"
        assert pd.isna(found["recomputed"])
