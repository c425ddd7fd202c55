"""A territory found by its SIREN number or by its name, typed as people type."""

from __future__ import annotations

import difflib
from functools import cache

import pandas as pd

from analysis.base.characters import simplify_letters
from analysis.base.errors import UserError
from analysis.compute.national.perimeters import choose_perimeter, find_current
from analysis.compute.national.reference_files import read_national

#: How names begin: what may be left out, and the nature that it means ('' when it means several).
_KINDS = {
    "communaute d agglomeration": "CA",
    "communaute agglomeration": "CA",
    "communaute de communes": "CC",
    "communaute urbaine": "CU",
    "ca": "CA",
    "cc": "CC",
    "cu": "CU",
    "agglomeration": "",
    "communaute": "",
    "eurometropole": "",
    "metropole": "",
    "metro": "",
}
_LINKS = frozenset("d de des du en et l la le les a au aux sur".split())
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SHOWN, _NEAR = 15, 5


class UnknownTerritory(UserError, LookupError):
    """No intercommunality, or several, by that number or name."""


def _split_kind(text: str) -> tuple[str, tuple[str, ...]]:
    """The nature that a name begins with ('' when it does not say), and its words without links."""
    simple, nature = simplify_letters(text), ""
    for kind, meant in _KINDS.items():
        if f"{simple} ".startswith(f"{kind} "):
            simple, nature = simple.removeprefix(kind).strip(), meant
            break
    words = [_SHORT.get(word, word) for word in simple.split()]
    return nature, tuple([word for word in words if word not in _LINKS] or words)


@cache
def _list_names() -> pd.DataFrame:
    """Names of the territories as they are searched: short and long (tuples of words)."""
    known = read_national("territories")
    names = {column: known[column].map(_split_kind).str[1] for column in ("name", "long_name")}
    return pd.DataFrame({"short": names["name"], "long": names["long_name"]})


def _find_named(text: str, known: pd.DataFrame) -> pd.DataFrame:
    """Those of some territories that a name may mean, in the best way of meaning it only."""
    names = _list_names().loc[known.index]
    nature, words = _split_kind(text)
    if not words:
        return known.iloc[:0]
    whole = (names["short"] == words) | (names["long"] == words)
    wanted = set(words)
    held = names.map(lambda found: wanted <= set(found)).any(axis=1)
    of_nature = known["nature"].eq(nature) if nature else pd.Series(True, index=known.index)
    for meant in (whole & of_nature, whole, held & of_nature, held):
        if meant.any():
            return known[meant].sort_values(["name", "siren"])
    if len(_find_communes(text)):
        return known.iloc[:0]
    started = names.map(lambda found: all(any(w.startswith(v) for w in found) for v in words))
    return known[started.any(axis=1)].sort_values(["name", "siren"])


@cache
def _find_communes(text: str) -> pd.DataFrame:
    """Communes of that very name, one row for each that covers them today."""
    communes = read_national("communes")
    same = communes["name"].map(simplify_letters) == simplify_letters(text)
    return communes[same].drop_duplicates("current")


def _select_there(found: pd.DataFrame, year: int) -> pd.DataFrame:
    perimeter = choose_perimeter(year)
    return found[found["first_edition"].le(perimeter) & found["last_edition"].ge(perimeter)]


def search_territories(text: str, year: int) -> pd.DataFrame:
    """Territories of an edition whose SIREN is ``text``, or else that it may name: rows of
    ``read_national('territories')``.

    Neither accents, apostrophes, hyphens nor « de », « la »… matter, the nature may be said or not
    (« CA », « communauté d’agglomération »); those named so alone come before those whose name
    holds the words, or begins with them."""
    known = read_national("territories")
    if (number := "".join(text.split())).isdecimal():
        return _select_there(known[known["siren"] == number], year)
    there = _select_there(known, year)
    return _find_named(text, there)


def _list_lines(found: pd.DataFrame) -> list[str]:
    lines = [
        f"  {siren}  {name} ({department})"
        for siren, name, department in found[["siren", "name", "department_name"]]
        .head(_SHOWN)
        .itertuples(index=False)
    ]
    if len(found) > _SHOWN:
        lines.append(f"  … et {len(found) - _SHOWN} autres")
    return lines


def _find_holders(communes: pd.Series, year: int) -> pd.DataFrame:
    """The territories of an edition that cover communes (codes of today), most covered first."""
    held = _select_there(read_national("memberships"), year)
    sirens = held.loc[held["insee"].map(find_current()).isin(communes), "siren"].value_counts()
    known = read_national("territories").set_index("siren", drop=False)
    return known.loc[sirens.index]


def _explain_elsewhen(found: pd.DataFrame, year: int) -> str:
    """Territories that are known, of other years only; who has their communes in this one."""
    sentences = []
    for row in found.itertuples():
        left = read_national("memberships").query("siren == @row.siren")["insee"]
        holders = _find_holders(left.map(find_current()), year)
        day = f"1er janvier {choose_perimeter(year)}"
        sentences += [
            f"{row.name} ({row.siren}) n’est connue ici que de {row.first_edition} à"
            f" {row.last_edition}. Le {day}, ses communes sont dans :",
            *_list_lines(holders),
        ]
    return "\n".join(sentences)


def _explain_communes(text: str, year: int) -> str:
    """A commune of that name, and the territory that it is in; '' when there is none."""
    lines = []
    for name, current in _find_communes(text)[["name", "current"]].itertuples(index=False):
        holders = _find_holders(pd.Series([current]), year)
        lines += [f"{line} : {name}" for line in _list_lines(holders)]
    if not lines:
        return ""
    head = f"« {text} » est le nom d’une commune ; donner son intercommunalité :"
    return "\n".join([head, *lines])


def _suggest_near(text: str, year: int) -> str:
    there = _select_there(read_national("territories"), year)
    names = {" ".join(words): n for n, words in _list_names()["short"].loc[there.index].items()}
    wanted = " ".join(_split_kind(text)[1])
    near = difflib.get_close_matches(wanted, names, n=_NEAR, cutoff=0.7)
    if not near:
        return ""
    return "\nNoms voisins :\n" + "\n".join(_list_lines(there.loc[[names[name] for name in near]]))


def find_territory(text: str, year: int) -> pd.Series:
    """The one territory of that SIREN or name in an edition. Raises UnknownTerritory (French) when
    there is none, or several: then it lists them, those of other years, the territory of the
    commune of that name, or near names."""
    found = search_territories(text, year)
    if len(found) == 1:
        return found.iloc[0]
    if len(found):
        raise UnknownTerritory(
            f"« {text} » désigne {len(found)} intercommunalités ; donner le SIREN de l’une :\n"
            + "\n".join(_list_lines(found))
        )
    number = "".join(text.split())
    known = read_national("territories")
    elsewhen = known[known["siren"] == number] if number.isdecimal() else _find_named(text, known)
    if communes := _explain_communes(text, year):
        raise UnknownTerritory(communes)
    if 0 < len(elsewhen) <= _NEAR:
        raise UnknownTerritory(_explain_elsewhen(elsewhen, year))
    raise UnknownTerritory(
        f"Aucune intercommunalité « {text} » dans la référence nationale. On peut donner son"
        f" numéro SIREN (neuf chiffres) ou des mots de son nom.{_suggest_near(text, year)}"
    )
