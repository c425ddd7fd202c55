"""A territory found by its SIREN number or by its name, typed as people type."""

from __future__ import annotations

import unicodedata

import pandas as pd

from analysis.base.errors import UserError
from analysis.compute.national.reference_files import read_national

#: What a name is preceded by, in DGCL's short form and INSEE's long one.
_KINDS = ("CA", "CC", "CU", "METRO", "communauté d’agglomération", "communauté de communes")
_SHOWN = 15


class UnknownTerritory(UserError, LookupError):
    """No intercommunality, or several, by that number or name."""


def _simplify(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join("".join(c if c.isalnum() else " " for c in kept).split())


def search_territories(text: str, year: int) -> pd.DataFrame:
    """Territories of an edition whose SIREN is ``text``, or else whose name holds all of its words
    (no accents needed), those named so alone first; rows of ``read_national('territories')``."""
    known = read_national("territories")
    nearest = min(max(year, known["first_edition"].min()), known["last_edition"].max())
    there = known[known["first_edition"].le(nearest) & known["last_edition"].ge(nearest)]
    wanted = _simplify(text)
    if (number := wanted.replace(" ", "")).isdecimal():
        return there[there["siren"] == number]
    names = (there["name"] + " " + there["long_name"]).map(_simplify)
    words = wanted.split()
    found = there[names.map(lambda name: bool(words) and set(words) <= set(name.split()))]
    if found.empty:  # the beginnings of words will do
        found = there[names.map(lambda name: bool(words) and wanted in name)]
    kinds = {word for kind in _KINDS for word in _simplify(kind).split()}
    bare = found["name"].map(lambda n: " ".join(w for w in _simplify(n).split() if w not in kinds))
    exact = found[(bare == wanted) | (found["long_name"].map(_simplify) == wanted)]
    return exact if len(exact) else found.sort_values("name")


def find_territory(text: str, year: int) -> pd.Series:
    """The one territory of that SIREN or name. Raises UnknownTerritory (French) when there is none,
    or several: then it lists them."""
    found = search_territories(text, year)
    if len(found) == 1:
        return found.iloc[0]
    if found.empty:
        raise UnknownTerritory(
            f"Aucune intercommunalité « {text} » dans la référence nationale. On peut donner son"
            " numéro SIREN (neuf chiffres) ou des mots de son nom."
        )
    lines = [
        f"  {siren}  {name} ({department})"
        for siren, name, department in found[["siren", "name", "department_name"]]
        .head(_SHOWN)
        .itertuples(index=False)
    ]
    if len(found) > _SHOWN:
        lines.append(f"  … et {len(found) - _SHOWN} autres")
    raise UnknownTerritory(
        f"« {text} » désigne {len(found)} intercommunalités ; donner le SIREN de l’une :\n"
        + "\n".join(lines)
    )
