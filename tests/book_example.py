"""Données inventées : un territoire, une édition et des carnets exécutés qui n'existent pas.

Les carnets ont la forme que leur donne la mise en page : sorties Markdown, figures SVG et PNG,
encadrés, renvois entre chapitres, renvois aux pages.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pandas as pd
from matplotlib import rc_context
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from analysis.base.paths import Dossier
from analysis.execute.jobs import AFTER, BEFORE
from analysis.model.council_fields import complete_council

YEAR = 2031
NB = "\u00a0"
#: Longer than the forty characters Word allows a bookmark.
PLAN = "plan-de-renovation-des-batiments-inventes"
CHAPTERS = [
    ("climat", 1, "finalité", "I", "Lutte contre le changement climatique"),
    ("biodiversite", 2, "finalité", "II", "Préservation des milieux et ressources"),
    ("cohesion", 3, "finalité", "III", "Cohésion sociale, solidarité des territoires"),
    ("pilotage", 4, "démarche", "IV", "Organisation du pilotage et transversalité"),
    ("evaluation", 5, "démarche", "V", "Évaluation et amélioration continue"),
]
LOREM = (
    "La collectivité inventée accompagne les communes dans leurs travaux d’isolation et suit, "
    "bâtiment par bâtiment, les consommations d’énergie. Les services se réunissent chaque "
    "trimestre pour comparer les résultats et décider des suites. Cette phrase ne décrit aucun "
    "territoire réel et n’a d’autre but que de remplir quelques lignes."
)


def make_dossier(root: Path) -> Dossier:
    """A dossier that holds the executed notebooks alone."""
    (root / "raw").mkdir(parents=True)
    dossier = Dossier(root)
    write_executed(dossier)
    return dossier


def make_edition() -> SimpleNamespace:
    chapters = pd.DataFrame(CHAPTERS, columns=["id", "order", "kind", "number", "title"])
    chapters["short_title"] = chapters["title"]
    wordings = pd.DataFrame(
        [
            ("climat", "La lutte contre le changement climatique", "2015-08-19", ""),
            ("climat", "Ancienne formule", "2010-07-14", "2015-08-18"),
        ],
        columns=["finality", "wording", "valid_from", "valid_to"],
    )
    for column in ("valid_from", "valid_to"):
        wordings[column] = pd.to_datetime(wordings[column])
    credits = pd.DataFrame(
        [
            ("Rédaction", "Service imaginaire", "textes", ""),
            ("Rédaction", "Atelier d’essai", "", ""),
        ],
        columns=["role", "name", "detail", "source"],
    )
    columns = ["id", "kind", "title", "indicator", "territory", "source", "locator", "estimate"]
    columns += ["order", "met"]
    nothing = pd.DataFrame(columns=[*columns, "value", "edition", "origin", "chapter", "missing"])
    return SimpleNamespace(
        year=YEAR,
        earlier=None,
        rows=lambda table, **wanted: nothing,
        columns=lambda table, *names: chapters[list(names)],
        **dict.fromkeys(("values", "sources", "indicators", "gaps", "glossary"), nothing),
        **dict.fromkeys(("legal", "documents_used", "digital"), nothing),
        is_reconstituted=False,
        about={},
        identity={},
        council=complete_council({}, YEAR),
        document_plans={},
        territory={
            "id": "val-essai",
            "name": "Le Val d'Essai",
            "of_name": "du Val d'Essai",
            "to_name": "au Val d'Essai",
            "full_name": "Communauté d'agglomération du Val d'Essai",
        },
        chapters=chapters,
        wordings=wordings,
        credits=credits,
        communes=pd.DataFrame(
            [("99001", pd.NaT, pd.NaT), ("99002", pd.NaT, pd.NaT)],
            columns=["insee", "member_from", "member_to"],
        ),
        population=pd.DataFrame(columns=["insee", "vintage", "municipal", "total"]),
        communes_geojson={
            "features": [outline("99001", 3.0), outline("99002", 3.2), outline("99003", 3.4)]
        },
    )


def outline(insee: str, west: float) -> dict:
    """A commune as square as the invented territory allows."""
    ring = [[west, 50], [west + 0.2, 50], [west + 0.2, 50.1], [west, 50.1], [west, 50]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"properties": {"insee": insee}, "geometry": geometry}


def draw_figure(folder: Path, name: str, colour: str) -> None:
    figure = Figure(figsize=(6.3, 2.6))
    axes = figure.subplots()
    axes.barh(["Bâtiments", "Éclairage", "Véhicules"], [12.5, 7.25, 3.1], color=colour)
    axes.set_xlabel("GWh (données inventées)")
    figure.tight_layout()
    FigureCanvasSVG(figure)
    metadata = {"Date": None, "Creator": None}
    with rc_context({"svg.hashsalt": "essai"}):
        figure.savefig(folder / f"{name}.svg", metadata=metadata)
    figure.savefig(folder / f"{name}.png", dpi=150, metadata={"Software": None})


def code(source: str, *markdown: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    outputs = [
        nbformat.v4.new_output("display_data", data={"text/markdown": text}) for text in markdown
    ]
    cell = nbformat.v4.new_code_cell(source, outputs=outputs)
    cell.metadata["tags"] = list(tags)
    return cell


def typed(text: str) -> nbformat.NotebookNode:
    """A cell of text for the reader."""
    return nbformat.v4.new_markdown_cell(text)


def write(folder: Path, name: str, cells: list[nbformat.NotebookNode]) -> None:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for index, cell in enumerate(notebook.cells):
        cell["id"] = f"c{index}"
    nbformat.write(notebook, folder / f"{name}.ipynb")


def figure_block(chapter: str, title: str) -> str:
    name = f"fig-{chapter}-energie"
    return (
        f"![Les bâtiments de {title} consomment la moitié de l’énergie. En GWh.]"
        f'(figures/{name}.svg){{#{name} fig-alt="Diagramme à barres : bâtiments 12,5 GWh, '
        f'éclairage 7,25 GWh, véhicules 3,1 GWh ({chapter})."}}'
    )


def data_callout() -> str:
    return (
        "::: {.source}\nSource : rapport inventé, l. 12-15.\n:::\n\n"
        '::: {.encadre-note title="Données du graphique"}\n'
        "| Poste | Valeur (GWh) |\n|:---|---:|\n| Bâtiments | 12,5 |\n| Éclairage | 7,25 |\n"
        "| Véhicules | 3,1 |\n:::"
    )


def facts_table(chapter: str) -> str:
    rows = "\n".join(
        f"| Indicateur inventé numéro {n} de l’action | {n}{NB}234 arbres | {n - 1}{NB}100 arbres "
        "| périodes non comparables : douze mois contre dix |"
        for n in range(2, 7)
    )
    return (
        "| Indicateur | Valeur | Valeur précédente | Remarque |\n|:---|---:|---:|:---|\n"
        f"{rows}\n\n: Ce que l’action a produit. {{#tbl-{chapter}-faits}}"
    )


def chapter_cells(row: tuple, other: str) -> list[nbformat.NotebookNode]:
    chapter, _, kind, _, title = row
    section = "politiques" if kind == "finalité" else "fonctionnements"
    return [
        nbformat.v4.new_markdown_cell("Note cachée.", metadata={"tags": ["remove-cell"]}),
        code("year = 2017", tags=("parameters",)),
        code("year = 2031", tags=("injected-parameters",)),
        code("show_title(chapter)", f"# {title} {{#sec-{chapter}}}", tags=("title",)),
        code(
            "show_essential(chapter)",
            f"## L’essentiel {{#sec-{chapter}-essentiel .unnumbered}}",
            '::: {.encadre-important title="À retenir"}\n'
            "- Un premier point, avec « guillemets »\u202f;\n- un second point.\n:::",
        ),
        code("show_stake(chapter)", LOREM, figure_block(chapter, chapter), data_callout()),
        code(
            "show_actions(chapter)",
            f"## Contribution des politiques territoriales {{#sec-{chapter}-{section}}}",
            f"### Plan de rénovation inventé {{#sec-{chapter}-{PLAN}}}",
            LOREM,
            "[**Portage :** direction imaginaire]{.fiche}\\\n"
            "[**Partenaires :** communes d’essai]{.fiche}",
            facts_table(chapter),
            f"Voir @tbl-{chapter}-faits, @fig-{chapter}-energie, la @fig-{other}-energie, "
            f"@sec-{other}, [-@sec-{other}-{PLAN}] et "
            f"[la section @sec-{other}-{PLAN}], "
            f"ou [le chapitre voisin](#sec-{other}).",
        ),
        code(
            "show_analysis(chapter)",
            f"## Analyse {{#sec-{chapter}-analyse}}",
            LOREM,
        ),
        code(
            "show_decisions(chapter)",
            f"## À décider {{#sec-{chapter}-decisions}}",
            "| Proposition | Qui déciderait |\n|:---|:---|\n"
            f"| [**1. Se fournir en énergies vertes.**]{{#sec-{chapter}-piste-1}} Un achat. "
            "| Conseil |\n"
            f"| [**2. Mesurer avant de décider.**]{{#sec-{chapter}-piste-2}} En synthèse. "
            f"| *à préciser* |\n\n: Ce qui est proposé {{#tbl-{chapter}-decisions}}",
        ),
    ]


def figures_box() -> str:
    return (
        '::: {.chiffres-cles role="group" aria-label="Chiffres clés de l’année"}\n'
        "- [12,5]{.chiffre} [GWh]{.unite}\\\n  [Énergie des bâtiments]{.intitule}\\\n"
        f"  [{YEAR}]{{.periode}}\\\n  [↘ −4\u202f%, favorable]{{.evolution .favorable}}\n"
        "- [3]{.chiffre} [plans]{.unite}\\\n  [Plans inventés]{.intitule}\n:::"
    )


def front_cells() -> list[nbformat.NotebookNode]:
    cards = "\n\n".join(
        f':::: {{.carte data-chapitre="{id}"}}\n[{order}]{{.chapter-number}} '
        f"[{title}](#sec-{id}){{.titre}}\n::::"
        for id, order, _, _, title in CHAPTERS
    )
    title = f"# L’année {YEAR} en bref {{#sec-en-bref .unnumbered}}"
    return [
        code("say(edition, title)", title, tags=("title",)),
        code(
            "show_lead(edition)",
            "::: {.accroche}\nUn territoire inventé, en une phrase.\n:::",
            figures_box(),
        ),
        typed("## Les chapitres {#sec-accueil-chapitres .unnumbered}"),
        code("show_cards(edition)", f"::: {{.cartes}}\n{cards}\n:::"),
        typed("## Ce qui est nouveau {#sec-accueil-nouveau .unnumbered}"),
        code("show_news(edition)", "Rien."),
    ]


def dashboard_cells() -> list[nbformat.NotebookNode]:
    rows = "\n".join(
        f'| {place}. Indicateur inventé | [{id}]{{.chapitre data-chapitre="{id}"}} | résultat '
        f'| [{place} arbres]{{data-valeur="{place}"}} | {YEAR} | — |'
        for id, place, *_ in CHAPTERS
        for _ in range(2)
    )
    return [
        typed("# Tableau de bord {#sec-tableau-de-bord}\n\nTous les indicateurs inventés."),
        code(
            "show_part(edition, table)",
            "::: {.tableau-de-bord}\n"
            "| Indicateur | Chapitre | Nature | Valeur | Période | Évolution |\n"
            f"|:---|:---|:---|:---|:---|:---|\n{rows}\n\n: Tous les indicateurs\n:::",
        ),
    ]


def write_executed(dossier: Dossier) -> None:
    """All executed notebooks of the made-up edition, with their figures."""
    folder, figures = dossier.executed(YEAR), dossier.figures(YEAR)
    figures.mkdir(parents=True)
    lines = []
    for chapter, _, _, number, title in CHAPTERS:
        lines += [
            f"## {number}. {title} {{#sec-synthese-{chapter} .unnumbered}}",
            f"[Chapitre [-@sec-{chapter}]]{{.renvoi}} [sec-{chapter}]{{.page}}",
            f"::: {{.enonces}}\n[Plan de rénovation inventé](#sec-{chapter}-{PLAN}) "
            f"[sec-{chapter}-{PLAN}]{{.page}} ; [Mesurer avant de décider]"
            f"(#sec-{chapter}-piste-2) [sec-{chapter}-piste-2]{{.page}}.\n:::",
        ]
    write(
        folder,
        "summary",
        [
            typed("# Synthèse {#sec-synthese .unnumbered}"),
            code("show_summary(edition)", "Cette synthèse inventée renvoie à tout.", *lines),
        ],
    )
    write(folder, "front", front_cells())
    write(folder, "dashboard", dashboard_cells())
    portrait = typed("# Portrait du territoire {#sec-portrait .unnumbered}\n\nInventé.")
    write(folder, "portrait", [portrait])
    for index, row in enumerate(CHAPTERS):
        other = CHAPTERS[(index + 1) % len(CHAPTERS)][0]
        write(folder, row[0], chapter_cells(row, other))
        draw_figure(figures, f"fig-{row[0]}-energie", "#2f6690")
    long_rows = "\n".join(
        f"| Indicateur inventé n° {n} au nom assez long pour passer à la ligne | {n}{NB}000 kg "
        f"| au 31 octobre {YEAR} | source inventée, l. {n} | dérivé |"
        for n in range(1, 61)
    )
    for name in ("portrait", *(row[0] for row in CHAPTERS)):
        title = typed(f"# Calculs : {name} {{#sec-annexes-calculs-{name}}}")
        write(folder, f"calculs-{name}", [title, code("show_trails(edition)", "Inventés.")])
    for name in sorted({*BEFORE, *AFTER} - {"annexes", "dashboard"}):
        label = {"sources": "provenance", "missing": "lacunes"}.get(name, name)
        title = name.replace("_", "-")  # no emphasis
        write(folder, name, [typed(f"# Annexe {title} {{#sec-annexes-{label}}}\n\nInventée.")])
    write(
        folder,
        "annexes",
        [
            typed("# Annexes {#sec-annexes}"),
            typed("## Sources et calculs {#sec-annexes-calculs}\n\nTous les nombres : inventés."),
            code(
                "show_trails(edition)",
                "| Indicateur | Valeur | Période | Source | Origine |\n|---|---:|---|---|---|\n"
                f"{long_rows}\n\n: Tous les indicateurs de l’édition. {{#tbl-annexes-indicateurs}}",
                f"Le @tbl-annexes-indicateurs complète le @tbl-{CHAPTERS[0][0]}-faits.",
            ),
        ],
    )
