"""A made-up dossier of which nothing is known yet: one edition, no earlier one, empty tables, a
catalogue that says what is asked of whom."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from analysis.base.paths import Dossier
from analysis.model.schema import TABLES, TEXT_HEADINGS

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
YEAR = 2030
#: What the catalogue asks: indicator → how often, of whom, for which period.
ASKED = {
    "arbres-plantes": ("chaque année", "environnement", "N"),
    "logements-renoves": ("chaque année", "environnement", ""),
    "visiteurs-accueil": ("chaque année", "environnement", "N"),
    "surface-zones-humides": ("une fois", "syndicat-eau", "fin N"),
    "communes-diagnostiquees": ("chaque année", "", "fin N"),
    "agents": ("chaque année", "direction-generale", "fin N"),
    "depenses-totales": ("chaque année", "environnement", "N-1"),
    "taux-obligation-emploi": ("jamais", "", ""),
}
#: Measured indicators that the analyst has kept.
KEPT = (*ASKED, "population-municipale", "population-totale")


def make_first(folder: Path) -> Dossier:
    """The made-up territory below ``folder``, as a first edition begins."""
    dossier = Dossier(folder)
    shutil.copytree(MADE_UP / "raw", dossier.raw)
    shutil.rmtree(dossier.raw_year(YEAR - 1))
    shutil.rmtree(dossier.raw_year(YEAR))
    for table in TABLES.values():
        if table.place == "year" and not table.optional:
            write_table(dossier, table.name, [])
    texts = dossier.raw_year(YEAR) / "texts"
    texts.mkdir()
    for chapter in ("air", "eau", "suivi"):
        headings = "\n".join(f"## {heading}\n" for heading in TEXT_HEADINGS)
        (texts / f"{chapter}.md").write_text(headings, "utf-8")
    for name in ("parts", "key_figures", "digit_names"):
        write_table(dossier, name, [])
    (dossier.reference / "charts.yml").write_text("[]\n", "utf-8")
    known = read_table(dossier, "indicators")
    catalogue = [row | {"action": ""} for row in known if row["id"] in KEPT]
    for row in catalogue:
        names = ("asked", "asked_of", "asked_period")
        row |= dict(zip(names, ASKED.get(row["id"], ("", "", "")), strict=True))
    catalogue = [row for row in catalogue if row["asked"] != "jamais"]
    write_table(dossier, "indicators", catalogue)
    return dossier


def read_table(dossier: Dossier, name: str) -> list[dict[str, str]]:
    """The rows of a table of the edition, as typed."""
    text = (dossier.raw / TABLES[name].file(YEAR)).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def write_table(dossier: Dossier, name: str, rows: list[dict[str, str]]) -> None:
    """A table of the edition with these rows alone."""
    path = dossier.raw / TABLES[name].file(YEAR)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TABLES[name].header, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
