"""Why an indicator of a territory is missing, or is not what it seems, in French sentences."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.compute.national.context import (
    JOINED,
    REPEATED,
    SHARED,
    Vintages,
    choose_vintages,
    count_with_gaps,
    list_context,
)
from analysis.compute.national.perimeters import sum_populations
from analysis.compute.national.reference_files import IN_FORCE_AFTER, read_national
from analysis.words.french import join_list

#: Communes named in a sentence where there are more.
_NAMED = 3


def _name_communes(codes: pd.Series) -> str:
    names = read_national("communes").set_index("insee")["name"]
    found = sorted(names.reindex(codes.drop_duplicates()).str.replace("'", "’"))
    if len(found) <= _NAMED + 1:
        return join_list(found)
    return join_list([*found[:_NAMED], "d’autres communes"])


def _say_gap(why: str, communes: pd.Series, count: str, vintages: Vintages) -> str:
    names, several = _name_communes(communes), communes.nunique() > 1
    if why == SHARED:
        verb = "s’étendent" if several else "s’étend"
        return (
            f"{names} {verb} aujourd’hui sur des parties de plusieurs intercommunalités de"
            f" {vintages.perimeter} : la part de chacune n’est pas connue."
        )
    if why == JOINED:
        return (
            f"{names} comprenait alors une commune rétablie depuis, qui n’est pas de cette"
            " intercommunalité : la part de chacune n’est pas connue."
        )
    if count == "census":
        return f"Le recensement de {vintages.census} n’est pas connu pour {names}."
    if count == "area_km2":
        return f"La superficie de {names} n’est pas connue."
    vintage = vintages.earlier if count == "earlier" else vintages.population
    return f"La population municipale de {vintage} n’est pas connue pour {names}."


def _say_repeated(communes: pd.Series, vintages: Vintages) -> str:
    repeats = sum_populations(vintages.population or 0)["repeats"].reindex(communes).max()
    return (
        f"La population légale connue reste celle du recensement de {repeats:.0f}, que les"
        f" millésimes suivants répètent."
    )


def _say_for_all(row: Any, vintages: Vintages) -> str:
    """What holds for every territory in an edition; '' when nothing is to be said."""
    if row.counts == "census" and vintages.census is None:
        first = read_national("census")["vintage"].min()
        return (
            f"Le plus ancien recensement connu ici est celui de {first}, postérieur à cette"
            " édition."
        )
    if row.counts == "census":
        return ""
    if vintages.population is None:
        return f"Aucune population n’est connue pour {vintages.year}."
    if row.measure == "rythme" and vintages.earlier is None:
        first = read_national("territory_populations")["vintage"].min()
        return (
            f"La plus ancienne population connue ici est celle de {first}, trop peu de temps avant"
            f" celle de {vintages.population} pour en dire l’évolution."
        )
    if not vintages.in_force:
        return (
            f"La population en vigueur en {vintages.year} (millésime"
            f" {vintages.year - IN_FORCE_AFTER}) n’est pas connue ici : c’est celle de"
            f" {vintages.population}."
        )
    return ""


def explain_missing(siren: str, year: int) -> dict[str, str]:
    """For each context indicator of a territory that is missing in an edition, or is not quite what
    its definition says: the reason, as French sentences. What is as usual has no entry."""
    vintages = choose_vintages(year)
    values, gaps = count_with_gaps(year)
    if siren not in values.index:
        sentence = f"Cette intercommunalité n’existait pas le 1er janvier {vintages.perimeter}."
        return dict.fromkeys(list_context()["id"], sentence)
    own, known = gaps[gaps["siren"] == siren], values.loc[siren]
    reasons = {}
    for row in list_context().itertuples():
        sentences = [_say_for_all(row, vintages)]
        terms = [term for term in (row.numerator, row.denominator) if term]
        for count in ["census"] if row.counts == "census" and vintages.census else terms:
            for why, found in own[own["count"] == count].groupby("why", sort=True)["commune"]:
                if why == REPEATED:
                    sentences.append(_say_repeated(found, vintages))
                    if row.measure == "rythme":
                        sentences.append("Aucune évolution n’en est donc calculée.")
                elif count == "census" or pd.isna(known[count]):
                    sentences.append(_say_gap(str(why), found, count, vintages))
        if said := [*dict.fromkeys(filter(None, sentences))]:
            reasons[row.id] = " ".join(said)
    return reasons
