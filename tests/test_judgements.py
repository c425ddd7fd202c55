"""Who says it: what the source writes, what the editors deduced or judged, what is an estimate."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from test_derived import amount, derive, describe
from test_dossier import change, faults_of

from analysis.base.paths import PROJECT, Dossier
from analysis.collect.new_year import prepare_year
from analysis.compute import policy_grid
from analysis.compute.dossier import read_dossier
from analysis.compute.indicators import load_edition
from analysis.model.schema import CHECK_KIND
from analysis.publish.opendata import collect_frames
from analysis.show import charts, pages, tables
from analysis.show.tables import read_board, tabulate_dashboard
from analysis.words import prose
from analysis.words.hidden_markup import strip_marks
from analysis.words.lineage import read_trail

YEAR = 2030
JUDGE = "appréciation de la rédaction, 3\u00a0mars 2031"


def plain(text: str) -> str:
    """Words without marks, with common spaces."""
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def judged(dossier_copy) -> Dossier:
    """The made-up dossier, with a judgement: the SDGs of two actions, the second service of one,
    two ratings."""
    header = "id,file,title,producer,publication,licence,accessed,remark"
    path = dossier_copy.raw / "sources.csv"
    first, *rows = path.read_text("utf-8").splitlines()
    assert first == header
    rows = [f"{row.split(',')[0]},document,{row.split(',', 1)[1]}" for row in rows]
    rows.append("avis,jugement,,Appréciation de la rédaction,Rédaction,2031-03-03,,,")
    kind = header.replace("id,", "id,kind,")
    path.write_text("\n".join([kind, *rows]) + "\n", "utf-8")
    change(
        dossier_copy, f"{YEAR}/actions.csv", "sdgs,source,locator",
        "sdgs,services_source,sdgs_source,source,locator",
    )  # fmt: skip
    path = dossier_copy.raw / f"{YEAR}/actions.csv"
    said = {"renovation": "rapport-invente | avis,avis", "plantations": ",avis"}
    lines = path.read_text("utf-8").splitlines()
    for place, line in enumerate(lines[1:], 1):
        cells = said.get(line.split(",")[0], ",")
        lines[place] = line.replace(",rapport-invente,", f",{cells},rapport-invente,")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path = dossier_copy.raw / f"{YEAR}/ratings.csv"
    lines = path.read_text("utf-8").splitlines()
    lines = [
        line.replace("rapport-invente", "avis") if line.startswith("plantations") else line
        for line in lines
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return dossier_copy


def test_files_typed_before_these_columns_are_still_read(dossier_copy):
    data = read_dossier(dossier_copy, YEAR)
    assert set(data["actions"]["services_source"]) == {""}
    assert set(data["observations"]["basis"]) == {""}
    assert set(data["sources"]["kind"]) == {""}


def test_a_source_for_all_services_or_one_for_each(judged):
    change(judged, f"{YEAR}/actions.csv", "rapport-invente | avis", "avis | avis | avis")
    (fault,) = faults_of(judged)
    assert (fault.file, fault.column) == (f"{YEAR}/actions.csv", "services_source")
    assert fault.problem == "3 sources pour 2 service(s)"


def test_an_unknown_judge_is_a_fault(judged):
    change(
        judged, f"{YEAR}/ratings.csv", "avis,l. 10\nplantations,eau", "aviss,l. 10\nplantations,eau"
    )
    (fault,) = faults_of(judged)
    assert (fault.column, fault.value, fault.problem) == (
        "source", "aviss", "code absent de sources.csv",
    )  # fmt: skip


def test_a_judgement_names_its_author_and_its_day(judged):
    edition = load_edition(judged, YEAR)
    assert prose.name_judge(edition, "avis") == JUDGE
    assert prose.name_judge(edition, "rapport-invente") == prose.name_judge(edition, "") == ""
    change(judged, "sources.csv", "2031-03-03", "2031")
    assert prose.name_judge(load_edition(judged, YEAR), "avis").endswith("rédaction, 2031")


@pytest.mark.parametrize(
    ("services", "sources", "said"),
    [
        ("environnement | finances", "", [("environnement", ""), ("finances", "")]),
        ("environnement | finances", "avis", [("environnement", JUDGE), ("finances", JUDGE)]),
        ("environnement | finances", "rapport-invente | avis",
         [("environnement", ""), ("finances", JUDGE)]),
        ("", "avis", []),
    ],
)  # fmt: skip
def test_each_service_with_who_says_it(judged, services, sources, said):
    assert prose.list_said(load_edition(judged, YEAR), services, sources) == said


def test_the_card_of_an_action_says_what_is_judged(judged):
    edition = load_edition(judged, YEAR)
    actions = edition.actions.set_index("id", drop=False)
    card = plain(pages.chapter_page.describe_actors(edition, actions.loc["renovation"]))
    assert "Environnement ; Finances *]" in card.replace("\\*", "*")
    assert "Objectifs de développement durable * :**" in card.replace("\\*", "*")
    assert "rédaction" not in card, "said once a chapter"
    page = pages.open_chapter(edition, "air", "finalité")
    key = plain("\n".join(map(str, pages.chapter_page.compose_stake(page, {}))))
    assert key.count("appréciation de la rédaction, 3 mars 2031") == 1
    card = pages.chapter_page.describe_actors(edition, actions.loc["zones-humides"])
    assert "*" not in card.replace("**", ""), "stated by the source"


def test_the_ratings_say_who_and_what_is_judged(judged):
    edition = load_edition(judged, YEAR)
    rows = policy_grid.list_ratings(edition)
    text = plain(tables.tabulate_ratings(edition, rows, "essai", "Essai"))
    lines = [line for line in text.splitlines() if "favorable" in line]
    assert all("Rapport inventé, janvier 2031" in line for line in lines)
    assert [("d’après l. 10" in line) for line in lines] == [True, True, *[False] * 5]


def test_new_year_carries_judgements_with_their_source(judged):
    prepare_year(judged, YEAR + 1)
    data = read_dossier(judged, YEAR + 1)
    assert {"avis"} < set(data["ratings"]["source"])
    assert set(data["actions"].set_index("id").loc[["plantations"], "sdgs_source"]) == {"avis"}


def test_the_open_data_hold_who_says_it(judged):
    frames = collect_frames(load_edition(judged, YEAR), judged)
    assert set(frames["ratings"]["source"]) == {"rapport-invente", "avis"}
    assert "jugement" in set(frames["sources"]["kind"])
    assert {"basis", "estimate"} <= set(frames["values"].columns)


# --- deduced, estimated, checks -------------------------------------------------------------------


def test_what_is_deduced_is_said_in_the_trail(dossier_copy):
    path = dossier_copy.raw / f"{YEAR}/observations.csv"
    lines = path.read_text("utf-8").splitlines()
    lines = [f"{line},{'basis' if n == 0 else 'déduit'}" for n, line in enumerate(lines)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    edition = load_edition(dossier_copy, YEAR)
    notes = [read_trail(edition, id).sources[0].note for id in ("arbres-plantes", "agents")]
    assert notes[0].replace("\u00a0", " ") == (
        "Déduit par la rédaction : cumul depuis le début du programme"
    )
    assert notes[1] == "Déduit par la rédaction"


def test_what_is_computed_from_an_estimate_is_one_and_is_never_exact():
    """5 M€ are 40 %: some 12,5 M€ in all, some 7,5 M€ for the rest; « plus de » stays a bound."""
    rows = [amount("verse", 2030, 5e6), amount("part", 2030, 40, unit="pourcent", measure="taux")]
    money = {"unit": "eur", "measure": "flux"}
    found, faults = derive(
        rows,
        describe("total", "100 * {verse} / {part}", estimate="oui", **money),
        describe("reste", "{total} - {verse}", **money),
        describe("double", "2 * {verse}", **money),
    )
    assert faults == []
    said = {row["indicator"]: (row["value"], row["qualifier"], row["estimate"]) for row in found}
    assert said == {
        "total": (12.5e6, "environ", "oui"),
        "reste": (7.5e6, "environ", "oui"),
        "double": (10e6, "exact", ""),
    }
    rows[0]["qualifier"] = "plus de"
    found, _ = derive(rows, describe("total", "100 * {verse} / {part}", estimate="oui", **money))
    assert found[0]["qualifier"] == "plus de"


def test_an_estimate_is_marked_wherever_it_shows(published):
    """147, 24 and 33,9 M€ are worked out of a rounded share; the source prints none of them."""
    for id in ("depenses-reelles-estimees", "autres-depenses-reelles-estimees",
               "attribution-compensation-deduite"):  # fmt: skip
        value = published.value(id)
        assert (value.estimate, value.qualifier) == ("oui", "environ")
        (row,) = published.values[published.values["indicator"] == id].itertuples()
        assert "(estimation" in strip_marks(tables.value_rows.describe_amount(published, row))
        assert any("valeurs arrondies" in said for said in read_trail(published, id).remarks)
    said = read_trail(published, "reduction-cout-imprimantes").remarks
    assert said == ("Estimation, selon la source.",), "the source estimates it itself"
    drawn = {spec["id"]: spec for spec in published.charts}
    for chart in ("destination-depenses", "versements-communes"):
        notes = " ".join(charts.draw_chart(published, drawn[chart]).notes)
        assert "Estimation\u00a0: « " in notes.replace("«\u00a0", "« ").replace("«\u202f", "« ")


def test_no_chapter_shows_what_only_checks(published):
    checks = published.indicators[published.indicators["kind"] == CHECK_KIND]
    assert len(checks) >= 10
    board = strip_marks(tabulate_dashboard(published, read_board(published)))
    shown = " ".join(
        tables.tabulate_facts(published, row.chapter, row.id)
        for row in published.actions.itertuples()
    )
    for title in checks["title"]:
        assert title not in board
        assert title not in strip_marks(shown)
    assert not set(checks["id"]) & set(published.key_figures["indicator"])
    # Each serves a printed figure, a whole and its parts, or another calculation.
    used = " ".join([*published.statements["indicator"], *published.indicators["formula"]])
    wholes = {*published.parts["whole"], *published.parts["part"]}
    assert [id for id in checks["id"] if id not in used and id not in wholes] == []


def test_a_key_figure_is_no_check(dossier_copy):
    change(dossier_copy, "reference/indicators.csv", "agent,moyens,stock,neutre,suivi",
           "agent,contrôle,stock,neutre,suivi")  # fmt: skip
    text = (dossier_copy.raw / "reference/key_figures.csv").read_text("utf-8")
    (dossier_copy.raw / "reference/key_figures.csv").write_text(text + "suivi,9,agents\n", "utf-8")
    (fault,) = faults_of(dossier_copy)
    assert fault.problem == "indicateur de contrôle parmi les chiffres clés"


# --- the published edition ------------------------------------------------------------------------


def test_the_report_names_a_service_for_forty_actions_and_the_editors_for_the_others(published):
    """Counted by hand in the published report, action by action; one action has a service that the
    report names and another that it does not."""
    actions = published.actions
    sources = actions["services_source"]
    assert sources.str.contains("appreciation-2017").sum() == 24
    assert (sources == "appreciation-2017 | rapport-2017").sum() == 1
    assert (actions["services"] == "").sum() == 6, "nobody is named, and nobody is guessed"
    assert ((sources == "") & (actions["services"] != "")).sum() == 39
    assert "office-tourisme" not in actions.set_index("id")["services"]["arenberg-creative-mine"]


def test_sdgs_and_ratings_are_said_to_be_judged(published):
    with_sdgs = published.actions[published.actions["sdgs"] != ""]
    assert set(with_sdgs["sdgs_source"]) == {"appreciation-2017"}
    ratings = published.ratings[published.ratings["moment"] == ""]
    assert len(ratings) == 132
    assert set(ratings["source"]) == {"appreciation-2017", "rapport-2017"}
    source = published.sources.set_index("id").loc["appreciation-2017"]
    assert (source["kind"], date.fromisoformat(source["publication"])) == (
        "jugement", date(2026, 11, 22),
    )  # fmt: skip


def test_a_river_is_no_sea(published):
    assert published.actions.set_index("id")["sdgs"]["scarpe"] == "6 | 15"


def test_the_next_year_keeps_who_judged(tmp_path):
    shutil.copytree(PROJECT / "data" / "raw", tmp_path / "raw")
    dossier = Dossier(tmp_path)
    prepare_year(dossier, 2018)
    data = read_dossier(dossier, 2018)
    assert "appreciation-2017" in set(data["ratings"]["source"])
    judged = data["actions"]["services_source"].str.contains("appreciation-2017")
    assert judged.sum() == 24


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        ("source,locator,note,basis", "rapport-invente,l. 1,,déduit", ""),
        ("source,locator,note,basis", "rapport-invente,l. 1,", ""),  # the optional cell left out
        ("source,locator,note", "rapport-invente,l. 1,", ""),
        ("source,locator,note,basis", "rapport-invente,l. 1", "10 cellules au lieu de 12"),
        ("source,locator,note,basis", "rapport-invente,l. 1,,supposé", "valeur inconnue"),
    ],
)
def test_only_optional_cells_may_be_left_out(dossier_copy, header, row, problem):
    path = dossier_copy.raw / f"{YEAR}/observations.csv"
    start = "indicator,territory,period_start,period_end,value,unit,qualifier,status,"
    value = f"agents,val-exemple,,{YEAR}-12-31,160,agent,exact,définitif,"
    text = path.read_text("utf-8").replace(start + "source,locator,note", start + header)
    rows = [line for line in text.splitlines() if not line.startswith("agents,")]
    path.write_text("\n".join([*rows, value + row]) + "\n", "utf-8")
    assert [fault.problem for fault in faults_of(dossier_copy)] == ([problem] if problem else [])
