"""A made-up France of four territories, in the files of the reference and in those of producers.

Known: the editions of 2029 and 2030, the populations of 2026 and 2027, the census of 2025. What
2031 brings: a commune nouvelle (Aubry takes Bois), another code for the same commune (Fagnes),
one re-established (Dune leaves Cerans), one that changes territory (Cerans, with Dune), a territory
that changes its SIREN (overseas), and an island whose population is not counted.
"""

import gzip
import io
import json
from pathlib import Path

import pandas as pd

from analysis.base.csvtext import format_csv, read_csv
from analysis.collect.national_files.commune_topology import build_topology
from analysis.compute.national.reference_files import (
    FILES,
    FOLDER,
    OUTLINES,
    pack_table,
    pack_topology,
)

A, B, C, C_LATER, D = "200000001", "200000002", "200000003", "200000033", "200000004"
#: Code, name, department, region, and where it stands on a line of squares.
COMMUNES = [
    ("01001", "Aubry", "01", "84", 0), ("01002", "Bois", "01", "84", 1),
    ("01003", "Cerans", "01", "84", 2), ("02001", "Eaux", "02", "32", 3),
    ("02002", "Fagnes", "02", "32", 4), ("97101", "Goyave", "971", "01", 5),
    ("97102", "Houle", "971", "01", 6), ("97601", "Île", "976", "06", 7),
]  # fmt: skip
#: The same in 2031: Aubry (two squares), Cerans and Dune (half a square each), Fagnes as 02902.
LATER = [
    ("01001", "Aubry", "01", "84", (0, 2)), ("01003", "Cerans", "01", "84", (2, 2.5)),
    ("01004", "Dune", "01", "84", (2.5, 3)), ("02001", "Eaux", "02", "32", (3, 4)),
    ("02902", "Fagnes", "02", "32", (4, 5)), ("97101", "Goyave", "971", "01", (5, 6)),
    ("97102", "Houle", "971", "01", (6, 7)), ("97601", "Île", "976", "06", (7, 8)),
]  # fmt: skip
MEMBERS = {"01001": A, "01002": A, "01003": A, "02001": B, "02002": B,
           "97101": C, "97102": C, "97601": D}  # fmt: skip
MEMBERS_LATER = {"01001": A, "01003": B, "01004": B, "02001": B, "02902": B,
                 "97101": C_LATER, "97102": C_LATER, "97601": D}  # fmt: skip
NAMES = {A: ("CC des Trois Bois", "CC"), B: ("CA Eaux et Fagnes", "CA"),
         C: ("CA de la Houle", "CA"), C_LATER: ("CA de la Houle", "CA"),
         D: ("CC de l'Île", "CC")}  # fmt: skip
PEOPLE = {"01001": 1000, "01002": 500, "01003": 800, "02001": 3000, "02002": 1200,
          "97101": 900, "97102": 700, "97601": 400}  # fmt: skip
#: Legal populations of 2028: municipal, counted apart. Nothing of the island.
PEOPLE_LATER = {"01001": (1520, 30), "01003": (500, 10), "01004": (310, 5), "02001": (3010, 60),
                "02902": (1190, 20), "97101": (910, 9), "97102": (690, 7)}  # fmt: skip
_STATES = {"01": "Ain", "02": "Aisne", "971": "Guadeloupe", "976": "Mayotte"}
_REGIONS = {"84": "Rhône", "32": "Nord", "01": "Antilles", "06": "Îles"}


def draw_square(code: str, west: float, east: float) -> dict:
    """A GeoJSON feature, one degree high."""
    ring = [[west, 45.0], [east, 45.0], [east, 46.0], [west, 46.0], [west, 45.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code, "nom": code}, "geometry": shape}


def write_reference(folder: Path) -> None:
    """The national reference of this France, as of 2030."""
    communes = pd.DataFrame(
        [
            (code, name, department, region, "current", code, "", "", 2029, 2030, 100.0, "")
            for code, name, department, region, _ in COMMUNES
        ],
        columns="insee,name,department,region,status,current,ended,date_basis,first_edition,"
        "last_edition,area_km2,restored_from".split(","),
    )
    home = {code: (department, region) for code, _, department, region, _ in COMMUNES}
    territories = []
    for siren in (A, B, C, D):
        department, region = home[next(c for c, s in MEMBERS.items() if s == siren)]
        name, nature = NAMES[siren]
        territories.append(
            (siren, name, "", nature, "FPU", department, _STATES[department], department, region,
             _REGIONS[region], 2029, 2030)
        )  # fmt: skip
    populations = [
        (
            code,
            vintage,
            people + vintage - 2027,
            people + 10,
            "tour-2020" if code == "97601" else "",
        )
        for vintage in (2026, 2027)
        for code, people in PEOPLE.items()
    ]
    sums = [
        (
            siren,
            vintage,
            1,
            sum(p for c, p in PEOPLE.items() if MEMBERS[c] == siren),
            None,
            "published",
        )
        for siren in (A, B, C, D)
        for vintage in (2026, 2027)
    ]
    census = [
        (code, 2025, 2029, people, people // 4, people // 2, people - people // 4 - people // 2,
         people // 2, people // 2 - 20, 10, 10, people // 2, 0, 0)
        for code, people in PEOPLE.items()
        if code != "97601"
    ]  # fmt: skip
    rows = {
        "communes": communes,
        "territories": territories,
        "territory_populations": sums,
        "memberships": [(code, siren, 2029, 2030) for code, siren in MEMBERS.items()],
        "populations": populations,
        "census": census,
    }
    folder.mkdir(parents=True)
    for name, file in FILES.items():
        real = read_csv(FOLDER / file)
        if name in rows:
            found = rows[name]
            table = found if name == "communes" else pd.DataFrame(found, columns=list(real))
            table = table.sort_values(list(table)[:2]).reset_index(drop=True)
            (folder / file).write_bytes(pack_table(name, table))
        else:
            (folder / file).write_text(format_csv(real), encoding="utf-8")
    squares = {code: draw_square(code, x, x + 1) for code, _, _, _, x in COMMUNES}
    (folder / OUTLINES).write_bytes(pack_topology(build_topology(squares)))


# --- the producers' files of 2031 -----------------------------------------------------------------


def write_cog(folder: Path) -> None:
    """INSEE's official geographic code: communes, movements, former ones."""
    head = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT"
    rows = [
        f'"COM","{code}","{region}","{department}","","","0","{name.upper()}","{name}","{name}","",""'
        for code, name, department, region, _ in LATER
    ]
    rows.append('"COMD","01002","84","01","","","0","BOIS","Bois","Bois","","01001"')
    (folder / "v_commune_2031.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    head = (
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,"
        "TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP"
    )
    moves = [
        ("32", "2031-01-01", "COM", "01002", "COM", "01001"),
        ("32", "2031-01-01", "COM", "01001", "COM", "01001"),
        ("32", "2031-01-01", "COM", "01002", "COMD", "01002"),
        ("41", "2030-07-01", "COM", "02002", "COM", "02902"),
        ("21", "2031-01-01", "COM", "01003", "COM", "01004"),
        ("21", "2031-01-01", "COM", "01003", "COM", "01003"),
        ("21", "2031-01-01", "COMD", "01004", "COM", "01004"),
        ("10", "2001-01-01", "COM", "02001", "COM", "02001"),
        ("31", "1973-01-01", "COM", "01004", "COM", "01003"),
    ]
    lines = [f"{m},{d},{ta},{a},0,X,X,X,{tb},{b},0,X,X,X" for m, d, ta, a, tb, b in moves]
    (folder / "v_mvt_commune_2031.csv").write_text("\n".join([head, *lines]), encoding="utf-8")
    head = "COM,TNCC,NCC,NCCENR,LIBELLE,DATE_DEBUT,DATE_FIN"
    lines = [
        "01002,0,BOIS,Bois,Bois,1943-01-01,2030-12-15",
        "01001,0,AUBRY,Aubry,Aubry,1943-01-01,",
    ]
    (folder / "v_commune_depuis_1943.csv").write_text("\n".join([head, *lines]), encoding="utf-8")


def write_perimeters(folder: Path, members: dict[str, str] | None = None) -> None:
    """INSEE's workbook of intercommunalities, with its lines above the headings."""
    members = MEMBERS_LATER if members is None else members
    sirens = [A, B, C_LATER, D]
    listed = [
        [siren, NAMES[siren][0], NAMES[siren][1], str([*members.values()].count(siren))]
        for siren in sirens
    ]
    listed.append(["ZZZZZZZZZ", "Sans objet", "ZZ", "0"])
    held = [[code, "x", siren, "y", "d", "r"] for code, siren in members.items()]
    top = [["Intercommunalité - Métropole au 1er janvier 2031"], ["Source : Insee"], [], [], []]
    with pd.ExcelWriter(folder / "Intercommunalite_Metropole_au_01-01-2031.xlsx") as book:
        for sheet, heads, rows in (
            ("EPCI", ["EPCI", "LIBEPCI", "NATURE_EPCI", "NB_COM"], listed),
            ("Composition_communale", ["CODGEO", "LIBGEO", "EPCI", "LIBEPCI", "DEP", "REG"], held),
        ):
            wide = [[*row, *[None] * (len(heads) - len(row))] for row in (*top, heads, *rows)]
            table = pd.DataFrame(wide)
            table.to_excel(book, sheet_name=sheet, header=False, index=False)


def write_populations(folder: Path) -> None:
    """INSEE's populations légales, two codes for a commune, in a folder that bears the vintage."""
    home = {code: department for code, _, department, _, _ in LATER}
    lines = ["CODREG;REG;CODDEP;CODARR;CODCAN;CODCOM;COM;PMUN;PCAP;PTOT"]
    for code, (people, apart) in PEOPLE_LATER.items():
        lines.append(f"00;R;{home[code]};1;04;{code[2:]};x;{people};{apart};{people + apart}")
    target = folder / "populations-legales-2028"
    target.mkdir()
    (target / "donnees_communes.csv").write_text("\n".join(lines), encoding="utf-8")
    (target / "metadonnees_communes.csv").write_text("COD_VAR;LIB_VAR\n", encoding="utf-8")


def write_census(folder: Path) -> None:
    """INSEE's census of 2026 by quarter, with decimals; Eaux has two quarters."""
    shares = {code: [1.0] for code in PEOPLE if code != "97601"} | {"02001": [0.25, 0.75]}
    ages = ["IRIS;COM;TYP_IRIS;LAB_IRIS;P26_POP;P26_POP0019;P26_POP2064;P26_POP65P"]
    homes = [
        "IRIS;COM;TYP_IRIS;LAB_IRIS;P26_LOG;P26_RP;P26_RSECOCC;P26_LOGVAC;P26_MAISON;P26_APPART;"
        "P26_RPAPPART"
    ]
    for code, parts in shares.items():
        for rank, share in enumerate(parts, 1):
            people = PEOPLE[code] * share + 0.2
            young, middle = people * 0.25, people * 0.5
            start = f"{code}{rank:04d};{code};H;1"
            ages.append(f"{start};{people};{young};{middle};{people - young - middle}")
            homes.append(f"{start};{people / 2};{people / 2 - 30};20;10;{people / 2};0;0")
    for name, lines in (("evol-struct-pop", ages), ("logement", homes)):
        content = ("\r\n".join(lines)).encode()
        (folder / f"base-ic-{name}-2026.CSV").write_bytes(content)


def write_outlines(folder: Path) -> None:
    """Outlines of the communes of 2031, compressed, with an overseas collectivity to leave out."""
    squares = [draw_square(code, *span) for code, _, _, _, span in LATER]
    squares.append(draw_square("97801", 20, 21))
    content = json.dumps({"type": "FeatureCollection", "features": squares}).encode()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        stream.write(content)
    (folder / "communes-100m.geojson.gz").write_bytes(packed.getvalue())


def write_delivery(folder: Path) -> None:
    """All of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for write in (write_cog, write_perimeters, write_populations, write_census, write_outlines):
        write(folder)
