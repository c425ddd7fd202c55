"""Dates known to their month, their season or their year: read, kept, said and written back."""

import copy
import pickle
from datetime import date

import pandas as pd
import pytest

from analysis.base.csvtext import write_cell
from analysis.collect.new_year import prepare_year
from analysis.collect.raw_edits import CsvFile
from analysis.collect.requests import choose_period
from analysis.compute.audit import UNCONTROLLED
from analysis.compute.dossier import InvalidDossier, read_dossier
from analysis.compute.dossier.cells import CellError, read_partial_date
from analysis.compute.dossier.typed_tables import read_table
from analysis.compute.indicators import load_edition
from analysis.model.formulas import join_periods
from analysis.model.milestones import describe_standing, is_unconfirmed
from analysis.model.partial_dates import DAY, MONTH, SEASON, YEAR, PartialDate, read_precision
from analysis.model.periods import Period, compare, rank_periods
from analysis.model.schema import PROCESSED, TABLES
from analysis.model.store import from_records, to_records, write_dates
from analysis.show.tables import describe_dates, tabulate_planned
from analysis.words import french
from analysis.words.hidden_markup import strip_marks
from analysis.words.prose import describe_milestones
from analysis.words.smallmarkdown import write_plain

Y2030 = PartialDate(2030, 12, 31, YEAR)
Y2029 = PartialDate(2029, 12, 31, YEAR)
FEBRUARY = PartialDate(2030, 2, 28, MONTH)


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last", "precision", "typed"),
    [
        ("2030", date(2030, 1, 1), date(2030, 12, 31), YEAR, "2030"),
        ("2030-02", date(2030, 2, 1), date(2030, 2, 28), MONTH, "2030-02"),
        ("2028-2", date(2028, 2, 1), date(2028, 2, 29), MONTH, "2028-02"),
        ("02/2030", date(2030, 2, 1), date(2030, 2, 28), MONTH, "2030-02"),
        ("Février 2030", date(2030, 2, 1), date(2030, 2, 28), MONTH, "2030-02"),
        ("févr-30", date(2030, 2, 1), date(2030, 2, 28), MONTH, "2030-02"),
        ("hiver 2029-2030", date(2029, 12, 21), date(2030, 3, 20), SEASON, "hiver 2029-2030"),
        ("été 2030", date(2030, 6, 21), date(2030, 9, 22), SEASON, "été 2030"),
        ("2030-02-28", date(2030, 2, 28), date(2030, 2, 28), DAY, "2030-02-28"),
        ("28/02/2030", date(2030, 2, 28), date(2030, 2, 28), DAY, "2030-02-28"),
    ],
)
def test_what_is_known_of_a_date_is_read_and_written_back(text, first, last, precision, typed):
    for starts, day in ((True, first), (False, last)):
        read = read_partial_date(text, starts)
        assert read == day
        assert read_precision(read) == precision
        assert write_cell(read) == typed


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2030-13", "cette date n’existe pas"),
        ("2030-00", "cette date n’existe pas"),
        ("2030-02-30", "cette date n’existe pas"),
        ("0000", "cette date n’existe pas"),
        ("jui-30", "date illisible"),
        ("hiver 2029", "saison mal écrite (comme hiver 2015-2016, été 2016)"),
        ("été 2029-2030", "saison mal écrite (comme hiver 2015-2016, été 2016)"),
        ("fin 2030", "date illisible"),
    ],
)
def test_what_is_no_date_is_said(text, problem):
    with pytest.raises(CellError) as error:
        read_partial_date(text, starts=True)
    assert error.value.problem == problem
    assert error.value.expected.endswith("une année comme 2017.")


def test_a_partial_date_equals_the_day_and_survives_copies():
    assert date(2030, 2, 28) == FEBRUARY
    assert hash(FEBRUARY) == hash(date(2030, 2, 28))
    for same in (copy.deepcopy(FEBRUARY), pickle.loads(pickle.dumps(FEBRUARY))):
        assert read_precision(same) == MONTH
    assert Period(None, FEBRUARY) == Period(None, date(2030, 2, 28))
    assert Period(PartialDate(2029, 1, 1, YEAR), FEBRUARY).precision == YEAR
    assert Period(None, FEBRUARY).precision == MONTH
    assert Period(None, None).precision == DAY


# --- tables ---------------------------------------------------------------------------------------

HEADER = ",".join(TABLES["observations"].header)


def read_observations(tmp_path, *periods):
    path = tmp_path / "observations.csv"
    rows = [
        f"i{n},ici,{period},1,arbre,exact,définitif,s,p. 1," for n, period in enumerate(periods)
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return read_table(path, TABLES["observations"], "2030/observations.csv")


def test_a_frame_holds_days_and_says_how_precisely_they_are_known(tmp_path):
    typed = [",2030", "2030-02,2030-02", "2029,2030-10-31", ",", "2030-01-01,2030-12-31"]
    frame, faults = read_observations(tmp_path, *typed)
    assert faults == []
    assert list(frame["period_precision"]) == ["année", "mois", "année/jour", "", "jour"]
    assert frame["period_end"].dtype == "datetime64[s]"
    rows = to_records(frame)
    assert "period_precision" not in rows[0], "its dates know it"
    again = from_records([{**row, "edition": 2030} for row in rows], PROCESSED["observations"])
    assert list(again["period_precision"]) == list(frame["period_precision"])
    written = write_dates(again)[["period_start", "period_end"]]
    assert [",".join(row) for row in written.itertuples(index=False)] == typed


def test_the_same_period_known_otherwise_is_the_same_key(tmp_path):
    path = tmp_path / "observations.csv"
    row = "i,ici,,{},1,arbre,exact,définitif,s,p. 1,"
    rows = [HEADER, row.format("2030-12-31"), row.format("2030"), ""]
    path.write_text("\n".join(rows), encoding="utf-8")
    _, (fault,) = read_table(path, TABLES["observations"], "2030/observations.csv")
    assert (fault.row, fault.value) == (3, "i · ici · (vide) · 2030")


def test_a_date_written_by_a_collection_claims_no_day():
    file = CsvFile(b"id,new_due\n", [])
    file.append({"id": "a", "new_due": FEBRUARY})
    file.append({"id": "b", "new_due": date(2030, 2, 28)})
    assert file.content.decode() == "id,new_due\na,2030-02\nb,2030-02-28\n"


# --- comparisons, ranks, requests -----------------------------------------------------------------

ROUGH = "date connue à l’année près"


@pytest.mark.parametrize(
    ("latest", "precedent", "comparable", "reservation"),
    [
        (date(2030, 12, 31), date(2029, 12, 31), True, ""),
        (Y2030, date(2029, 12, 31), True, ROUGH),
        (date(2030, 12, 31), Y2029, True, "date antérieure connue à l’année près"),
        (Y2030, Y2029, True, "dates connues à l’année près"),
        (FEBRUARY, date(2029, 12, 31), True, ""),
        (Y2030, FEBRUARY, False, ""),  # which came first is not known
        (FEBRUARY, date(2030, 2, 10), False, ""),
        (date(2030, 3, 1), FEBRUARY, True, ""),
    ],
)
def test_states_compare_as_far_as_their_dates_are_known(latest, precedent, comparable, reservation):
    verdict = compare("stock", Period(None, latest), Period(None, precedent))
    assert (verdict.comparable, verdict.reservation) == (comparable, reservation)


def test_ranks_go_by_the_last_day_known():
    periods = {"année": Period(None, Y2030), "mois": Period(None, FEBRUARY),
               "jour": Period(None, date(2030, 10, 31)),
               "après": Period(None, PartialDate(2031, 12, 31, YEAR))}  # fmt: skip
    assert rank_periods(periods, date(2030, 12, 31)) == {"année": 0, "jour": 1, "mois": 2}


@pytest.mark.parametrize(
    ("last", "asked"),
    [
        (Period(None, Y2030), ",2031-12-31"),
        (Period(None, FEBRUARY), ",2031-02"),
        (Period(None, PartialDate(2027, 2, 28, MONTH)), ",2031-02"),
        (Period(None, date(2030, 10, 31)), ",2031-10-31"),
    ],
)
def test_a_state_is_asked_for_as_precisely_as_it_was_known(last, asked):
    period = choose_period("stock", last, 2031)
    assert f"{write_cell(period.start)},{write_cell(period.end)}" == asked


def test_a_leap_month_is_asked_for_whole():
    period = choose_period("stock", Period(None, FEBRUARY), 2032)
    assert period.end == date(2032, 2, 29)


def test_a_cumulated_count_keeps_its_years():
    last = Period(PartialDate(2021, 1, 1, YEAR), Y2030)
    period = choose_period("flux", last, 2031)
    assert [write_cell(day) for day in (period.start, period.end)] == ["2021", "2031"]


# --- milestones -----------------------------------------------------------------------------------


def milestone(status, start, end, followup=""):
    return {"status": status, "date_start": start, "date_end": end, "followup": followup}


@pytest.mark.parametrize(
    ("status", "start", "end", "said"),
    [
        ("fait", date(2029, 5, 1), date(2029, 5, 1), "fait"),
        ("en cours", date(2029, 1, 1), PartialDate(2031, 12, 31, YEAR), "en cours"),
        ("en cours", date(2029, 1, 1), None, "en cours"),
        ("en cours", date(2029, 1, 1), Y2030, "terme passé, fin non confirmée"),
        ("prévu", date(2031, 1, 1), PartialDate(2031, 12, 31, YEAR), "prévision"),
        ("prévu", date(2030, 10, 1), PartialDate(2031, 3, 31, MONTH), "prévision"),
        ("prévu", date(2030, 1, 1), Y2030, "échéance passée, non confirmée"),
        ("prévu", PartialDate(2030, 1, 1, YEAR), None, "échéance passée, non confirmée"),
        ("prévu", PartialDate(2031, 1, 1, YEAR), None, "prévision"),
        ("prévu", None, None, "prévision"),
    ],
)
def test_where_a_milestone_stands_at_the_end_of_2030(status, start, end, said):
    row = milestone(status, start, end)
    assert describe_standing(row, 2030) == said
    assert is_unconfirmed(row, date(2030, 12, 31)) == ("non confirmée" in said)


@pytest.mark.parametrize(
    ("status", "followup", "said"),
    [
        ("en cours", "en cours", "en cours"),
        ("fait", "faite", "fait"),
        ("abandonné", "abandonnée", "abandonné"),
        ("prévu", "reportée", "reporté, sans nouvelle date"),
    ],
)
def test_what_a_service_said_this_year_of_a_date_that_has_passed_is_confirmed(
    status, followup, said
):
    row = milestone(status, date(2030, 1, 1), Y2030, followup)
    assert describe_standing(row, 2030) == said
    assert not is_unconfirmed(row, date(2030, 12, 31))


def add_milestone(dossier, cells):
    path = dossier.raw / "2030/milestones.csv"
    row = f"essai,air,,Essai,{cells},rapport-invente,l. 1\n"
    path.write_text(path.read_text("utf-8") + row, encoding="utf-8")


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ("2030,2033,fait", "status", "étape dite faite, qui s’achève après le 31/01/2031"),
        ("2032,2033,en cours", "status", "étape dite en cours, qui commence après le 31/01/2031"),
        ("2030-05,2030-04,prévu", "date_end", "fin antérieure au début"),
        ("2030-13,2030,prévu", "date_start", "cette date n’existe pas"),
    ],
)
def test_a_milestone_that_cannot_be_is_said(dossier_copy, cells, column, problem):
    sources = dossier_copy.raw / "sources.csv"
    frame = pd.read_csv(sources, dtype=str, keep_default_na=False)
    frame.loc[frame["id"] == "rapport-invente", "publication"] = "2031-01"
    frame.to_csv(sources, index=False)
    add_milestone(dossier_copy, cells)
    with pytest.raises(InvalidDossier) as error:
        read_dossier(dossier_copy, 2030)
    (fault,) = error.value.faults
    assert (fault.file, fault.row, fault.column) == ("2030/milestones.csv", 4, column)
    assert fault.problem == problem


def test_what_was_done_when_the_report_came_out_is_done(dossier_copy):
    sources = dossier_copy.raw / "sources.csv"
    frame = pd.read_csv(sources, dtype=str, keep_default_na=False)
    frame.loc[frame["id"] == "rapport-invente", "publication"] = "2031-01"
    frame.to_csv(sources, index=False)
    add_milestone(dossier_copy, "2030-12,2031-01,fait")
    read_dossier(dossier_copy, 2030)


# --- the report -----------------------------------------------------------------------------------


def test_a_milestone_stays_true_in_the_next_edition(dossier_copy):
    """Planned for 2031, it is a forecast in 2030; in 2031, not answered, it is none any more."""
    add_milestone(dossier_copy, "2031,2031,prévu")
    path = dossier_copy.raw / "2030/milestones.csv"
    path.write_text(path.read_text("utf-8").replace("essai,", "bilan,"), encoding="utf-8")
    add_milestone(dossier_copy, "2029,2031,en cours")
    now = load_edition(dossier_copy, 2030)
    assert "échéance passée" not in describe_dates(now, "air")
    prepare_year(dossier_copy, 2031)
    later = load_edition(dossier_copy, 2031)
    said = strip_marks(describe_dates(later, "air")).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Essai (2031, échéance passée, non confirmée ; l. 1)" in said
    assert "Essai (2029–2031, terme passé, fin non confirmée ; l. 1)" in said
    verdicts = later.controls.set_index("id")["verdict"]
    assert {verdicts["jalon:bilan"], verdicts["jalon:essai"]} == {UNCONTROLLED}


def test_milestones_of_an_action_stand_with_it_alone(edition):
    assert describe_dates(edition, "air") == ""
    assert describe_milestones(edition, "velo")


def test_a_due_date_that_has_passed_is_said(dossier_copy):
    path = dossier_copy.raw / "2030/planned.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame[["due_start", "due_end"]] = ["2030", "2030"]
    frame.to_csv(path, index=False)
    edition = load_edition(dossier_copy, 2030)
    table = tabulate_planned(edition, edition.planned["chapter"][0])
    assert "échéance passée" in table
    assert "fin 2030" not in table


def test_what_is_prepared_keeps_its_dates_as_they_are_known(dossier_copy):
    """A table of which some rows are left out is written anew."""
    path = dossier_copy.raw / "2030/planned.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert len(frame) > 1
    frame[["due_start", "due_end"]] = ["2033-04", "2034"]
    frame.to_csv(path, index=False)
    answer = (
        f"id,state,new_due,note,source,locator\n{frame['id'][0]},faite,,,rapport-invente,l. 1\n"
    )
    (dossier_copy.raw / "2030/followups.csv").write_text(answer, "utf-8")
    prepare_year(dossier_copy, 2031)
    kept = pd.read_csv(dossier_copy.raw / "2031/planned.csv", dtype=str, keep_default_na=False)
    assert list(kept.columns) == TABLES["planned"].header
    assert len(kept) == len(frame) - 1
    assert set(kept["due_start"]) == {"2033-04"}
    assert set(kept["due_end"]) == {"2034"}


def test_the_joint_period_is_no_more_precise_than_its_terms():
    period = join_periods([Period(None, date(2030, 12, 31)), Period(None, Y2030)])
    assert period.precision == YEAR


# --- the published report -------------------------------------------------------------------------


@pytest.fixture
def real(published):
    return published


def test_no_day_is_invented(real):
    """Of the states at the end of the year, the source dates those of the staff alone: « fin
    2017 »; sixty-four others said that no date was given."""
    rows = [row for row in to_records(real.values) if row["origin"] == "observé"]
    assert not [row["indicator"] for row in rows if "précise non donnée" in row["note"]]
    closing = date(real.year, 12, 31)
    states = [row for row in rows if row["period_start"] is None and row["period_end"] == closing]
    dated = {row["indicator"] for row in states if read_precision(row["period_end"]) == DAY}
    counted = {"communes-membres"}  # from the dates of communes.csv
    assert dated == {"agents", "part-femmes-agents", "agents-handicapes"} | counted
    assert len(states) - len(dated) >= 64
    value = real.value("padd-axes")
    assert french.format_period(value.period_start, value.period_end) == "en février 2017"


def test_every_milestone_is_shown(real):
    shown = "".join(describe_milestones(real, action) for action in real.actions["id"])
    shown += "".join(describe_dates(real, chapter) for chapter in real.chapters["id"])
    for row in to_records(real.milestones):
        assert shown.count(write_plain(row["title"])) >= 1, row["id"]


def test_running_periods_are_said_running(real):
    rows = {row["id"]: row for row in to_records(real.milestones)}
    for id in ("plh-2017-2022", "pig-2017-2020", "jalon-contrat-ville", "jalon-adap"):
        assert describe_standing(rows[id], real.year) == "en cours"
    for row in rows.values():
        assert row["status"] != "fait" or row["date_end"] <= date(real.year + 1, 1, 31)
