"""The raw tables: every column defined once, in French; pandera checks each rule."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.base.rawfiles import is_review_file
from analysis.model.schema import (
    COLUMNS,
    DTYPES,
    FOLLOWUP_STATES,
    QUALIFIERS,
    TABLES,
    Fault,
    InvalidDossier,
    suggest,
)
from analysis.model.schema.validation import check_frame, pandera_schema

CONTRACT = {
    "finalities": "id,order,title,short_title",
    "services": "id,name,kind,parent,answers_for",
    "indicators": "id,title,unit,kind,measure,direction,chapter,action,definition,producer,"
    "precision,formula,estimate,minimum,maximum,asked,asked_of,asked_period",
    "actions": "id,chapter,section,order,title,services,services_source,partners,summary,policy,"
    "policy_source,source,locator",
    "contributions": "action,goal,reason,indicator,source,locator,basis",
    "policies": "id,order,title,chapter,services,indicator,source,locator",
    "elements": "id,order,title,chapter",
    "ratings": "subject,criterion,moment,rating,reason,evidence,author,date,reader,reader_rating,"
    "reader_reason,reader_date,source,locator",
    "sources": "id,kind,file,title,producer,publication,licence,accessed,remark,published,sha256,"
    "url",
    "observations": "indicator,territory,period_start,period_end,value,unit,qualifier,status,"
    "source,locator,note,basis",
    "budget": "indicator,action,policy,nature,stage,amount_eur,qualifier,payer,fiscal_year,"
    "fiscal_year_end,source,locator,note,basis",
    "requests": "indicator,territory,service,period_start,period_end,due,guess",
    "followups": "id,state,new_due,note,source,locator,proposed_text,proposed_dates",
    "revisions": "indicator,territory,period_start,period_end,former_value,value,former_source,"
    "former_locator,source,locator",
    "places": "action,insee,kind,name,status,source,locator,note",
    "statements": "id,locator,printed_value,unit,precision,indicator,note",
    "discrepancies": "id,kind,title,printed,locator,computed,kept,reason,statement,control",
    "census": "insee,vintage,population,pop_0_19,pop_20_64,pop_65_plus,dwellings,main_residences,"
    "secondary_residences,vacant_dwellings,houses,flats",
    "parts": "whole,breakdown,part,addition",
    "not_comparable": "id,first,second,reason,locator",
    "remarks": "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by,"
    "answered_on",
    "reviews": "chapter,reviewer,date,digest",
}


def units(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["id", "singular", "plural", "symbol"], index=range(2, 2 + len(rows))
    ).astype("str")


@pytest.mark.parametrize(("name", "header"), CONTRACT.items())
def test_columns_stand_in_the_contract_order(name, header):
    assert ",".join(TABLES[name].header) == header


def test_every_column_is_described_and_every_key_is_a_column():
    for table in TABLES.values():
        assert set(table.key) <= set(table.header)
        for column in table.columns:
            assert column.description
            # What reviewers say is no data of the edition: a date there is no due date.
            is_data = not is_review_file(table.file(2031))
            assert column.description == COLUMNS[column.name].description or not is_data
            for target in column.refers:
                other, key = target.split(".")
                assert key in TABLES[other].header


def test_a_table_that_may_be_absent_may_be_empty():
    optional = {table.name for table in TABLES.values() if table.optional}
    assert optional == {
        *("requests", "followups", "revisions", "not_comparable", "places"),
        *("discount_rates", "cost_breakdowns", "projects", "project_options", "project_costs"),
        *("census", "key_messages", "remarks", "reviews"),
        *("objectives", "objective_links"),
        *("legal", "documents_used", "digital", "contributions"),
        *("policies", "elements", "ratings"),
        *("accounts", "budget_axes"),
    }
    assert all(TABLES[name].may_be_empty for name in optional)


def test_forms_offer_what_the_tables_admit():
    from analysis.collect import form_contract

    assert form_contract.QUALIFIERS == QUALIFIERS
    offered = [state for _, states in form_contract.FOLLOWED_STATES for state in states]
    assert tuple(dict.fromkeys(offered)) == FOLLOWUP_STATES
    status = next(c for c in TABLES["observations"].columns if c.name == "status")
    assert status.codes == form_contract.STATUSES


def test_pandera_schemas_carry_type_and_description():
    schema = pandera_schema(TABLES["observations"])
    assert str(schema.columns["value"].dtype) == DTYPES["number"]
    assert schema.columns["unit"].description == COLUMNS["unit"].description


def test_valid_frame_has_no_fault():
    frame = units(("arbre", "arbre", "arbres", ""))
    assert check_frame(TABLES["units"], frame, "units.csv") == []


def test_all_faults_of_a_frame_are_found_with_their_row():
    frame = units(
        ("arbre", "", "arbres", ""),
        ("Arbre", "x", "y", ""),
        ("m2", "x", "y", ""),
        ("m2", "x", "y", ""),
    )
    faults = check_frame(TABLES["units"], frame, "units.csv")
    assert [(f.row, f.column, f.problem) for f in sorted(faults)] == [
        (2, "singular", "cellule vide"),
        (3, "id", "écriture non admise"),
        (5, "id", "clé en double, déjà présente ligne 4"),
    ]


@pytest.mark.parametrize(
    ("minimum", "maximum", "problem"),
    [(5.0, 3.5, "« minimum » plus grand que « maximum »"), (3.0, 3.0, ""), (3.0, None, "")],
)
def test_one_column_may_not_exceed_another(minimum, maximum, problem):
    row = dict.fromkeys(TABLES["indicators"].header, "") | {
        "id": "arbres", "title": "A", "unit": "arbre", "kind": "résultat", "measure": "flux",
        "direction": "hausse", "chapter": "air", "definition": "d", "producer": "p",
        "precision": 1.0, "minimum": minimum, "maximum": maximum,
    }  # fmt: skip
    types = {column.name: DTYPES[column.kind] for column in TABLES["indicators"].columns}
    frame = pd.DataFrame([row], index=[7]).astype(types)
    faults = check_frame(TABLES["indicators"], frame, "indicators.csv")
    assert [fault.problem for fault in faults] == ([problem] if problem else [])
    for fault in faults:
        assert (fault.file, fault.row, fault.column) == ("indicators.csv", 7, "minimum")
        assert fault.value == "5"
        assert fault.expected.startswith("Attendu : au plus 3,5, la valeur de « maximum »")


def test_a_key_that_repeats_is_shown_as_it_was_typed():
    columns = TABLES["observations"].columns
    row = {column.name: "x" if column.kind == "text" else None for column in columns}
    row |= {"territory": "", "period_end": "2030-12-31", "value": 5, "qualifier": "exact",
            "status": "définitif", "indicator": "arbres", "unit": "arbre"}  # fmt: skip
    frame = pd.DataFrame([row] * 2, index=[2, 5])
    frame = frame.astype({column.name: DTYPES[column.kind] for column in columns})
    (fault,) = [
        fault
        for fault in check_frame(TABLES["observations"], frame, "o.csv")
        if "clé" in fault.problem
    ]
    assert (fault.row, fault.value) == (5, "arbres · (vide) · (vide) · 2030-12-31")
    assert fault.problem == "clé en double, déjà présente ligne 2"


def test_a_cell_is_filled_of_a_known_code_and_not_too_small():
    header = TABLES["finalities"].header
    frame = pd.DataFrame(
        [("air", 0, "Air", "Air"), ("eau", 2, "", "Eau"), ("sols", None, "S", "S")],
        columns=header,
        index=[2, 3, 4],
    ).astype({"order": "Int64"} | dict.fromkeys(["id", "title", "short_title"], "str"))
    faults = sorted(check_frame(TABLES["finalities"], frame, "finalities.csv"))
    assert [(f.row, f.column, f.value, f.problem) for f in faults] == [
        (2, "order", "0", "nombre trop petit"),
        (3, "title", "", "cellule vide"),
        (4, "order", "", "cellule vide"),
    ]
    assert faults[0].expected == "Attendu : au moins 1."
    assert faults[1].expected.startswith("À remplir : ")


def test_suggestion_names_the_near_code():
    assert suggest("environ.", {"environ", "exact"}) == "Vouliez-vous dire « environ » ?"
    assert suggest("Zzz", {"flux", "stock"}) == "Valeurs admises : « flux », « stock »."


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault("a.csv", 3, "unit", "m2", "inconnu"),
         "ligne 3, colonne « unit » : inconnu (lu : « m2 »)."),
        (Fault("a.csv", 3, "", "", "inconnu", "Attendu : ha."), "ligne 3 : inconnu. Attendu : ha."),
        (Fault("a.csv", 0, "", "", "vide"), "fichier entier : vide."),
        (Fault("charts.yml", 0, "graphique 2", "", "vide"), "graphique 2 : vide."),
        (Fault("a.csv", 3, "", "x" * 80, "long"), f"ligne 3 : long (lu : « {'x' * 80} »)."),
        (Fault("a.csv", 3, "", "x" * 81, "long"), f"ligne 3 : long (lu : « {'x' * 77}… »)."),
    ],
)  # fmt: skip
def test_a_fault_in_one_line(fault, line):
    assert fault.describe() == line


def test_a_fault_of_a_whole_file_is_of_no_row_and_no_column():
    assert Fault.of_file("a.csv", "vide", "Une ligne.") == Fault(
        "a.csv", 0, "", "", "vide", "Une ligne."
    )
    assert Fault.of_file("a.csv", "vide", value="x") == Fault("a.csv", 0, "", "x", "vide")


def test_one_fault_of_one_file_is_told_in_the_singular():
    message = str(InvalidDossier([Fault("a.csv", 2, "unit", "", "vide")] * 2))
    assert message.startswith("1 erreur dans 1 fichier du dossier")
    rows = [Fault("a.csv", row, "unit", "", "vide") for row in range(2, 23)]
    assert str(InvalidDossier(rows)).splitlines()[-1] == "  - et 1 autre ligne."
    rows += [Fault("a.csv", 2, "id", "", "vide")]
    assert str(InvalidDossier(rows)).splitlines()[-1] == "  - et 2 autres lignes."


@pytest.mark.parametrize(
    ("value", "known", "said"),
    [
        ("FLUX", ["flux", "stock"], "Vouliez-vous dire « flux » ?"),
        ("stoc", {"flux", "stock"}, "Vouliez-vous dire « stock » ?"),
        ("zzz", ["flux"], "Valeurs admises : « flux »."),
        ("zzz", [], ""),
        ("zzz", [f"code-{n}" for n in range(13)], ""),
        ("zzz", [f"code-{n:02}" for n in range(12)], "Valeurs admises : « code-00 », « code-01 »"),
    ],
)
def test_what_may_have_been_meant(value, known, said):
    assert suggest(value, known).startswith(said)
    assert bool(suggest(value, known)) is bool(said)


def test_message_shows_the_first_faults_of_a_file_and_counts_the_others():
    faults = [Fault("a.csv", row, "unit", "m2", "code inconnu") for row in range(2, 62)]
    error = InvalidDossier([*faults, Fault("b.csv", 0, "", "", "fichier manquant")])
    lines = str(error).splitlines()
    assert len(error.faults) == 61
    assert lines[0].startswith("61 erreurs dans 2 fichiers")
    assert len([line for line in lines if "code inconnu" in line]) == 20
    assert "  - et 40 autres lignes." in lines
    same = InvalidDossier([Fault("c.md", 0, f"x{n}", "", "y") for n in range(21)])
    assert str(same).splitlines()[-1] == "  - et 1 autre erreur."


def test_message_lists_faults_by_file_in_french():
    error = InvalidDossier(
        [Fault("b.csv", 3, "unit", "m2", "code inconnu", "Vouliez-vous dire « ha » ?"),
         Fault("a.csv", 0, "", "", "fichier manquant")]
    )  # fmt: skip
    assert str(error) == (
        "2 erreurs dans 2 fichiers du dossier ; rien n’a été calculé.\n\n"
        "a.csv\n  - fichier entier : fichier manquant.\n\n"
        "b.csv\n  - ligne 3, colonne « unit » : code inconnu (lu : « m2 »)."
        " Vouliez-vous dire « ha » ?"
    )
