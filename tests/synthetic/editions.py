"""The tables and the texts of each edition of a made-up territory."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from analysis.model.schema import TEXT_HEADINGS
from analysis.model.schema.columns import (
    BAD,
    ELEMENT_RATINGS,
    FINALITY_RATINGS,
    GOOD,
    MOMENTS,
    OFF_TOPIC,
    UNRATED,
)

from .accounts import tell_accounts
from .draft import Draft
from .law import tell_digital, tell_documents
from .programmes import Edition, Figure, Programme, round_half_up
from .projects import tell_projects
from .territory import INTERNAL, Action, Plan, name_judgement, name_source
from .words import (
    DISCREPANCIES,
    EFFECT_REASONS,
    OTHER_SUBJECTS,
    PARTNERS,
    PLACES,
    SETBACK_REASON,
    SUBJECTS,
)

#: Rows of an edition at full size.
PLANNED, IMPROVEMENTS, GAPS, DISCREPANCY_ROWS, PAIRS, STATEMENTS = 20, 40, 57, 114, 41, 78
#: Pistes that each later edition says done, and proposes anew.
RENEWED = 2
#: How far beside the truth the one wrong printed figure of an edition is, in steps.
ASTRAY = 5


def tell_edition(draft: Draft, plan: Plan, year: int) -> None:
    """Fill the tables of a year and write its texts. Editions are told oldest first."""
    place = draft.years.index(year)
    # A year that no edition was made of is told by the next one.
    before = () if place and draft.years[place - 1] == year - 1 else (year - 1,)
    edition = Edition(year, (*before, year), name_source(year), place == 0)
    draft.start_source()
    actions = _tell_actions(draft, plan, edition, place)
    if place:
        _revise(draft, plan, edition)
    for programme in plan.programmes:
        programme.observe(edition)
    _tell_contributions(draft, edition, actions)
    tell_accounts(draft, edition, name_judgement(year))
    _tell_session(draft, year)
    _tell_ratings(draft, edition, actions)
    _tell_milestones(draft, edition, actions)
    _tell_planned(draft, edition, place)
    _tell_places(draft, edition, actions)
    tell_projects(draft, edition.year, edition.source)
    _tell_improvements(draft, edition, place)
    _tell_objectives(draft, plan, edition)
    _tell_gaps(draft, edition, actions)
    _tell_key_messages(draft, plan, edition)
    _tell_statements(draft, plan, edition)
    _tell_pairs(draft, plan, edition)
    tell_documents(draft, edition)
    tell_digital(draft, edition)
    if place:
        _tell_requests(draft, plan, edition)
    _write_texts(draft, plan, edition)


def _cite(draft: Draft, edition: Edition) -> dict[str, str]:
    """The cells that say where a fact stands."""
    return {"source": edition.source, "locator": draft.locate()}


# --- actions --------------------------------------------------------------------------------------


def _tell_actions(draft: Draft, plan: Plan, edition: Edition, place: int) -> list[Action]:
    """Rows of actions.csv. Each later edition leaves out one action that nothing measures, and
    describes a new one; no section is left without any."""
    firsts = {(one.chapter, one.section): one for one in reversed(plan.actions)}.values()
    bare = [one for one in plan.actions if one.programme is None and one not in firsts]
    bare.sort(key=lambda action: draft.draw("fin", action.id).random())
    ended = bare[:place]
    actions = [action for action in plan.actions if action not in ended]
    actions += _list_new(draft, place)
    orders: dict[tuple[str, str], int] = {}
    for action in actions:
        key = (action.chapter, action.section)
        orders[key] = orders.get(key, 0) + 1
        rng = draft.draw("ligne", action.id)
        services = [action.service, rng.choice(draft.rows["services", None])["id"]]
        draft.add(
            "actions", edition.year, id=action.id, chapter=action.chapter, section=action.section,
            order=orders[key], title=action.title, services=list(dict.fromkeys(services)),
            services_source=name_judgement(edition.year) if rng.random() < 0.3 else "",
            partners=rng.sample(PARTNERS, rng.randint(0, 2)), summary=_summarise(action),
            **_join_policy(draft, edition, action.chapter), **_cite(draft, edition),
        )  # fmt: skip
    if place and len(ended) == place:
        draft.add(
            "followups", edition.year, id=ended[-1].id, state="achevée",
            note="Action inventée, dite achevée.", **_cite(draft, edition),
        )  # fmt: skip
    return actions


def _join_policy(draft: Draft, edition: Edition, chapter: str) -> dict[str, str]:
    """The cells that say of which policy an action of a chapter is."""
    policies = [row["id"] for row in draft.rows["policies", None] if row["chapter"] == chapter]
    if not policies:
        return {}
    return {"policy": policies[0], "policy_source": name_judgement(edition.year)}


def _list_new(draft: Draft, place: int) -> list[Action]:
    """The actions begun since the first edition."""
    chapters = [row["id"] for row in draft.rows["finalities", None]]
    subjects = [
        (chapter, one) for chapter in chapters for one in SUBJECTS.get(chapter, OTHER_SUBJECTS)
    ]
    draft.draw("nouvelles").shuffle(subjects)
    new = []
    for rank in range(place):
        chapter, subject = subjects[rank % len(subjects)]
        again = f"-{rank // len(subjects)}" if rank >= len(subjects) else ""
        service = draft.draw("nouvelle", rank).choice(draft.rows["services", None])["id"]
        id, title = f"relance-{subject.slug}{again}", f"Relancer {subject.name}"
        new.append(Action(id, chapter, INTERNAL, title, subject, service))
    return new


def _summarise(action: Action) -> str:
    start = f"Action inventée au sujet {action.subject.of}."
    if action.programme is None:
        return f"{start} Rien n’y est mesuré."
    return " ".join([start, *action.programme.sentences])


def _tell_contributions(draft: Draft, edition: Edition, actions: list[Action]) -> None:
    """Each action contributes to some goals: judged, or said by the source; measured where a
    programme follows it, the reason citing the number now and then. No action serves the last goal,
    one action alone the first."""
    first, *goals, _ = sorted(int(number) for number in draft.find_codes("sdgs.number"))
    for action in actions:
        rng = draft.draw("objectifs", action.id)
        measures = action.programme.key_indicators if action.programme else []
        for goal in [*[first][: action is actions[0]], *sorted(rng.sample(goals, 3))]:
            measure = rng.choice(measures) if measures and rng.random() < 0.6 else ""
            judged = rng.random() < 0.7
            reason = rng.choice(EFFECT_REASONS)
            if measure and rng.random() < 0.2:
                reason = f"Le programme inventé le montre : {{{{{measure}}}}}."
            draft.add(
                "contributions", edition.year, action=action.id, goal=goal, reason=reason,
                indicator=measure, locator=draft.locate(),
                source=name_judgement(edition.year) if judged else edition.source,
                basis="déduit" if judged or rng.random() < 0.2 else rng.choice(("écrit", "")),
            )  # fmt: skip


def _tell_ratings(draft: Draft, edition: Edition, actions: list[Action]) -> None:
    """What actions do to the finalities; then every rating of either scale, of policies, once."""
    finalities = [row["id"] for row in draft.rows["finalities", None]]
    for action in actions:
        rng = draft.draw("effets", action.id)
        others = [id for id in finalities if id != action.chapter]
        served = rng.sample(others, rng.randint(1, 2))
        own = [action.chapter] if action.chapter in finalities else []
        for finality in [*own, *served]:
            harmful = finality in served[1:] and rng.random() < 0.15
            reason = SETBACK_REASON if harmful else rng.choice(EFFECT_REASONS)
            rating = BAD if harmful else GOOD
            _rate(draft, edition, action.id, finality, "", rating, reason)
    policies = [row["id"] for row in draft.rows["policies", None]]
    elements = [row["id"] for row in draft.rows["elements", None]]
    cells = itertools.product(policies, finalities)
    for (policy, finality), rating in zip(cells, FINALITY_RATINGS, strict=False):
        _rate(draft, edition, policy, finality, "", rating, SETBACK_REASON)
    moments = itertools.product(policies[:2], elements, MOMENTS)
    for (policy, element, moment), rating in zip(moments, itertools.cycle(ELEMENT_RATINGS)):
        if rating != UNRATED:
            _rate(draft, edition, policy, element, moment, rating, EFFECT_REASONS[0])


def _rate(
    draft: Draft, edition: Edition, subject: str, criterion: str, moment: str, rating: str, why: str
) -> None:
    """A row of ratings.csv; a second reader read some, and found some otherwise."""
    rng = draft.draw("note", subject, criterion, moment)
    scale = ELEMENT_RATINGS if moment else FINALITY_RATINGS
    silent = rating in (OFF_TOPIC, UNRATED)
    cells = {}
    if rng.random() < 0.2 and not silent:
        other = rng.choice(scale[:4]) if rng.random() < 0.5 else rating
        cells = {
            "reader": "Relectrice inventée", "reader_rating": other,
            "reader_reason": "Elle en juge autrement, dans cet exemple." if other != rating else "",
            "reader_date": f"{edition.year + 1}-02-03",
        }  # fmt: skip
    draft.add(
        "ratings", edition.year, subject=subject, criterion=criterion, moment=moment,
        rating=rating, reason="" if silent else why, author="Service inventé",
        date=f"{edition.year + 1}-01-15", evidence="Compte rendu inventé." if moment else "",
        source=name_judgement(edition.year) if rng.random() < 0.7 else edition.source,
        locator=draft.locate(), **cells,
    )  # fmt: skip


def _tell_milestones(draft: Draft, edition: Edition, actions: list[Action]) -> None:
    for action in actions:
        rng = draft.draw("dates", action.id, edition.year)
        day = date(edition.year, 1, 1) + timedelta(days=rng.randint(0, 300))
        draft.add(
            "milestones", edition.year, id=f"etape-{action.id}", chapter=action.chapter,
            action=action.id, title=f"Réunion inventée au sujet {action.subject.of}",
            date_start=day, date_end=day, status="fait", **_cite(draft, edition),
        )  # fmt: skip
        if rng.random() < 0.4:
            year = edition.year + 1
            draft.add(
                "milestones", edition.year, id=f"suite-{action.id}", chapter=action.chapter,
                action=action.id, title=f"Suite attendue au sujet {action.subject.of}",
                date_start=f"{year}-01-01", date_end=f"{year}-12-31", status="prévu",
                **_cite(draft, edition),
            )  # fmt: skip
            if rng.random() < 0.2:
                draft.add(
                    "targets", edition.year, entry=f"suite-{action.id}", kind="programme",
                    note="But inventé, sans nombre.", **_cite(draft, edition),
                )  # fmt: skip


def _tell_places(draft: Draft, edition: Edition, actions: list[Action]) -> None:
    """Communes that two actions of three name; they are members in every year."""
    communes = draft.rows["communes", None][:-2]
    for action in actions:
        rng = draft.draw("lieux", action.id, edition.year)
        kind, name = rng.choice(PLACES)
        for commune in rng.sample(communes, min(rng.choice((0, 1, 3)), len(communes))):
            draft.add(
                "places", edition.year, action=action.id, insee=commune["insee"], kind=kind,
                name=f"{name} {action.subject.of}",
                status=rng.choice(("réalisé", "en cours", "prévu", "étudié", None)),
                note="Lieu inventé.", **_cite(draft, edition),
            )  # fmt: skip


def _tell_planned(draft: Draft, edition: Edition, place: int) -> None:
    """Short-term actions of the finalities; those of the edition before are followed up."""
    chapters = [row["id"] for row in draft.rows["finalities", None]]
    each = draft.scale(PLANNED, len(chapters)) // len(chapters)
    known = draft.rows["actions", edition.year]
    for chapter in chapters:
        actions = [row["id"] for row in known if row["chapter"] == chapter]
        for rank in range(each):
            subjects = SUBJECTS.get(chapter, OTHER_SUBJECTS)
            subject = subjects[rank % len(subjects)]
            rng = draft.draw("prevu", chapter, rank, edition.year)
            draft.add(
                "planned", edition.year, id=f"prevu-{edition.year}-{chapter}-{rank + 1}",
                chapter=chapter, order=rank + 1, title=f"Préparer {subject.name}",
                summary=f"La suite {subject.of} sera préparée en {edition.year + 1}, dans cet"
                " exemple inventé.",
                due_start=f"{edition.year + 1}-01-01",
                due_end=f"{edition.year + 1}-{rng.choice(('06-30', '12-31'))}",
                action=actions[rank % len(actions)],
                services=[rng.choice(draft.rows["services", None])["id"]],
                services_source=name_judgement(edition.year) if rng.random() < 0.3 else "",
                status=rng.choice(("programmée", "en cours")), **_cite(draft, edition),
                **_join_policy(draft, edition, chapter),
            )  # fmt: skip
    if not place:
        return
    for row in draft.rows["planned", draft.years[place - 1]]:
        state = draft.draw("suite", row["id"]).choice(("faite", "faite", "en cours", "reportée"))
        draft.add(
            "followups", edition.year, id=row["id"], state=state, note="Suite inventée.",
            proposed_text="exact", proposed_dates="exact",
            new_due=f"{edition.year + 1}-12-31" if state == "reportée" else None,
            **_cite(draft, edition),
        )  # fmt: skip


def _tell_improvements(draft: Draft, edition: Edition, place: int) -> None:
    """Pistes of every chapter: some are done in each later edition, as many are new."""
    chapters = [row["id"] for name in ("finalities", "approach") for row in draft.rows[name, None]]
    number = draft.scale(IMPROVEMENTS, 2 * len(chapters))
    known: dict[str, list[str]] = {chapter: [] for chapter in chapters}
    for rank in range(place * RENEWED, number + place * RENEWED):
        id, chapter = f"piste-{rank + 1}", chapters[rank % len(chapters)]
        before = known[chapter]
        subjects = SUBJECTS.get(chapter, OTHER_SUBJECTS)
        draft.add(
            "improvements", edition.year, id=id, chapter=chapter, order=len(before) + 1,
            title=f"Proposition sur {subjects[len(before) % len(subjects)].name}",
            summary="Proposition inventée pour l’exemple, sans chiffre.",
            parent=before[0] if len(before) == 1 and rank % 3 else None, status="proposée",
            first_edition=draft.years[max(0, (rank - number) // RENEWED + 1)],
            **_cite(draft, edition), **(_tell_decision(edition) if rank % 3 else {}),
        )  # fmt: skip
        before.append(id)
    for rank in range((place - 1) * RENEWED, place * RENEWED) if place else ():
        draft.add(
            "followups", edition.year, id=f"piste-{rank + 1}", state="faite",
            note="Piste inventée, dite faite.", **_cite(draft, edition),
        )  # fmt: skip


def _tell_decision(edition: Edition) -> dict[str, str]:
    """Who would decide, and what it takes; nobody says it of one piste in three."""
    return {
        "decider": "Conseil inventé", "needs": "Un accord inventé", "due": f"{edition.year + 1}",
        "cost": "Sans coût, dans cet exemple inventé",
        "decision_source": name_judgement(edition.year), "decision_locator": "exemple inventé",
    }  # fmt: skip


def _tell_objectives(draft: Draft, plan: Plan, edition: Edition) -> None:
    """Of each finality: a strategic objective with two operational ones, the second of which
    nothing serves; an operational one that is below none. The last finality has none at all."""
    services = [row["id"] for row in draft.rows["services", None]]
    known = [row for name in ("actions", "planned", "improvements") for row in
             draft.rows[name, edition.year]]  # fmt: skip
    for rank, finality in enumerate(draft.rows["finalities", None][:-1]):
        chapter = finality["id"]
        top, *below = (f"but-{chapter}-{end}" for end in ("a", "b", "c", "d"))
        ranks = ("premier", "deuxième", "suivant", "dernier")
        given = {"chapter": chapter, "document": "Plan inventé", "note": "Objectif inventé."}
        for order, id in enumerate((top, *below), 1):
            draft.add(
                "objectives", edition.year, id=id, order=order,
                kind="opérationnel" if order > 1 else "stratégique",
                parent=top if order in (2, 3) else None,
                title=f"Objectif inventé, {ranks[order - 1]}",
                owner=services[rank % len(services)] if order % 2 else None,
                status=("écrit dans un document", "adopté", "proposé")[(rank + order) % 3],
                **given, **_cite(draft, edition),
            )  # fmt: skip
        serving = [row["id"] for row in known if row["chapter"] == chapter]
        measured = [one.key_indicators[0] for one in plan.of_chapter(chapter) if one.key_indicators]
        links = [(top, id) for id in measured[:2]]
        links += [(below[0], id) for id in [*serving[:2], *serving[-1:], *measured[2:3]]]
        links += [(below[2], id) for id in serving[2:4]]
        for objective, linked in dict.fromkeys(links):
            source = name_judgement(edition.year) if rank % 2 else edition.source
            draft.add(
                "objective_links", edition.year, objective=objective, linked=linked,
                source=source, locator=draft.locate(),
            )  # fmt: skip


def _tell_key_messages(draft: Draft, plan: Plan, edition: Edition) -> None:
    """The first page: a sentence of its own on a value, the project's on a gap and a piste."""
    flow = next(one.flow for one in plan.programmes if one.is_plain)
    before = f"contre {{{{{flow}:precedent|nombre}}}} {{{{{flow}:precedent|periode}}}}"
    said = f"**Exemple inventé :** {{{{{flow}}}}} {{{{{flow}|periode}}}}, {before}."
    piste = draft.rows["improvements", edition.year][0]["id"]
    for rubric, about, cells in (
        ("progresse", flow, {"sentence": said, "when": f"{{{flow}}} augmente"}),
        ("recule", flow, {"sentence": said, "when": f"{{{flow}}} diminue"}),
        ("inconnu", "lacune-1", {}),
        ("à décider", piste, {}),
    ):
        draft.add(
            "key_messages", edition.year, id=f"phrase-{rubric.split()[-1].replace('é', 'e')}",
            order=1, rubric=rubric, about=about, **cells,
        )  # fmt: skip


def _tell_gaps(draft: Draft, edition: Edition, actions: list[Action]) -> None:
    for rank in range(draft.scale(GAPS)):
        action = actions[rank % len(actions)]
        draft.add(
            "gaps", edition.year, id=f"lacune-{rank + 1}", chapter=action.chapter,
            action=action.id, title=f"Détail manquant au sujet {action.subject.of}",
            description="L’exemple inventé n’en dit rien.", **_cite(draft, edition),
        )  # fmt: skip


# --- values ---------------------------------------------------------------------------------------


def _tell_session(draft: Draft, year: int) -> None:
    """Of the session all that is known before it; of every other one, what was said on the day."""
    council = {
        "convened_on": f"{year + 1}-01-15",
        "session_on": f"{year + 1}-02-01",
        "session_time": "18 h 30",
        "session_place": "Salle inventée",
        "orientation_debate_on": f"{year + 1}-02-15",
        "rapporteur": "Camille Invention",
    }
    if year % 2:
        council |= {"chair": "Dominique Exemple", "presented_on": f"{year + 1}-02-01"}
        council |= {"deliberation_on": f"{year + 1}-02-01", "deliberation_number": "2-001"}
    lines = [f"{key}: {said}\n" for key, said in council.items()]
    draft.files[f"{year}/council.yml"] = "".join(["# Données inventées.\n", *lines])


def _revise(draft: Draft, plan: Plan, edition: Edition) -> None:
    """One value of the edition before is given again, otherwise, and said to be revised."""
    former = draft.years[draft.years.index(edition.year) - 1]
    programme = next(one for one in plan.programmes if one.is_plain)
    told = next(
        row
        for row in draft.rows["observations", former]
        if row["indicator"] == programme.flow and row["period_end"] == f"{former}-12-31"
    )
    value = programme.at(programme.flow, former) + 7
    draft.numbers[programme.flow, former] = value
    days = told["period_start"], told["period_end"]
    where = {"locator": draft.locate()}
    draft.add(
        "observations", edition.year, **told | where | {
            "value": value, "source": edition.source, "note": "Valeur révisée, pour l’exemple."}
    )  # fmt: skip
    draft.add(
        "revisions", edition.year, indicator=programme.flow, territory=draft.place,
        period_start=days[0], period_end=days[1], former_value=told["value"], value=value,
        former_source=told["source"], former_locator=told["locator"], source=edition.source,
        **where,
    )  # fmt: skip


def _tell_statements(draft: Draft, plan: Plan, edition: Edition) -> None:
    """Printed figures, right at the step they are printed to; one is wrong, and explained."""
    figures = [figure for one in plan.programmes for figure in one.list_figures(edition.year)]
    rng = draft.draw("imprimes", edition.year)
    kept = rng.sample(range(len(figures)), min(len(figures), draft.scale(STATEMENTS, 12)))
    figures = [figures[rank] for rank in sorted(kept)]
    wrong = rng.randrange(len(figures))
    for rank, figure in enumerate(figures):
        printed = round_half_up(figure.number, figure.step)
        if rank == wrong:
            printed = round(printed + ASTRAY * figure.step, 10)
        id, locator = f"imprime-{rank + 1}", draft.locate()
        draft.add(
            "statements", edition.year, id=id, locator=locator, printed_value=printed,
            unit=figure.unit, precision=figure.step, indicator=figure.reference,
            note="Imprimé faux exprès, pour l’exemple." if rank == wrong else None,
        )  # fmt: skip
        if rank == wrong:
            _explain(draft, edition, figure, id, locator)
    for rank in range(draft.scale(DISCREPANCY_ROWS) - 1):
        kind, title, printed, kept = DISCREPANCIES[rank % len(DISCREPANCIES)]
        draft.add(
            "discrepancies", edition.year, id=f"ecart-{rank + 1}", kind=kind, title=title,
            printed=printed, locator=draft.locate(), kept=kept,
            computed="Rien à calculer." if rank % 3 == 0 else None,
            reason="Écart inventé pour les tests.",
        )  # fmt: skip


def _explain(draft: Draft, edition: Edition, figure: Figure, id: str, locator: str) -> None:
    draft.add(
        "discrepancies", edition.year, id=f"ecart-{id}", kind="calcul",
        title="Chiffre imprimé faux exprès", printed="Un nombre imprimé à côté du vrai.",
        locator=locator, computed="Ce que donne la formule.", kept="Le calcul.",
        reason="L’exemple en a besoin d’un.", statement=id,
    )  # fmt: skip


def _tell_pairs(draft: Draft, plan: Plan, edition: Edition) -> None:
    """Flows of different actions, which no formula and no chart brings together."""
    plain = [one for one in plan.programmes if one.is_plain]
    pairs = [
        (first, second)
        for gap in range(1, len(plain))
        for first, second in zip(plain, plain[gap:], strict=False)
    ]
    for rank, (first, second) in enumerate(pairs[: draft.scale(PAIRS)], 1):
        draft.add(
            "not_comparable", edition.year, id=f"couple-{rank}", first=first.flow,
            second=second.flow, locator=draft.locate(),
            reason=f"L’un se compte au titre {first.place.subject.of}, l’autre au titre"
            f" {second.place.subject.of}.",
        )  # fmt: skip


def _tell_requests(draft: Draft, plan: Plan, edition: Edition) -> None:
    stocks = {
        row["id"] for row in draft.rows["indicators", None] if row["measure"] == "stock"
    }  # fmt: skip
    for programme in plan.programmes:
        for id in programme.requested:
            draft.add(
                "requests", edition.year, indicator=id, territory=draft.place,
                service=programme.place.service, due=f"{edition.year}-10-15",
                period_start=None if id in stocks else f"{edition.year}-01-01",
                period_end=f"{edition.year}-12-31", guess="service supposé (inventé)",
            )  # fmt: skip


# --- texts ----------------------------------------------------------------------------------------


def _write_texts(draft: Draft, plan: Plan, edition: Edition) -> None:
    folder = f"{edition.year}/texts"
    for table in ("finalities", "approach"):
        for row in draft.rows[table, None]:
            text = _write_chapter(row, plan.of_chapter(row["id"]), edition.year)
            draft.files[f"{folder}/{row['id']}.md"] = text
    spending = plan.programmes[-1]
    draft.files[f"{folder}/sommaire.md"] = f"## Repères\n\n{' '.join(spending.sentences)}\n"


def _write_chapter(row: dict[str, str], programmes: list[Programme], year: int) -> str:
    title = row["title"]
    stake = (
        f"Texte inventé pour les tests, à la place de l’enjeu « {title} ». Il ne décrit aucun"
        f" territoire réel, ni en {year} ni une autre année ; il cite les 17 ODD pour l’exemple."
    )
    analysis = [
        f"**Au sujet {one.place.subject.of}.** {' '.join(one.sentences)}" for one in programmes
    ] or ["Rien n’est mesuré dans ce chapitre de l’exemple."]
    keys = [one.key_indicators[0] for one in programmes if one.key_indicators]
    summary = [f"- Un repère du chapitre : {{{{{id}}}}}." for id in keys[:4]]
    bodies = (stake, "\n\n".join(analysis), "\n".join([*summary, "- Tout ici est inventé."]))
    return "\n".join(
        f"## {heading}\n\n{body}\n" for heading, body in zip(TEXT_HEADINGS, bodies, strict=True)
    )
