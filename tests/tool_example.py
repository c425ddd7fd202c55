"""The made-up dossier with something to ask on every sheet of a tool, and forms filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from form_example import YEAR, prepare, save

from analysis.base.paths import Dossier
from analysis.collect.form_contract import CODE
from analysis.collect.form_writer import format_form
from analysis.collect.forms import compose_forms
from analysis.compute.indicators import load_edition

SAID = "rapport-invente,l. 10"
REFERENCE = {
    "policies": f"""id,order,title,chapter,services,indicator,source,locator
arbres,1,Arbres et forêts,air,environnement,,{SAID}
eau-propre,2,Eau potable,eau,syndicat-eau | direction-generale,,{SAID}
""",
    "elements": """id,order,title,chapter
participation,1,Participation,suivi
""",
    "budget_axes": f"""id,order,title,title_certainty,from_fiscal_year,scope,certainty,source,\
locator
axe-air,1,Qualité de l’air,texte lu,2031,,texte lu,{SAID}
axe-eau,3,Gestion de l’eau,texte lu,2031,,texte lu,{SAID}
""",
    "discount_rates": f"""id,title,rate_pct,decided_on,producer,certainty,source,locator,note
taux-public,Taux public,3.2,2021-10,État,texte lu,{SAID},
""",
}
YEARLY = {
    "ratings": f"""subject,criterion,moment,rating,reason,evidence,author,date,reader,\
reader_rating,reader_reason,reader_date,source,locator
arbres,air,,favorable,Les arbres retiennent les poussières.,,Rédaction,2031-02-01,Finances,,,,{SAID}
eau-propre,eau,,très favorable,L’eau est contrôlée.,,Rédaction,2031-02-01,,,,,{SAID}
""",
    "objectives": f"""id,chapter,parent,kind,order,title,document,owner,status,source,locator,note
respirer,air,,stratégique,1,Respirer mieux,,environnement,proposé,{SAID},
""",
    "targets": f"""indicator,value,qualifier,date,baseline,baseline_date,title,owner,source,\
locator,note
arbres-plantes,10000,exact,2034-12-31,,,Arbres plantés,environnement,{SAID},
""",
    "projects": f"""id,order,title,chapter,action,services,area_m2,area_kind,period_years,\
price_year,taxes,rate,assumptions,source,locator
ecole,1,Rénover l’école,,,environnement,,,30,2030,,taux-public,,{SAID}
""",
    "project_options": """project,id,order,title,note
ecole,isolation,1,Isolation seule,
""",
    "project_costs": f"""project,option,category,item,kind,quantity,unit,unit_price_eur,amount_eur,\
amount_low_eur,amount_high_eur,first_year,last_year,life_years,drift_pct,carbon_kg,carbon_source,\
source,locator,basis,note
ecole,isolation,travaux,Isolation des murs,une fois,,,,120000,,,,,,,,,{SAID},,
""",
    "documents_used": f"""id,title,kind,obligation,producer,publication,chapters,source,\
locator,basis,note
bilan-air,Bilan de l’air,bilan,,Val d’Exemple,2030,air,{SAID},,
""",
    "digital": f"""id,order,block,theme,title,summary,indicator,service,source,locator
inventaire,1,mesure,cycle de vie des équipements,Garder les postes,,,direction-generale,{SAID}
""",
    "accounts": f"""budget,fiscal_year,stage,budget_section,flow,movement,account,function,\
operation,label,amount_eur,policy,finality,axis_1,axis_2,axis_3,axis_4,axis_5,axis_6,reason,rated_by,\
rating_source,source,locator
,2031,budget primitif,investissement,dépense,réel,2151,758,,Réseaux de voirie,250000{"," * 12}{SAID}
,2031,budget primitif,fonctionnement,dépense,réel,6288,020,,Services,40000,,air{"," * 10}{SAID}
""",
}
#: Whose sheets are whose.
SHEETS = {
    "environnement": ["Grille", "Démarche", "Objectifs", "Cibles", "Agenda 2030", "Projets",
                      "Options", "Coûts"],
    "finances": ["Seconde lecture", "Agenda 2030", "Comptes"],
    "direction-generale": ["Agenda 2030", "Projets", "Options", "Coûts", "Documents", "Numérique"],
    "syndicat-eau": ["Grille", "Démarche", "Agenda 2030"],
}  # fmt: skip


def prepare_tools(dossier: Dossier) -> Dossier:
    """An edition 2031 in which every tool asks something."""
    prepare(dossier)
    for folder, tables in (("reference", REFERENCE), (str(YEAR), YEARLY)):
        for name, text in tables.items():
            (dossier.raw / folder / f"{name}.csv").write_text(text, "utf-8")
    services = dossier.raw / "reference" / "services.csv"
    tools = {"finances": "comptes", "direction-generale": "numérique | documents | projets"}
    lines = services.read_text("utf-8").splitlines()
    services.write_text(
        f"{lines[0]},answers_for\n"
        + "".join(f"{line},{tools.get(line.split(',')[0], '')}\n" for line in lines[1:]),
        "utf-8",
    )
    return dossier


def write_books(dossier: Dossier) -> dict[str, bytes]:
    """The forms as they are sent, by service."""
    edition, previous = load_edition(dossier, YEAR), load_edition(dossier, YEAR - 1)
    return {form.service: format_form(form) for form in compose_forms(edition, previous)}


def fill(book: openpyxl.Workbook, title: str, code: str, answers: Mapping[str, object]) -> int:
    """Answer in the row of a code or, where that is '', in the first blank one; its number.
    ``answers``: by heading."""
    sheet = book[title]
    headings = [re.sub(r"^(Axe .) : .*", r"\1", cell.value) for cell in sheet[1]]
    assert headings[0] == CODE
    number = next(
        row[0].row
        for row in sheet.iter_rows(min_row=2)
        if (row[0].value == code if code else not any(cell.value for cell in row))
    )
    for heading, value in answers.items():
        sheet.cell(number, headings.index(heading) + 1).value = value
    return number


def put_back(book: openpyxl.Workbook, folder: Path, name: str = "retour.xlsx") -> Path:
    """Save a filled form where a collection reads it."""
    return save(book, folder / name)
