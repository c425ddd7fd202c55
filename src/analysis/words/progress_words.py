"""Ways to targets in French: the share made, the gap, the paces, the verdict.

Worded here once for tables, charts and trails; ``row`` is a row of ``progress`` as a dict. A share
in % moves in points, and so does its pace.
"""

from __future__ import annotations

import math
from dataclasses import replace

from analysis.base.rounding import round_bound, round_to_step
from analysis.model.milestones import DONE, RUNNING
from analysis.model.periods import MONTHS_PER_YEAR
from analysis.model.progress import (
    CANNOT_TELL,
    CEILING,
    FLOOR,
    MET,
    NO_NEWS,
    NO_VALUE,
    ON_COURSE,
    POINT,
    STEPS,
    TO_COME,
    UNCERTAIN,
    UNDATED,
    order_targets,
)
from analysis.model.references import (
    APPROXIMATE,
    PERCENT,
    Row,
    Value,
    combine_qualifiers,
    find_side,
)
from analysis.model.schema import AID, DUTY, OBJECTIVE, PROGRAMME
from analysis.model.store import Edition, to_records
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise, end_sentence, hide, mark, strip_marks
from analysis.words.smallmarkdown import write_plain

#: What is wanted where nothing may be left.
TO_ZERO = "descendre à zéro"
#: What a gap of zero would be, as the eye sees it, is shown by as many decimals more.
_FINEST = 1e-6


def read_target(edition: Edition, row: Row) -> Value:
    """The target of a row of ``progress``, which need not be the one that ``:cible`` gives."""
    chosen = edition.value(f"{row['indicator']}:cible")
    return replace(
        chosen,
        value=row["target_value"],
        qualifier=row["target_qualifier"],
        period_end=row["target_date"],
    )


def describe_due(target: Value) -> str:
    """« fin 2020 », « sans échéance connue »."""
    if target.period_end is None:
        return UNDATED
    return french.name_period(target.period_start, target.period_end)


def describe_goal(edition: Edition, row: Row, reference: str = "") -> str:
    """« objectif : 100 000 arbres en 2020 », « obligation légale, échéance : 1er janvier 2018 » of
    a step; the number and its term carry the ``reference``, by default the target's."""
    if not row["indicator"]:
        if not row["target_date"]:
            return f"{row['kind']}, {UNDATED}"
        due = french.name_period(None, row["target_date"])
        return f"{row['kind']}, échéance{french.NO_BREAK}: {due}"
    target = read_target(edition, row)
    goal = TO_ZERO if _is_zero(row) else _bound(row) + prose.format_quantity(edition, target)
    reference = reference or f"{row['indicator']}:cible"
    goal = mark(goal, reference) + describe_term(row, reference)
    return f"{row['kind']}{french.NO_BREAK}: {goal}"


def describe_steps(edition: Edition, target: Row) -> str:
    """« étape : 80 000 arbres en 2018 » of a target with its milestones (``steps``); '' without."""
    if not target["steps"]:
        return ""
    goals = [describe_goal(edition, step) for step in target["steps"]]
    said = [goal.removeprefix(f"{target['kind']}{french.NO_BREAK}: ") for goal in goals]
    return f"{french.choose_form(len(said), 'étape', 'étapes')} : {' ; '.join(said)}"


def _is_zero(row: Row) -> bool:
    return row["target_value"] == 0 and row["aim"] == CEILING


def _bound(row: Row) -> str:
    """« au moins », « au plus », of what the law asks, where its own words do not say it."""
    if row["kind"] != DUTY or row["target_qualifier"] != "exact":
        return ""
    return {FLOOR: "au moins ", CEILING: "au plus "}.get(row["aim"], "")


def _measure(edition: Edition, number: float, unit: str, step: float, qualifier: str) -> str:
    """A difference in the indicator's unit: « 20 agents », « plus de 1,5 point »."""
    number = round_bound(number, step, find_side(qualifier))
    if unit == PERCENT:
        text = french.format_points(number, step)
    else:
        text = prose.format_measure(edition, number, unit, step)
    return f"{french.QUALIFIER_WORDS[qualifier]} {text}".strip()


_PACES = {"observé": "observed_pace_per_year", "nécessaire": "required_pace_per_year"}


def find_pace_step(row: Row) -> float:
    """How the paces of a row are rounded, both alike. They are means: three digits of the smaller
    from ten on, two below; whole numbers of what is counted have no decimals."""
    known = [row[name] for name in _PACES.values() if row[name] is not None]
    sizes = [math.floor(math.log10(abs(number))) for number in known if number] or [0]
    step = 10.0 ** (min(sizes) - (2 if min(sizes) >= 1 else 1))
    whole = all(math.isclose(number, round(number)) for number in known)
    return 1 if step < 1 and whole and row["unit"] != PERCENT else step


def list_paces(edition: Edition, row: Row) -> dict[str, str]:
    """« observé » and « nécessaire » → the pace in words, those that are known: « 8 570 arbres par
    an », « 5,0 points par an »."""
    said = {}
    for name, column in _PACES.items():
        if (pace := row[column]) is not None:
            whole = row["unit"] != PERCENT and math.isclose(pace, round(pace))
            step = max(find_pace_step(row), 1 if whole else 0.0)
            said[name] = f"{_measure(edition, pace, row['unit'], step, 'exact')} par an"
    return said


def describe_outlook(edition: Edition, row: Row) -> str:
    """Where the pace observed leads: « 85 700 arbres en 2020 », « 20 parcs en 5 ans »; '' where
    nobody can say."""
    if row["expected_value"] is None:
        return ""
    expected, step = row["expected_value"], find_outlook_step(edition, row)
    about = "" if math.isclose(expected, round_to_step(expected, step)) else "environ "
    return about + prose.format_measure(edition, expected, row["unit"], step) + describe_term(row)


def find_outlook_step(edition: Edition, row: Row) -> float:
    """How it is rounded: three digits, none finer than those of the indicator."""
    expected, precision = row["expected_value"], edition.catalogue[row["indicator"]]["precision"]
    size = math.floor(math.log10(expected)) if expected > 0 else 0
    return max(10.0 ** (size - 2), precision)


def describe_term(row: Row, reference: str = "") -> str:
    """« en 2020 », « en 5 ans »; '' where no time is set; a number of years carries the
    ``reference``."""
    if row["target_date"] is not None:
        return " " + french.format_period(None, row["target_date"])
    years = row["duration_years"]
    said = french.format_count(years, "an", "ans") if years else ""
    return f" en {mark(said, reference) if reference else said}" if said else ""


def _qualify(row: Row, direction: int) -> str:
    """Qualifier of what grows (1) or falls (−1) with the value of a row."""
    about = row["target_qualifier"] in APPROXIMATE
    terms = [(row["qualifier"] or "exact", direction), ("environ" if about else "exact", 1)]
    return combine_qualifiers(terms) or "environ"


#: What a share is made of.
_WHOLES = {
    OBJECTIVE: "de l’objectif", DUTY: "de l’obligation", PROGRAMME: "du programme",
    AID: "de l’aide",
}  # fmt: skip


def describe_share(edition: Edition, row: Row) -> str:
    """« 60 % de l’objectif », « 50 % de la baisse (depuis 180 agents, fin 2015) »; '' where a share
    would say nothing."""
    share, start = row["attained_pct"], row["baseline"]
    if share is None:
        return ""
    qualifier = _qualify(row, 1 if row["target_value"] >= (start or 0) else -1)
    step = 1 if math.isclose(share, round(share), abs_tol=1e-9) else 0.1
    if share < 100 <= float(f"{share:.1f}"):
        share, step, qualifier = 100, 1, "près de"
    shown = french.format_percentage(round_bound(share, step, find_side(qualifier)), step)
    words = f"{french.QUALIFIER_WORDS[qualifier]} {shown}".strip()
    if start is None:
        return f"{words} {_WHOLES[row['kind']]}"
    way = "la baisse" if row["target_value"] < start else "la hausse"
    precision = edition.catalogue[row["indicator"]]["precision"]
    since = [prose.format_measure(edition, start, row["unit"], precision)]
    if row["baseline_date"] is not None:
        since.append(french.name_period(None, row["baseline_date"]))
    return f"{words} de {way} (depuis {', '.join(since)})"


def describe_gap(edition: Edition, row: Row) -> str:
    """« il manque 7 halles », « 20 agents de trop », « 10 agents de moins »; '' where the value is
    the target itself, or may be on either side of it."""
    if row["verdict"] in (NO_VALUE, UNCERTAIN, CANNOT_TELL) or not row["distance"]:
        return ""
    above, met = row["distance"] < 0, row["verdict"] in MET
    gap, step = abs(row["distance"]), edition.catalogue[row["indicator"]]["precision"]
    while french.round_sign(gap, step) == 0 and step > _FINEST:
        step /= 10
    words = _measure(edition, gap, row["unit"], step, _qualify(row, 1 if above else -1))
    if not met and row["kind"] in (PROGRAMME, AID):
        return f"il reste {words}"
    if row["aim"] == POINT:
        return f"{words} de {'plus' if above else 'moins'} que visé"
    if row["aim"] == CEILING:
        return f"{words} de {'trop' if above else 'moins'}"
    return f"{words} de plus" if met or above else f"il manque {words}"


def describe_verdict(row: Row, gap: str) -> str:
    """« dépassé, 20 agents de trop (sans échéance connue) »; ``gap``: that of the row, as it is
    to be shown."""
    said = ", ".join(filter(None, (row["verdict"], gap)))
    return f"{said} ({row['reason']})" if row["reason"] else said


def list_verdicts(edition: Edition, chapter: str = "") -> list[Row]:
    """The rows of ``progress`` of an edition, or of one of its chapters, what matters most first
    (``progress.GRAVITY``), then what is farthest from being met. A share whose count has a target
    too is said with that one."""
    wanted = {"chapter": chapter} if chapter else {}
    rows = to_records(edition.rows("progress", **wanted))
    return order_targets([row for row in rows if not row["counted"]])


def write_verdict(edition: Edition, row: Row) -> str:
    """Where a target stands, in Markdown whose numbers carry their trail (see ``hidden_markup``):
    « **Arbres plantés (cumul) : rythme insuffisant.** 60 000 arbres de 2011 à 2017, pour un
    objectif de 100 000 arbres en 2020. Le rythme actuel, 8 570 arbres par an, mène à environ
    85 700 arbres en 2020 ; il en faudrait 13 330 par an. »"""
    name = write_plain(french.typeset(f"{row['title']} : {name_verdict(row)}."))
    said = _describe_state(edition, row) if row["indicator"] else [_describe_step(edition, row)]
    told = " ".join(capitalise(end_sentence(sentence)) for sentence in said if sentence)
    return f"{hide('**')}{name}{hide('**')} {write_plain(french.typeset(told))}"


def name_verdict(row: Row) -> str:
    """A verdict after the title of its target."""
    return "c’est fait" if row["verdict"] == DONE else row["verdict"]


#: What a target is called between a value and its number; an aid is what there is to use.
_GOALS = {
    OBJECTIVE: ", pour un objectif de ", DUTY: " ; la loi demande ",
    PROGRAMME: ", pour un programme de ", AID: ", sur une aide de ",
}  # fmt: skip
#: What the day of a step is called, by what the step is; then what it is where it has none.
_DUES = {
    OBJECTIVE: ("échéance visée", "objectif"), DUTY: ("échéance légale", "obligation légale"),
    PROGRAMME: ("fin du programme", "programme"), AID: ("échéance de l’aide", "aide à utiliser"),
}  # fmt: skip


def _describe_step(edition: Edition, row: Row) -> str:
    """« échéance légale : 1er janvier 2018 », « programme sans échéance connue »; of what is done,
    « obligation légale, janvier 2018 »: the day is that on which it was."""
    due, kind = _DUES[row["kind"]]
    if row["target_date"] is None:
        return kind if row["verdict"] == DONE else f"{kind} {UNDATED}"
    day = french.name_period(None, row["target_date"])
    if row["verdict"] == DONE:
        return f"{kind}, {day}"
    said = f"{due}{french.NO_BREAK}: {day}"
    if row["verdict"] == TO_COME:
        return f"{said} (situation à la fin de {edition.year})"
    steps = [step for table in STEPS for step in to_records(edition.rows(table, id=row["entry"]))]
    late = row["verdict"] not in (RUNNING, NO_NEWS) and any(
        step["status"] == RUNNING for step in steps
    )
    return f"{said} ; {RUNNING} à la fin de {edition.year}" if late else said


def _describe_state(edition: Edition, row: Row) -> list[str]:
    """The value and its target; what is missing; where the present pace leads."""
    target = read_target(edition, row)
    value = prose.format_placeholder(edition, edition.value(row["indicator"]), "complet")
    if _is_zero(row):
        stands, gap = f"{value} ; le but est de {TO_ZERO}", ""
    else:
        goal, before = _bound(row) + prose.mark_quantity(edition, target), _GOALS[row["kind"]]
        value_too, target_too = _describe_share_too(edition, row)
        if before.endswith(" de ") and strip_marks(goal)[0] in "ae":  # « environ », « au moins »
            before = before.removesuffix("e ") + "’"
        gap = prose.mark_value(edition, target, describe_gap(edition, row))
        stands = f"{value}{value_too}{before}{goal}{target_too}"
        stands += describe_term(row, f"{row['indicator']}:cible")
    ahead = describe_course(edition, row)
    stands += f" : {gap}" if gap and not ahead else ""
    reason = f"{stands}, {row['reason']}" if row["reason"] else stands
    return [reason, ahead]


def _describe_share_too(edition: Edition, row: Row) -> tuple[str, str]:
    """« (3,2 %) » and « (6 %) » after a count and its target, which a share says too."""
    for other in to_records(edition.rows("progress", counted=row["indicator"])):
        both = (edition.value(other["indicator"]), read_target(edition, other))
        value, target = (f" ({prose.mark_quantity(edition, one)})" for one in both)
        return value, target
    return "", ""


def describe_course(edition: Edition, row: Row) -> str:
    """« le rythme moyen depuis 2011, 8 570 arbres par an, mène à environ 85 700 arbres en 2020 ; il
    faudrait 13 330 arbres par an »; of years that began nobody knows when, « à 4 parcs par an, on
    arriverait à 20 parcs en 5 ans »; '' where no pace is needed any more."""
    target = f"{row['indicator']}:cible"
    paces = {name: mark(pace, target) for name, pace in list_paces(edition, row).items()}
    if "nécessaire" not in paces:
        return ""
    needed = paces["nécessaire"]
    if row["expected_value"] is None:
        return f"il faudrait {needed}"
    led = mark(describe_outlook(edition, row), target)
    if row["target_date"] is None:
        return f"à {paces['observé']}, on arriverait à {led}"
    pace = f"{_name_pace(edition, row)}, {paces['observé']},"
    if row["verdict"] == ON_COURSE:
        return f"{pace} y suffit : il faut {needed}"
    return f"{pace} mène à {led} ; il faudrait {needed}"


def _name_pace(edition: Edition, row: Row) -> str:
    """« le rythme moyen depuis 2011 » of a count of several years, « le rythme de 2017 » of one;
    of a difference between two days, « le rythme moyen constaté »."""
    value = edition.value(row["indicator"])
    start, months = value.period_start, value.period.months
    if value.measure != "flux" or start is None or not months:
        return "le rythme moyen constaté"
    if months > MONTHS_PER_YEAR:
        since = str(start.year) if (start.month, start.day) == (1, 1) else french.format_date(start)
        return f"le rythme moyen depuis {since}"
    return f"le rythme constaté {french.format_period(start, value.period_end)}"


def describe_model_target(units: prose.Units, row: Row, target: Row) -> str:
    """« Part modale du vélo : cible du référentiel 10 % (moyenne en France 3 % ; cae_36) » of an
    indicator (``row``) and a target that no territory set."""
    step = 1 if float(target["value"]).is_integer() else row["precision"]
    number = prose.format_measure(units, target["value"], row["unit"], step)
    number = f"{french.QUALIFIER_WORDS[target['qualifier']]} {number}".strip()
    beside = " ; ".join(filter(None, (target["note"], target["locator"])))
    return f"{row['title']} : cible du référentiel {number} ({beside})"
