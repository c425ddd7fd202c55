"""How a territory is named in French: its article, its elisions, its full name.

Official names come in two forms, « CA du Grand Dole » and « Communauté d'agglomération du Grand
Dole »; what people say of the territory is guessed from them, and what is guessed is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

#: What each nature is called, and how its names begin.
_AGGLOMERATION = "communauté d’agglomération"
KINDS = {
    "CC": "communauté de communes",
    "CA": _AGGLOMERATION,
    "CU": "communauté urbaine",
    "METRO": "métropole",
    "MET69": "métropole",
}
_PREFIX = re.compile(
    r"^(?:communauté (?:de communes|d’agglomération|urbaine)|métropole(?= d[eu’]| des )|C[ACU])\s+",
    re.IGNORECASE,
)
#: Preposition and article of an official name, with what they are before « de » and « à ».
_ARTICLES = {
    "du ": ("du ", "au "),
    "des ": ("des ", "aux "),
    "de l’": ("de l’", "à l’"),
    "de la ": ("de La ", "à La "),
    "de ": ("de ", "à "),
    "d’": ("d’", "à "),
}
#: An article that is part of the name as it is written: « Le Grand Chalon », « Les Sables… ».
_OWN = {"le ": ("du ", "au "), "les ": ("des ", "aux "), "l’": ("de l’", "à l’")}
#: Common nouns with which a name begins, that take an article in a sentence.
_FEMININE = ("métropole", "communauté")
_ELIDED = ("eurométropole", "agglo", "agglomération", "intercom")
#: Adjectives that only go with « communauté » (« CA Bergeracoise »).
_ADJECTIVE = re.compile(r"^(?:intercommunales?|rurales?|\w+(?:oise|aise))\b", re.IGNORECASE)
#: Common nouns that might take an article, and are left without.
_UNSURE = re.compile(
    r"^(?:pays|val|vallées?|terres?|portes?|rives|côtes?|monts?|bassin|plaine|plateau|sud|nord|est|"
    r"ouest|centre|hauts?|hautes?|grand|petite?|entre|espace|territoires?|c(?:œ|oe)ur)\b",
    re.IGNORECASE,
)
#: An h that stops the elision.
_ASPIRATED = re.compile(r"^(?:haut|hagu|havr|ham|hard|hesb|hett)", re.IGNORECASE)
_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{2,}")


@dataclass(frozen=True)
class TerritoryName:
    """``name`` alone, ``of_name`` after « la situation », ``to_name`` after « se rendre »;
    ``acronym``: the one that stood beside the official name, or ''; ``doubts``: what is guessed
    (French)."""

    id: str
    name: str
    of_name: str
    to_name: str
    full_name: str
    kind: str
    acronym: str
    doubts: tuple[str, ...]


def slugify(text: str) -> str:
    """An id: lower case, no accent, words joined by hyphens."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in bare
                    if not unicodedata.combining(c))  # fmt: skip
    return re.sub(r"-+", "-", plain).strip("-")


def _clean(official: str) -> tuple[str, str]:
    """An official name with French apostrophes, without quotes nor parentheses; what these held."""
    text = " ".join(re.sub(r"''|[\"«»]", "", official).replace("'", "’").split())
    aside = re.search(r"\(([^()]*)\)", text)
    text = re.sub(r" ?\([^()]*\)", "", text).strip()
    text = text.replace("Coeur", "Cœur").replace("Soeurs", "Sœurs")
    return text, " ".join(aside[1].split()) if aside else ""


def _elide(name: str) -> str:
    first = unicodedata.normalize("NFKD", name[:1]).casefold()[:1]
    vowel = first in "aeiouyœ" or (first == "h" and not _ASPIRATED.match(name))
    return f"d’{name}" if vowel else f"de {name}"


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def name_territory(
    name: str, long_name: str, nature: str, communes: Collection[str]
) -> TerritoryName:
    """The names of a territory. ``communes``: names of communes, with which the territory is not to
    be confused."""
    kind = KINDS[nature]
    official, aside = _clean(long_name or name)
    rest = _PREFIX.sub("", official)
    doubts: list[str] = []
    found = next((key for key in _ARTICLES if rest.startswith(key)), "") if (
        rest != official or nature not in ("METRO", "MET69")
    ) else ""  # fmt: skip
    bare = rest[len(found) :]
    full = official if kind == "métropole" else f"{_capitalise(kind)} {rest}"
    cities = {name.replace("'", "’").casefold() for name in communes}
    article = {"du ": "le ", "des ": "les ", "de la ": "la ", "de l’": "l’"}.get(found, "")
    if (found and f"{article}{bare}".casefold() in cities) or _ADJECTIVE.match(bare):
        # The city and its territory are two; an adjective is no name.
        said = full, f"de la {_lower(full, kind)}", f"à la {_lower(full, kind)}"
        doubts.append(
            f"le nom d’usage (« {full} », pour ne pas confondre le territoire et la ville)"
            if found
            else f"le nom d’usage (« {full} »)"
        )
    elif found == "de la ":
        said = f"La {bare}", f"de La {bare}", f"à La {bare}"
        doubts.append(f"l’article (« {said[1]} » ou « de la {bare} »)")
    elif found in ("du ", "des ", "de l’"):
        of, to = _ARTICLES[found]
        said = bare, of + bare, to + bare
        if found == "de l’":
            said = f"L’{bare}", *said[1:]
        doubts.append(f"l’article (« {said[1]} », « {said[2]} »)")
    elif found:
        said = bare, f"{found}{bare}", f"à {bare}"
    else:
        said, doubt = _name_without_preposition(bare)
        doubts += [doubt] if doubt else []
    acronym = aside if _ACRONYM.fullmatch(aside) else ""
    if aside and not acronym:
        doubts.append(f"le nom d’usage : « {aside} » est écrit à côté du nom officiel")
    id = slugify(f"{article}{bare}" if article == "la " or said[0] == full else said[0])
    return TerritoryName(id, *said, full, kind, acronym, tuple(doubts))


def _lower(full: str, kind: str) -> str:
    return full if kind == "métropole" else full[:1].lower() + full[1:]


def _name_without_preposition(bare: str) -> tuple[tuple[str, str, str], str]:
    """Name, « de … », « à … » of a name that official lists give alone; and what is unsure."""
    first = re.split(r"[\s-]", bare.casefold(), maxsplit=1)[0]
    for article, (of, to) in _OWN.items():
        if bare.casefold().startswith(article):
            name = bare[len(article) :]
            said = (_capitalise(bare), of + name, to + name)
            return said, f"l’article (« {said[1]} », « {said[2]} »)"
    if first in _FEMININE:
        return (bare, f"de la {bare}", f"à la {bare}"), ""
    if first in _ELIDED:
        return (bare, f"de l’{bare}", f"à l’{bare}"), ""
    said = (bare, _elide(bare), f"à {bare}")
    unsure = _UNSURE.match(bare) or bare[:1].casefold() in "hy"
    return said, f"l’article (« {said[1]} », « {said[2]} »)" if unsure else ""
