"""Territories that define some indicators alike, for the comparison of dossiers.

All have the same made-up catalogue and ``COMMON`` indicators, in which the last one differs in each
way in which a value may be refused. Numbers are small, so that a test works them out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.base.paths import Dossier

from . import compose
from .draft import Draft

LETTERS = "ABCDE"
#: The one that differs.
ODD = LETTERS[-1]
YEAR = 2029
#: Inhabitants of each commune by territory: per inhabitant the order is not that of the counts.
INHABITANTS = {"A": 100, "B": 200, "C": 400, "D": 400, "E": 100}
#: Trees, and shares in %, by territory.
TREES = {"A": 120, "B": 120, "C": 360, "D": 480, "E": 60}
SHARES = {"A": 10.04, "B": 25, "C": 10.01, "D": 40, "E": 15}


def name_place(letter: str) -> str:
    """Id of a territory."""
    return f"variante-{letter.lower()}"


#: What the odd one says otherwise: of the catalogue (None: it is not there), of the value.
_Cells = dict[str, Any]
_ODD: dict[str, tuple[_Cells | None, _Cells]] = {
    "arbres": ({}, {}),
    "part": ({}, {}),
    "autre-unite": ({"unit": "commune"}, {"unit": "commune"}),
    "autre-mesure": ({"measure": "flux"}, {"period_start": f"{YEAR}-01-01"}),
    "autre-nature": ({"kind": "contexte"}, {}),
    "autre-intitule": ({"title": "Arbres coupés"}, {}),
    "autre-definition": ({"definition": "Arbres plantés, haies comprises."}, {}),
    "presque-egale": ({}, {}),
    "autre-date": ({}, {"period_end": f"{YEAR}-10-31"}),
    "dix-mois": ({}, {"period_end": f"{YEAR}-10-31"}),
    "borne": ({}, {"qualifier": "plus de"}),
    "estimation": ({"estimate": "oui"}, {}),
    "prevision": ({}, {"status": "prévisionnel"}),
    "sans-valeur": ({}, {"territory": "pays-invente"}),
    "absent": (None, {}),
}


def make_variants(folder: Path, *, size: float = 0.05) -> list[Dossier]:
    """One dossier for each of ``LETTERS`` below ``folder``, of the year ``YEAR``."""
    made = []
    for letter in LETTERS:
        root = folder / name_place(letter)
        _compose(letter, size).write(root / "raw", _rename(letter))
        made.append(Dossier(root.resolve()))
    return made


def _rename(letter: str) -> Callable[[str], str]:
    """Files of seed 1, told of another territory."""

    def rename(text: str) -> str:
        for old, new in (
            ("territoire-invente-0001", name_place(letter)),
            ("Territoire inventé 0001", f"Territoire {letter}"),
            ("000000001", f"{LETTERS.index(letter) + 1:09d}"),
        ):
            text = text.replace(old, new)
        return text

    return rename


def _compose(letter: str, size: float) -> Draft:
    draft = compose(seed=1, years=(YEAR,), size=size)
    for row in draft.rows["population", None]:
        row["municipal"] = row["total"] = str(INHABITANTS[letter])
    chapter = draft.rows["finalities", None][0]["id"]
    for id, (catalogue, value) in _ODD.items():
        if letter != ODD:
            catalogue, value = {}, {}
        if catalogue is not None:
            _declare(draft, chapter, letter, id, catalogue)
            _tell(draft, letter, id, value)
    _declare_calculated(draft, chapter, letter)
    return draft


def _declare(draft: Draft, chapter: str, letter: str, id: str, cells: _Cells) -> None:
    unit = "pourcent" if id == "part" else "arbre"
    measure = {"part": "taux", "dix-mois": "flux"}.get(id, "stock")
    definition = "Arbres plantés."
    if id == "presque-egale":
        definition = f"Arbres plantés par le Territoire {letter}."
    given = {
        "title": f"Arbres ({id})", "unit": unit, "measure": measure, "kind": "réalisation",
        "definition": definition, "precision": 0.1 if id == "part" else 1,
    }  # fmt: skip
    draft.add(
        "indicators", id=id, direction="hausse", chapter=chapter, producer="Producteur inventé",
        asked="jamais", **given | cells,
    )  # fmt: skip


def _tell(draft: Draft, letter: str, id: str, cells: _Cells) -> None:
    source = draft.rows["observations", YEAR][0]["source"]
    given = {
        "period_start": f"{YEAR}-01-01" if id == "dix-mois" else None,
        "period_end": f"{YEAR}-12-31",
        "value": (SHARES if id == "part" else TREES)[letter],
        "unit": "pourcent" if id == "part" else "arbre", "qualifier": "exact",
        "status": "définitif", "territory": draft.place,
    }  # fmt: skip
    draft.add(
        "observations", YEAR, indicator=id, source=source,
        locator=draft.locate(), basis="écrit", **given | cells,
    )  # fmt: skip


def _declare_calculated(draft: Draft, chapter: str, letter: str) -> None:
    """Shares with a formula: the same in other letters, another one, one whose term differs; and a
    re-computation."""
    odd = letter == ODD
    for id, kind, formula in (
        ("meme-formule", "résultat",
         "100*({arbres} / ({borne}+{arbres}))" if odd
         else "100 * {arbres} / ({arbres} + {borne})"),
        ("autre-formule", "résultat", "100 * {arbres} / {borne}" if odd
         else "100 * {borne} / {arbres}"),
        ("autre-terme", "résultat", "100 * {autre-definition} / {arbres}"),
        ("recalcul", "contrôle", "100 * {arbres} / {arbres}"),
    ):  # fmt: skip
        draft.add(
            "indicators", id=id, title=f"Part ({id})", unit="pourcent", measure="taux", kind=kind,
            direction="neutre", chapter=chapter, definition="Part calculée.", precision=0.1,
            producer="Producteur inventé", formula=formula,
        )  # fmt: skip
