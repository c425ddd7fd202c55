"""What the register of discrepancies keeps is what the report says everywhere.

Each of its rows is held here: by words that no text may hold, by a value, or (``READINGS``) by
what only a reader can judge. A new row has to be put in one of them.
"""

import re
from collections.abc import Iterator

import pandas as pd
import pytest

from analysis.base.paths import locate_dossier
from analysis.compute.indicators import load_edition
from analysis.model.schema import CHECK_KIND
from analysis.show.charts.sentences import list_sentences

#: Row of the register → words of the reading that was not kept.
FORBIDDEN = {
    "solde-tepcv": r"395[\s\u202f]?000",
    "deux-totaux": r"toutes les dépenses|dépenses totales|dépenses (de La Porte du Hainaut|"
    r"de l’agglomération)\b(?! pour)|dans les dépenses$|\}\} des dépenses(?! (des politiques|"
    r"réelles))",
    "base-part-tourisme": r"tourisme dans les dépenses$",
    "credits-paiement": r"[Cc]rédits de paiement",
    "antenne-site-minier": r"antennes? à ouvrir|prévoit d’ouvrir",
    "adap-communes": r"bâtiments de l’agglomération et des communes\b(?! volontaires)",
    "periode-plh": r"PLH 2017-2020",
    "batiments-passifs": r"passif",
    "symbole-co2": r"CO²",
    "nom-escautpont": r"Escoutpont",
    "nom-lourches": r"\bLouches",
    "nom-roeulx": r"Roeulx",
    "nom-avesnes-le-sec": r"Avesne-le",
    "nom-saint-amand": r"Amand-les Eaux",
    # the site has this name, the commune has not
    "nom-wallers": r"(?<!site minier de )(?<!antenne de )(?<!moyennes à )(?<!automne à )"
    r"Wallers-Arenberg",
    "nom-porte-du-hainaut": r"Porte de Hainaut|\bla Porte du Hainaut",
    "nom-scarpe-escaut": r"Escout\b|PNRSE",
    "nom-douaisis": r"Douvais",
    "nom-padd": r"[Pp]lan d’[Aa]ménagement",
    "nom-bilan-2015": r"Bilan Énergie|BEGES\b.*Énergie",
    "nom-programme-regional": r"programme régional pour la performance",
    "nom-directions": r"Immobilier d’[Ee]ntreprises|Direction Développement Durable|"
    r"Direction Cohésion|Direction Systèmes",
    "nom-comite-hygiene": r"comité d’hygiène(?!, de sécurité et)",
    "nom-comites-paritaires": r"paritaire",
    "nom-pierres-blanches": r"\bZI\b|^Zone des Pierres|la zone des Pierres",
    "nom-douchy": r"Douchy(?!-les-Mines)",
    "nom-pacte": r"[Pp]acte [ÉEé]nergie",
    "nom-quartiers-prioritaires": r"quartiers? [Pp]olitiques? de la [Vv]ille",
    "nom-declaration-rio": r"\bRio\b",
    "nom-vrd": r"VRD (?!,)(?!Espaces)\w|Espaces verts et Parc matériel",
    "nom-services": r"commandes publiques|Direction générale\b|Affaires générales",
    "nom-renouvellement-urbain": r"Programme National de R",
    "nom-odd": r"aussi nommés? Agenda",
    "glossaire-ccas": r"Caisse Centrale",
    "glossaire-gpec": r"Prévisionnelle de l’Emploi",
    "glossaire-plie": r"pour l’Insertion et pour l’Emploi",
    "glossaire-formes": r"CLÉA|CUI, CAE",
    "glossaire-ugap": r"Groupements d’Achat Public",
    "glossaire-siaved": r"Inter Arrondissement",
    "coquilles": r"structures compétences|quelque que|décroiser|(?<!é)co-responsabilité",
    "coquilles-accords": r"tourisme d’affaire\b|Signes Français|labélisé|bon de commande|"
    r"débat du budget|poteaux incendies",
    "graphies": r"plateforme|[ée]coresponsab|[Aa]ppels? à projet\b|Conseil de développement",
    "sommaire-partie-c": r"Actions programmées à court terme",
    "sommaire-plan-patrimonial": r"[Pp]lan stratégique patrimonial",
    "sommaire-producteurs": r"diversification de leur activité",
    "nom-rapport": r"rapport développement durable annuel",
}

#: Row of the register → reference, value kept.
VALUES = {
    "solde-tepcv-sommaire": ("tepcv-solde", 392_000),
    "depenses-totales": ("depenses-totales", 73_400_000),
    "part-tourisme": ("part-depenses-tourisme", 100 * 1.89 / 73.4),
    "versements-par-habitant": ("versements-communes-par-habitant", 313),
    "evolution-effectif": ("evolution-agents", -2.5),
    "budget-plie": ("plie-budget-autres", 90_000),
    "depenses-dechets": ("depenses-dechets", 19_700_000),
    "dechets-perimetre": ("depenses-dechets", 19_700_000),
    "criteres-dotation-solidarite": ("dsc-part-autres-criteres", 10),
    "solidarite-postes": ("solidarite-communautaire-detaillee", 16_200_000),
    "depenses-communes": ("versements-communes", 50_050_000),
    "logements-prives-pig": ("logements-prives-ameliores", 145),
    "renovations-parc-social": ("renovations-parc-social", 128),
    "quartiers-etudes": ("quartiers-etudes-renovation", 2),
    "quartiers-habitat": ("quartiers-renovation-habitat", 4),
    "elements-demarche": ("elements-demarche", 5),
    "actions-appel-projets": ("contrat-ville-actions-programmees", 179),
    "halles": ("halles-realisees:cible", 23),
    "parcs-enquetes": ("parcs-enquetes", 4),
    "visiteurs-made-in-hainaut": ("visiteurs-made-in-hainaut", 5_000),
    "pays-agenda-2030": ("agenda-2030-pays-signataires", 173),
    "travaux-arenberg": ("travaux-arenberg", 6_200_000),
    "vehicules-electriques": ("vehicules-electriques", 2),
    "pcaet-seuil": ("seuil-pcaet", 50_000),
    "padd-objectifs": ("padd-objectifs", 2),
    "postes-informatiques": ("postes-informatiques", 350),
    "devisu": ("devisu-chercheurs", 30),
    "nom-commissions": ("conseil-dev-commissions", 2),
}

#: Rows that no words and no number hold: dates, statuses and double passages, left to a reader.
READINGS = """
    dechets-date-transfert clauses-marches plan-investissement renovation-saint-amand-date
    qualite-air poteaux-incendie padd-adoption reseau-chaleur sante-mentale gemapi-statut
    trame-verte-bleue guide-producteurs liaison-vignoble directions-scarpe
    nom-renovation-saint-amand titre-chapitre-viii titres-finalites glossaire-palme
    glossaire-inutiles glossaire-manques phrase-repetee renovation-comptee-deux-fois
    reseau-chaleur-trois-fois sommaire-titre-vi sommaire-partie-d sommaire-pistes-climat
    sommaire-pistes-biodiversite sommaire-pistes-production sommaire-ordre hors-taxes
    lignes-devisu periodes-inegales clea-periode strategie-numerique-adoption adap-lots
    nom-parcs-zones nom-convention-peuplement mediatheque-trith-deux-fois calendrier-deux-fois
    sommaire-titres
""".split()

#: Printed titles and names, and what quotes the source to say what it lacks.
SAID = {
    "actions": ("title", "partners", "summary"),
    "planned": ("title", "summary"),
    "improvements": ("title", "summary"),
    "milestones": ("title",),
    "places": ("name",),
    "policies": ("title",),
    "ratings": ("reason",),
    "indicators": ("title", "definition", "producer"),
    "services": ("name",),
    "sections": ("title",),
    "chapters": ("title", "short_title"),
    "glossary": ("long",),
    "not_comparable": ("reason",),
}


def list_texts(edition) -> Iterator[tuple[str, str]]:
    """Everything written that the report shows, with where it stands."""
    for name, columns in SAID.items():
        frame: pd.DataFrame = getattr(edition, name)
        for column in columns:
            for row, text in zip(frame.iloc[:, 0], frame[column], strict=True):
                yield f"{name} {row} {column}", text
    for chapter, sections in edition.texts.items():
        for heading, text in sections.items():
            yield f"{chapter} {heading}", text
    for spec in edition.charts:
        entries = [spec, *spec.get("items", []), *spec.get("panels", [])]
        entries += [entry for entry in spec.values() if isinstance(entry, dict)]
        for entry in entries:
            for column in ("finding", "unit", "note", "label", "others"):
                for sentence in list_sentences(entry.get(column) or ""):
                    yield f"charts {spec['id']} {column}", sentence["say"]


def test_every_row_of_the_register_is_held(published):
    held = [*FORBIDDEN, *VALUES, *READINGS]
    assert len(held) == len(set(held))
    assert set(held) == set(published.discrepancies["id"])


@pytest.fixture(scope="module")
def texts(published) -> list[tuple[str, str]]:
    """Those of the edition and of the one before it, which has the same source."""
    before = load_edition(locate_dossier(), published.earlier)
    return [*list_texts(published), *list_texts(before)]


@pytest.mark.parametrize("discrepancy", FORBIDDEN)
def test_no_text_says_what_was_not_kept(texts, discrepancy):
    wrong = re.compile(FORBIDDEN[discrepancy], re.MULTILINE)
    assert [f"{place}: {text}" for place, text in texts if wrong.search(text)] == []


@pytest.mark.parametrize("discrepancy", VALUES)
def test_the_value_kept_is_the_value_given(published, discrepancy):
    reference, kept = VALUES[discrepancy]
    assert published.value(reference).value == pytest.approx(kept)


def test_a_number_without_source_serves_no_calculation_and_is_said_to_be_the_reports(published):
    id = "agenda-2030-pays-signataires"
    assert published.catalogue[id]["title"].endswith(", selon le rapport")
    assert id not in set(published.key_figures["indicator"])
    assert not any(f"{{{id}" in formula for formula in published.indicators["formula"])
    for place, text in list_texts(published):
        for sentence in re.split(r"(?<=\.)\s", text):
            assert f"{{{{{id}" not in sentence or "selon le rapport" in sentence, place


def test_an_open_branch_is_counted_and_a_planned_one_is_not(published):
    value = published.value("antennes-office-tourisme")
    assert (value.value, value.status) == (1, "définitif")
    summary = published.actions.set_index("id")["summary"]["tourisme-patrimoine"]
    assert "antenne du site minier est ouverte, une antenne mobile est prévue" in summary


def test_two_populations_are_not_compared(published):
    """313 and 222 € are printed side by side; 50,05 M€ for 157 910 inhabitants are but a check."""
    printed = published.value("versements-communes-par-habitant")
    national = published.value("versements-par-habitant-moyenne-nationale@france")
    assert (printed.value, national.value) == (313, 222)
    assert published.value("ecart-versements-moyenne-nationale").value == 91
    assert published.value("ecart-relatif-versements-moyenne-nationale").value == pytest.approx(
        100 * 91 / 222
    )
    check = published.catalogue["versements-communes-par-habitant-recalcules"]
    assert check["kind"] == CHECK_KIND


def test_one_obligation_has_one_attainment(published):
    """Six of at least eleven agents, 3,2 % for 6 %: the share of a share is said once, in the table
    of targets."""
    attained = published.progress.set_index("indicator")["attained_pct"]["taux-agents-handicapes"]
    assert attained == pytest.approx(100 * (6 / 190) / 0.06)
    others = [
        id
        for id, entry in published.catalogue.items()
        if "{agents-handicapes}" in entry["formula"] and entry["unit"] == "pourcent"
    ]
    assert others == ["taux-agents-handicapes"]
