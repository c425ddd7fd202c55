"""Whether two columns say the same, and which rows do not, for the message of an assertion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.words import french

#: Share of a number by which binary arithmetic may miss it; below it, what no reader sees.
_RELATIVE, _ABSOLUTE = 1e-9, 1e-9


def differ(one: pd.Series, other: pd.Series) -> pd.Series:
    """Row by row, whether two columns differ: numbers beyond binary dust, a number where the other
    has none, texts by a letter."""
    if pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other):
        pair = one.to_numpy("float64", na_value=np.nan), other.to_numpy("float64", na_value=np.nan)
        return pd.Series(
            ~np.isclose(*pair, rtol=_RELATIVE, atol=_ABSOLUTE, equal_nan=True), index=one.index
        )
    return one.fillna("") != other.fillna("")


def name_rows(rows: pd.DataFrame) -> str:
    """« arbres-plantes (biodiversité : Arbres plantés) »: the rows that an assertion is about, each
    by its indicator (or id) and its title."""
    key = "indicator" if "indicator" in rows else "id"
    named = dict.fromkeys(zip(rows[key], rows["title"], strict=True))
    return " ; ".join(f"{name} ({french.quote(title)})" for name, title in named)
