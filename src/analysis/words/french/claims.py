"""French words that claim something of the data, and words that a later year makes false.

The lists are kept here. A word too many costs a condition or another word; a word too few lets a
sentence stand that the data no longer make true.
"""

from __future__ import annotations

import re

#: Each entry begins a word (« dépass » also finds « dépassent »); a full stop ends it there.
CLAIMING = (
    # more, less, as much
    "plus.", "moins.", "davantage.", "autant.", "mieux.", "pire.", "meilleur", "supérieur",
    "inférieur", "dépass", "excèd", "excéd", "surpass", "égal.", "égale.", "égaux.", "égales.",
    # all, none, one, most
    "tous.", "toutes.", "aucun.", "aucune.", "nul.", "nulle.", "seul.", "seule.", "seuls.",
    "seules.", "seulement.", "unique", "majorit", "minorit", "la plupart", "essentiel.",
    "principalement.", "surtout.", "presque.", "quasi", "peu.", "beaucoup.",
    # first, last
    "premier.", "première.", "premiers.", "premières.", "dernier.", "dernière.", "record.",
    "en tête.", "domin", "concentr", "l’emport",
    # fractions
    "moitié", "tiers.", "quart.", "quarts.", "doubl", "tripl", "quadrupl",
    # rise, fall, stay
    "augment", "hausse", "croiss", "croît.", "accroît", "accroiss", "progress", "grimp",
    "baiss", "diminu", "recul", "chut", "décroiss", "décroît.", "déclin.", "déclinent.", "stable",
    "stagn", "chang", "évolue", "passe de", "passent de", "passé de", "passée de", "passés de",
    "passées de", "repart.",
)  # fmt: skip
#: Words that are true for a while only; of what is carried over from one year to the next.
AGEING = (
    "l’an dernier", "l’année dernière", "l’an passé", "l’année passée", "cette année",
    "l’an prochain", "l’année prochaine", "ces derniers mois", "les prochains mois",
    "récemment", "dernièrement", "prochainement", "bientôt", "à ce jour", "actuellement",
    "à l’heure actuelle", "pour l’instant", "avant la fin de l’année", "d’ici la fin de l’année",
)  # fmt: skip


def _compile(words: tuple[str, ...]) -> re.Pattern[str]:
    ends = [re.escape(word[:-1]) if word[-1] == "." else re.escape(word) + r"\w*" for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ends)})(?!\w)", re.IGNORECASE)


_CLAIMS, _AGEING = _compile(CLAIMING), _compile(AGEING)
#: What is no claim: a threshold (« plus de {{seuil}} »), a negation (« n’échangent plus »), what
#: references and placeholders hold.
_NO_CLAIM = re.compile(
    r"\b(?:plus|moins) de \{\{[^{}]*\}\}|\bau (?:plus|moins) \{\{[^{}]*\}\}"
    r"|\b(?:sup|inf)érieure?s? à \{\{[^{}]*\}\}|\[[^\[\]]*\]|\bn(?:e |’)\w+(?: \w+)? plus\b"
    r"|\bnon plus\b|\bpeu à peu\b|\{\{[^{}]*\}\}",
    re.IGNORECASE,
)


def _read(text: str) -> str:
    return text.replace("'", "’").replace("\u00a0", " ")


def find_claims(text: str) -> list[str]:
    """The words of a text that claim something, in order."""
    bare = _NO_CLAIM.sub(lambda found: " " * len(found[0]), _read(text))
    return [found[0] for found in _CLAIMS.finditer(bare)]


def find_ageing(text: str) -> list[str]:
    """The words of a text that the next year makes false, in order."""
    return [found[0] for found in _AGEING.finditer(_read(text))]
