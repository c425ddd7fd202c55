"""Typography of running text or Markdown: spaces, guillemets, apostrophes, dashes, ordinals.

Only spaces, apostrophes, quotation marks, dashes and three points change, never a letter, a digit
or what stands between digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from analysis.words.french.dates import MONTHS
from analysis.words.french.numbers import NARROW, NO_BREAK
from analysis.words.hidden_markup import END, HIDDEN, START, write_letters


def join_list(items: Sequence[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    words = [item for item in items if item]
    if len(words) <= 1:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {last} {words[-1]}"


def lower_initial(title: str) -> str:
    """A title that goes on in a sentence; one whose first word is an acronym (« PLIE », « Ad’Ap »)
    stays what it is."""
    first = title.split(maxsplit=1)[0] if title.strip() else ""
    return title if re.search(r"[A-ZÀ-Þ]", first[1:]) else title[:1].lower() + title[1:]


def quote(title: str) -> str:
    """« Title », whose own guillemets become quotation marks of the second level."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", title))
    return f"«{NO_BREAK}{inner}{NO_BREAK}»"


#: « 1er », « 1re », « 2e »: what follows the number is raised where the page can.
_RAISED = str.maketrans("ers", "ᵉʳˢ")
_ORDINAL = re.compile(r"(?<![\w-])(\d+)(ers?|res?|es?)(?![\w’'-])")


def raise_ordinals(text: str, before: str, after: str) -> str:
    """``text`` with what follows an ordinal's number between ``before`` and ``after``."""
    return _ORDINAL.sub(lambda found: f"{found[1]}{before}{found[2]}{after}", text)


def draw_ordinals(text: str) -> str:
    """``text`` with what follows an ordinal's number in raised letters, for what is drawn: a
    picture is seen, and its alternative text is read."""
    return _ORDINAL.sub(lambda found: found[1] + found[2].translate(_RAISED), text)


# What the typographer must not touch: code, link targets, attributes, tags, addresses, fenced divs.
_PROTECTED = re.compile(
    r"(`[^`]*`|\]\([^)]*\)|\{[^}]*\}|</?[A-Za-z][^<>\n]*>|https?://\S+|^:{3,}.*$|^: )", re.MULTILINE
)
#: The ends of what is protected and stands in a sentence as a word does.
_WORDS = (")", "}", "`", ">")

#: What ends a word and is a letter of Markdown by now.
_CLOSING = write_letters(")]*_")
_SPACE = "[ \u00a0\u202f]"
# What stands before or after a mark is its words: a number, with its unit or without.
_BEFORE = rf"(?<=[\w».)\]’”*…€%{END}{HIDDEN}{_CLOSING}])"
_AFTER_NUMBER = rf"(?<=[\d{END}])"
#: What may follow a high punctuation mark: the next word, the end, or what closes around it.
_THEN = rf"(?=\s|$|[)»”*_\]{HIDDEN}{_CLOSING}])"
_UNITS = (
    r"(?:[%€]|[kM]€|(?:[kMGT]?Wh|[kM]W|km|m|cm|mm|ha|kg|t|h|min|ko|Mo|Go|To|CO₂|CO2)\b"
    r"(?![’'\w-])|[kc]?m[²³])"
)
_MONTHS = "|".join(MONTHS.values())
#: Two numbers that rise, in full: « 2016-2017 », « l. 713-715 »; no article, law or norm is one.
_RANGE = re.compile(r"(?<![\w.,/–-])([1-9]\d{0,3})-([1-9]\d{0,3})(?![\w/–-]|[.,]\d)")
_NUMBERED = re.compile(rf"(?:[LRD]\.|n°|N°|\barticles?|\bart\.){_SPACE}*$")

_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"(?<=\w)'(?=[\w«“*_\[{START}{HIDDEN}])", "’"),
        (r"\.\.\.", "…"),
        # A sentence that ends with « hab. », marked or not.
        (rf"(?<=\w)\.({END}?)\.(?!\.)", r".\1"),
        (r"«[ \u00a0\u202f]*", "«" + NO_BREAK),
        (r"[ \u00a0\u202f]*»", NO_BREAK + "»"),
        (_BEFORE + rf"{_SPACE}*([;!?]+){_THEN}", NARROW + r"\1"),
        (_BEFORE + rf"{_SPACE}*:{_THEN}", NO_BREAK + ":"),
        # Numbers: the minus sign, thousands, units. A point between digits stays: it may be one of
        # thousands.
        (rf"(?<=[(«\u00a0\u202f])-(?={_SPACE}?\d)", "−"),
        (rf"(?<=\S )-(?={_SPACE}?\d[\d\u00a0\u202f]*(?:,\d+)?{_SPACE}?[%€])", "−"),
        # A sign stands a narrow space before its number; an operator between two wide ones.
        (rf"(?<=«\u00a0[−+]){_SPACE}?(?=\d)", NARROW),
        (rf"(?<=[^\d×÷+−=(] [−+])(?=\d[\d\u202f]*(?:,\d+)?{_SPACE}?[%€])", NARROW),
        (r"(?<=\d) - (?=\d)", " − "),
        (rf"(?<=[\w»)\]*%€.{HIDDEN}{_CLOSING}]) - (?=[\w«(*_\[{HIDDEN}])", " – "),
        (_AFTER_NUMBER + rf"{_SPACE}(?={_UNITS})", NARROW),
        # What must not be left alone at the end of a line, or at its beginning.
        (r"(?<=\S) (?=…)", NO_BREAK),
        (rf"\b(1er|\d{{1,2}}) (?=(?:{_MONTHS})\b)", r"\1" + NO_BREAK),
        (rf"\b(\d+(?:er|re|e)|n°|p\.|l\.|art\.|chap\.) (?=[\w{START}])", r"\1" + NO_BREAK),
        (r"\b([LRD]\.) (?=\d)", r"\1" + NO_BREAK),
    )
]
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?!\w)")


def _set_quotes(text: str) -> str:
    """Straight quotes become guillemets, or quotation marks of the second level inside them."""

    def write(found: re.Match[str]) -> str:
        before = text[: found.start()]
        inside = before.count("«") > before.count("»")
        return f"“{found[1]}”" if inside else f"«{NO_BREAK}{found[1]}{NO_BREAK}»"

    return re.sub(r'(?<![=\w])"(?=\S)([^"\n]*\S)"(?!\w)', write, text)


def _set_range(found: re.Match[str]) -> str:
    first, last = found[1], found[2]
    numbered = _NUMBERED.search(found.string, 0, found.start())
    return found[0] if numbered or int(first) >= int(last) else f"{first}–{last}"


def _typeset_run(text: str) -> str:
    text = _set_quotes(text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _THOUSANDS.sub(lambda found: found[0].replace(" ", NARROW), text)
    return _RANGE.sub(_set_range, text)


@lru_cache(4096)  # titles are said again and again
def typeset(text: str) -> str:
    """French spaces, guillemets, apostrophes, dashes and ellipses in running text or Markdown.

    Link targets, attributes, tags, code and addresses are left as they are. Applying it twice
    changes nothing more.
    """
    parts = _PROTECTED.split(text)
    for index in range(0, len(parts), 2):
        run = _typeset_run(parts[index])
        if index and parts[index - 1].endswith(_WORDS):  # the word is the protected part
            run = re.sub(rf"^{_SPACE}?([;!?]+){_THEN}", NARROW + r"\1", run)
            run = re.sub(rf"^{_SPACE}?:{_THEN}", NO_BREAK + ":", run)
        if index + 1 < len(parts) and re.search(r"\w'$", run):
            run = run[:-1] + "’"
        parts[index] = run
    return "".join(parts)
