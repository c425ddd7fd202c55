"""A proposal from edition to edition: what its decision needs, who is asked, what became of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from form_example import YEAR, make_form, prepare, save

from analysis.collect.collecting import collect_forms
from analysis.collect.forms import compose_forms
from analysis.collect.new_year import prepare_year
from analysis.compute.dossier import collect_faults
from analysis.compute.indicators import load_edition
from analysis.model.decisions import list_filled, list_open_decisions, list_places, list_sources
from analysis.model.partial_dates import MONTH, set_precision
from analysis.model.partial_dates import YEAR as YEAR_ALONE
from analysis.model.schema import UNCONFIRMED
from analysis.show import tables
from analysis.words.decision_words import describe_history, tell_history
from analysis.words.hidden_markup import strip_marks, write_spans

FIRST = YEAR - 1
SOURCE = f"formulaire-{YEAR}-environnement"
HEADER = "id,chapter,order,title,summary,parent,status,first_edition,source,locator"
DECISION = ",decider,needs,due,cost,decision_source,decision_locator"


def plain(text: str) -> str:
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ").replace("\\", "")


def write_rows(dossier, year: int, *rows: str) -> None:
    text = "\n".join([HEADER + DECISION, *rows]) + "\n"
    (dossier.raw_year(year) / "improvements.csv").write_text(text, "utf-8")


def read_rows(dossier, name: str, year: int = YEAR) -> dict[str, dict[str, str]]:
    text = (dossier.raw_year(year) / f"{name}.csv").read_text("utf-8")
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


# --- what is known of a decision -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "sources", "places"),
    [
        (("", "", "", "", "", ""), {}, {}),
        (("Le conseil", "", "", "", "", ""), {"decider": "rapport"}, {"decider": "l. 1"}),
        (
            ("Le conseil", "Un accord", "", "", "avis", "l. 2"),
            {"decider": "avis", "needs": "avis"},
            {"decider": "l. 2", "needs": "l. 2"},
        ),
        (
            ("", "Un accord", "2032", "Peu", "avis | rapport | avis", "l. 2 | l. 3 | l. 4"),
            {"needs": "avis", "due": "rapport", "cost": "avis"},
            {"needs": "l. 2", "due": "l. 3", "cost": "l. 4"},
        ),
    ],
)
def test_each_field_has_its_source_and_its_place(cells, sources, places):
    columns = ("decider", "needs", "due", "cost", "decision_source", "decision_locator")
    row = dict(zip(columns, cells, strict=True)) | {"source": "rapport", "locator": "l. 1"}
    assert (list_sources(row), list_places(row)) == (sources, places)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (",,,,rapport-invente,l. 1", "1 source(s) pour 0 cellule(s) remplie(s)"),
        (
            "Le conseil,Un accord,,Peu,rapport-invente | rapport-invente,l. 1 | l. 2",
            "2 source(s) pour 3 cellule(s) remplie(s)",
        ),
        ("Le conseil,,,,rapport-invente,l. 1 | l. 2", "2 endroit(s) pour 1 source(s)"),
        ("Le conseil,,,,,l. 2", "1 endroit(s) pour 0 source(s)"),
        (",Un accord de 12 communes,,,,", "chiffre tapé dans un texte"),
        (",,demain,,,", "date illisible"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(dossier_copy, cells, problem):
    row = "piste-x,air,1,Titre,Un texte.,,proposée,2030,rapport-invente,l. 1"
    write_rows(dossier_copy, FIRST, f"{row},{cells}")
    faults = [f for f in collect_faults(dossier_copy, FIRST)[1] if f.file.endswith("ements.csv")]
    assert [fault.row for fault in faults] == [2]
    assert problem in faults[0].problem


def test_a_cost_is_what_its_source_says(dossier_copy):
    row = "piste-x,air,1,Titre,Un texte.,,proposée,2030,rapport-invente,l. 1"
    write_rows(dossier_copy, FIRST, f"{row},,,,25 000 € en 2032,,")
    assert collect_faults(dossier_copy, FIRST)[1] == []
    shown = tables.tabulate_decisions(load_edition(dossier_copy, FIRST), "air")
    assert "25 000 € en 2032" in plain(shown)


def test_a_chapter_lacks_a_section(dossier_copy):
    path = dossier_copy.raw / "reference" / "sections.csv"
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if "decisions,dém" not in line]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    [fault] = collect_faults(dossier_copy, FIRST)[1]
    assert fault.problem == "sections manquantes pour « démarche » : decisions"


# --- what became of it ---------------------------------------------------------------------------

DAY, MONTH_OF = date(2032, 3, 12), set_precision(date(2032, 3, 31), MONTH)
YEAR_OF = set_precision(date(2032, 12, 31), YEAR_ALONE)


def tell(status: str, *answers: tuple[int, str, date | None], year: int = 2033) -> pd.Series:
    """The row of a proposal of 2030 in the edition ``year``, after those answers."""
    row = {"id": "piste", "first_edition": 2030, "status": status}
    frame = pd.DataFrame([row])
    none = pd.DataFrame(columns=["id", "state", "new_due"])
    editions = {}
    for one in range(2030, year + 1):
        said = [{"id": "piste", "state": s, "new_due": d} for y, s, d in answers if y == one]
        followups = pd.DataFrame(said) if said else none
        editions[one] = {"improvements": frame, "planned": frame.head(0), "followups": followups}
    own = editions.pop(year)
    return tell_history(year, own, editions)["improvements"].iloc[0]


@pytest.mark.parametrize(
    ("status", "answers", "said"),
    [
        ("proposée", [], "proposée en 2030"),
        ("proposée", [(2031, "proposée", None)], "proposée en 2030, toujours proposée en 2031"),
        ("décidée", [(2032, "décidée", DAY)], "proposée en 2030, décidée le 12 mars 2032"),
        ("décidée", [(2032, "décidée", MONTH_OF)], "proposée en 2030, décidée en mars 2032"),
        ("décidée", [(2032, "décidée", YEAR_OF)], "proposée en 2030, décidée en 2032"),
        ("décidée", [(2032, "décidée", None)], "proposée en 2030, décidée (réponse de 2032)"),
        ("décidée", [], "proposée en 2030, décidée"),
        ("programmée", [(2032, "programmée", DAY)],
         "proposée en 2030, programmée pour le 12 mars 2032"),
        ("programmée", [(2032, "programmée", MONTH_OF)],
         "proposée en 2030, programmée pour mars 2032"),
        ("en cours", [(2032, "en cours", YEAR_OF)], "proposée en 2030, en cours (échéance : 2032)"),
        ("en cours", [(2032, "en cours", None)], "proposée en 2030, en cours (réponse de 2032)"),
        ("proposée", [(2031, "reportée", MONTH_OF)],
         "proposée en 2030, reportée (nouvelle échéance : mars 2032)"),
        ("proposée", [(2032, "faite", DAY)], "proposée en 2030, faite le 12 mars 2032"),
        ("proposée", [(2032, "abandonnée", None)],
         "proposée en 2030, abandonnée (réponse de 2032)"),
        ("programmée",
         [(2031, "décidée", date(2031, 3, 1)), (2032, "programmée", date(2034, 6, 1))],
         "proposée en 2030, décidée le 1er mars 2031, programmée pour le 1er juin 2034"),
    ],
)  # fmt: skip
def test_a_history_is_told_from_its_answers(status, answers, said):
    assert plain(tell(status, *answers)["history"]) == said


def test_what_nobody_answered_is_not_known():
    row = tell("décidée", (2031, "décidée", date(2031, 3, 1)))
    assert plain(describe_history(2033, row.to_dict() | {"followup": UNCONFIRMED})) == (
        "proposée en 2030, décidée le 1er mars 2031 ; suite inconnue en 2033"
    )
    assert "inconnue" not in describe_history(2033, row.to_dict() | {"followup": ""})


def test_open_decisions_come_in_the_order_of_what_presses(edition):
    rows = edition.improvements.head(1)
    cells = [
        ("obscure", "", None, "", "proposée"),
        ("later", "", pd.Timestamp(2034, 1, 1), "", "proposée"),
        ("known", "Le conseil", None, "", "proposée"),
        ("sooner", "", pd.Timestamp(2032, 1, 1), "", "proposée"),
        ("over", "", None, "faite", "proposée"),
        ("decided", "", None, "décidée", "décidée"),
        ("carried", "", None, UNCONFIRMED, "programmée"),
        ("put off", "", None, "reportée", "proposée"),
    ]
    names = ("id", "decider", "due", "followup", "status")
    frame = pd.concat([rows.assign(**dict(zip(names, row, strict=True))) for row in cells])
    frame = frame.assign(due=pd.to_datetime(frame["due"]))
    found = list_open_decisions(replace(edition, improvements=frame))
    assert [row["id"] for row in found] == ["sooner", "later", "known", "obscure", "put off"]


# --- the table -----------------------------------------------------------------------------------


def test_the_table_holds_what_is_known_and_counts_the_rest(dossier_copy):
    write_rows(
        dossier_copy, FIRST,
        "piste-a,air,1,Planter,Un texte.,,proposée,2030,rapport-invente,l. 1,Le conseil,,2032-06"
        ",,,",
        "piste-b,air,2,Semer,Un autre.,,proposée,2030,rapport-invente,l. 2,Le bureau,,,,,",
        "piste-c,air,3,Arroser,Un tiers.,,décidée,2030,rapport-invente,l. 3,,,,,,",
        "piste-e,eau,1,Mesurer,Un seul.,,proposée,2030,rapport-invente,l. 4,,Un accord.,,,,",
        "piste-f,suivi,1,Compter,Rien.,,proposée,2030,rapport-invente,l. 5,,,,,,",
        "piste-g,suivi,2,Peser,Rien.,,proposée,2030,rapport-invente,l. 6,,,,,,",
    )  # fmt: skip
    edition = load_edition(dossier_copy, FIRST)
    air, eau, suivi = (tables.tabulate_decisions(edition, id) for id in ("air", "eau", "suivi"))
    lines = plain(air).splitlines()
    assert lines[0] == "| Proposition | Qui déciderait | Pour quand | État |"
    assert lines[2:5] == [
        "| 1. Planter. Un texte. | Le conseil | juin 2032 | Proposée en 2030 |",
        "| 2. Semer. Un autre. | Le bureau | à préciser | Proposée en 2030 |",
        "| 3. Arroser. Un tiers. | à préciser | à préciser | Proposée en 2030, décidée |",
    ]
    assert lines[-1] == (
        "Reste à préciser : ce qu’il faut et le coût, pour toutes ; l’échéance, pour 2 ;"
        " qui en déciderait, pour 1."
    )
    assert plain(eau).splitlines() == [
        "- Mesurer. Un seul. Ce qu’il faut : un accord.",
        "",
        "État : proposée en 2030. Reste à préciser : qui en déciderait, l’échéance et le coût.",
    ], "a table would have one row"
    assert plain(suivi).splitlines()[-1] == (
        "État de chacune : proposée en 2030. Reste à préciser : qui en déciderait, ce qu’il"
        " faut, l’échéance et le coût, pour toutes."
    )
    assert plain(suivi).startswith("1. Compter. Rien.\n1. Peser."), "a list that counts itself"
    assert "|" not in plain(suivi), "a table would have one column"
    for id in ("piste-a", "piste-e", "piste-g"):
        assert f"sec-{id}" in write_spans(air + eau + suivi)


def test_the_forty_rows_of_2017_say_who_says_it(published):
    frame = published.improvements
    known = {name: int((frame[name] != "").sum()) for name in ("decider", "needs", "cost")}
    assert known == {"decider": 40, "needs": 22, "cost": 2}
    assert int(frame["due"].notna().sum()) == 6
    assert (frame["history"] == "proposée en 2017").all()
    judged = [
        name
        for row in frame.to_dict("records")
        for name, source in list_sources(row | {"due": row["due_precision"]}).items()
        if source == "appreciation-2017"
    ]
    assert Counter(judged) == {"decider": 40, "needs": 2, "due": 6}


# --- the forms, there and back -------------------------------------------------------------------


@pytest.fixture
def dossier(dossier_copy):
    return prepare(dossier_copy)


@pytest.fixture
def answer(dossier, tmp_path):
    """Collect a form whose proposal says this; its outcome."""
    folder = tmp_path / "recus"
    folder.mkdir()

    def run(cells, name="f.xlsx", **options):
        save(make_form(decisions={"piste-arbres": cells}, **options), folder / name)
        return collect_forms(dossier, YEAR, folder).outcomes[-1]

    return run


SAID = {
    "state": "Décidé", "new_due": date(2031, 3, 12), "decider": "Conseil communautaire",
    "needs": "Un marché de plantation", "due": "juin 2032", "cost": "25 000 € en 2032",
}  # fmt: skip


def test_a_form_shows_what_is_known_and_what_it_says_is_read_back(dossier, answer):
    previous = load_edition(dossier, FIRST)
    edition = load_edition(dossier, YEAR)
    [form] = [f for f in compose_forms(edition, previous) if f.service == "environnement"]
    [line] = [one for one in form.lines["decisions"] if isinstance(one, dict)]
    assert (line["code"], line["known"]) == ("piste-arbres", "Proposée en 2030")
    outcome = answer(SAID)
    assert outcome.errors == []
    assert read_rows(dossier, "followups")["piste-arbres"] == {
        "id": "piste-arbres", "state": "décidée", "new_due": "2031-03-12", "note": "",
        "source": SOURCE, "locator": "feuille Pistes, cellule D2", "proposed_text": "",
        "proposed_dates": "",
    }  # fmt: skip
    row = read_rows(dossier, "improvements")["piste-arbres"]
    assert [row[name] for name in ("decider", "needs", "due", "cost", "status")] == [
        "Conseil communautaire", "Un marché de plantation", "2032-06", "25 000 € en 2032",
        "décidée",
    ]  # fmt: skip
    assert row["decision_source"] == SOURCE
    assert row["decision_locator"] == "feuille Pistes, cellule D2"
    assert collect_faults(dossier, YEAR)[1] == []
    after = load_edition(dossier, YEAR)
    shown = plain(tables.tabulate_decisions(after, "air"))
    assert "État : proposée en 2030, décidée le 12 mars 2031." in shown
    again = answer(SAID)
    assert [said.code for said in again.unchanged] == ["piste-arbres"]


def test_what_a_service_leaves_empty_keeps_who_said_it(dossier, answer):
    row = "piste-arbres,air,1,Planter en ville,Planter.,,proposée,2030,rapport-invente,l. 50"
    said = "Le bureau,,2033,,rapport-invente | rapport-invente,l. 7 | l. 8"
    write_rows(dossier, YEAR, f"{row},{said}")
    outcome = answer({"state": "proposée", "decider": "Le conseil", "cost": "n.d."})
    assert "« Le conseil » remplace « Le bureau »" in outcome.flagged[0].message
    row = read_rows(dossier, "improvements")["piste-arbres"]
    assert (row["decider"], row["due"], row["cost"]) == ("Le conseil", "2033", "")
    assert row["decision_source"] == f"{SOURCE} | rapport-invente"
    assert row["decision_locator"] == "feuille Pistes, cellule D2 | l. 8"
    assert row["source"] == "rapport-invente", "the proposal is still the report's"


def test_a_form_sent_again_tells_the_rest(dossier, answer):
    answer({"state": "proposée"})
    outcome = answer({"state": "proposée", "needs": "Une étude"})
    assert [said.code for said in outcome.revised] == ["piste-arbres"]
    assert read_rows(dossier, "improvements")["piste-arbres"]["needs"] == "Une étude"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"state": "votée"}, "proposée"),
        ({"state": "décidée", "due": "bientôt"}, "(lu : « bientôt »)"),
        ({"state": "décidée", "new_due": "32/01/2031"}, "(lu : « 32/01/2031 »)"),
        ({"decider": "Le conseil"}, "Attendu : où en est-elle ? (proposée, décidée, programmée"),
    ],
)
def test_a_wrong_answer_is_refused_in_words(dossier, answer, cells, message):
    before = read_rows(dossier, "improvements")
    outcome = answer(cells)
    assert message in outcome.errors[0].message
    assert read_rows(dossier, "improvements") == before


def test_a_number_among_needs_is_the_analysts_to_cite(dossier, answer):
    outcome = answer({"state": "proposée", "needs": "2 agents", "decider": "Le conseil"})
    assert "À reprendre à la main dans la colonne « needs »" in outcome.flagged[0].message
    row = read_rows(dossier, "improvements")["piste-arbres"]
    assert (row.get("needs", ""), row["decider"]) == ("", "Le conseil")


# --- a second and a third year -------------------------------------------------------------------


def test_a_proposal_is_decided_then_carried_as_an_action(dossier, answer):
    answer({"state": "programmée", "new_due": "juin 2033", "decider": "Le conseil"})
    (dossier.raw_year(YEAR) / "followups.csv").open("a", encoding="utf-8").write(
        "piste-eau,abandonnée,,,rapport-invente,l. 9,,\n"
    )
    done = prepare_year(dossier, YEAR + 1)
    assert (done.scheduled, done.dropped["improvements"]) == (["piste-arbres"], ["piste-eau"])
    assert set(read_rows(dossier, "improvements", YEAR + 1)) == {"piste-suivi"}
    row = read_rows(dossier, "planned", YEAR + 1)["piste-arbres"]
    assert (row["due_end"], row["status"], row["source"]) == ("2033-06", "programmée", SOURCE)
    assert row["locator"].startswith("feuille Pistes, cellule D2 ; avant : rapport-invente")
    edition = load_edition(dossier, YEAR + 1)
    shown = plain(tables.tabulate_planned(edition, "air"))
    assert "proposée en 2030, programmée pour juin 2033 ; suite inconnue en 2032" in shown
    assert (
        plain(tables.tabulate_decisions(edition, "suivi"))
        .splitlines()[-1]
        .startswith("État : proposée en 2030 ; suite inconnue en 2032.")
    )
    previous = load_edition(dossier, YEAR)
    [form] = [f for f in compose_forms(edition, previous) if f.service == "environnement"]
    asked = {line["code"]: name for name, lines in form.lines.items() for line in lines
             if isinstance(line, dict)}  # fmt: skip
    assert asked["piste-arbres"] == "due", "a short-term action as any other"


def test_an_older_file_has_no_columns_of_decisions():
    row = {"source": "rapport", "locator": "l. 1"}
    assert (list_filled(row), list_sources(row)) == ([], {})
    assert list_sources(row | {"decider": "Le conseil"}) == {"decider": "rapport"}
