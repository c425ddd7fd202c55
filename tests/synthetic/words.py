"""What a made-up territory talks about: subjects of actions, things counted, names of communes.

Nothing here is true of any territory.
"""

from __future__ import annotations

from typing import NamedTuple


class Subject(NamedTuple):
    """What an action is about: « la rénovation des logements », with its article."""

    slug: str
    name: str

    @property
    def of(self) -> str:
        """« de la rénovation des logements », « du tri »."""
        for article, contracted in (("les ", "des "), ("le ", "du ")):
            if self.name.startswith(article):
                return contracted + self.name.removeprefix(article)
        return f"de {self.name}"


def _subjects(text: str) -> tuple[Subject, ...]:
    pairs = (line.split(":") for line in text.strip().splitlines())
    return tuple(Subject(slug.strip(), name.strip()) for slug, name in pairs)


#: Sorts of places that an action may name, and the beginning of their name.
PLACES = (
    ("bâtiment", "Rénovation au titre"),
    ("nature", "Parcelle réservée au titre"),
    ("service", "Permanence au titre"),
    ("équipement", "Local ouvert au titre"),
)
#: Subjects of each chapter of reference/finalities.csv and approach.csv.
SUBJECTS = {
    "climat": _subjects("""
        isolation : l’isolation des bâtiments
        eclairage : l’éclairage public
        covoiturage : le covoiturage
        chaleur : le réseau de chaleur
        conseil-energie : le conseil en énergie
        velos : la flotte de vélos
        solaire : la production solaire"""),
    "biodiversite": _subjects("""
        haies : les haies champêtres
        zones-humides : les zones humides
        vergers : les vergers communaux
        rivieres : les berges des rivières
        trame-noire : la trame noire
        sols : la qualité des sols
        forets : les lisières forestières"""),
    "epanouissement": _subjects("""
        lecture : la lecture publique
        piscines : les piscines
        concerts : les concerts de saison
        sante : la maison de santé
        espace-jeunes : l’accueil des jeunes
        musees : les petits musées
        numerique : la médiation numérique"""),
    "cohesion": _subjects("""
        insertion : l’insertion par l’emploi
        quartiers : le contrat des quartiers
        logement-aide : le logement aidé
        accessibilite : l’accessibilité des lieux publics
        solidarite : la solidarité entre communes
        egalite : l’égalité professionnelle
        aines : le soutien aux aînés"""),
    "production-consommation": _subjects("""
        tri : le tri des déchets
        compost : le compostage partagé
        marches-durables : les achats responsables
        circuits-courts : les circuits courts
        reemploi : les ateliers de réemploi
        papier : la sobriété en papier
        parcs : les parcs d’activité"""),
    "pilotage": _subjects("""
        transversalite : la transversalité des services
        mutualisation : la mutualisation des moyens
        revue-projets : la revue de projets
        formation : la formation des agents"""),
    "participation": _subjects("""
        conseil-developpement : le conseil de développement
        ateliers : les ateliers d’habitants
        consultations : les consultations en ligne
        communes-associees : l’association des communes"""),
    "evaluation": _subjects("""
        tableaux-bord : les tableaux de bord
        enquetes : les enquêtes d’usage
        bilan : le bilan annuel
        amelioration : l’amélioration continue"""),
}  # fmt: skip

#: Of a chapter that the reference tables have and this file does not know.
OTHER_SUBJECTS = _subjects("""
    essais : les essais
    exemples : les exemples
    modeles : les modèles
    epreuves : les épreuves""")  # fmt: skip


class Verb(NamedTuple):
    """How an action takes up its subject."""

    slug: str
    name: str


VERBS = (
    Verb("developper", "Développer"),
    Verb("evaluer", "Évaluer"),
    Verb("ouvrir", "Ouvrir"),
    Verb("partager", "Partager"),
    Verb("prolonger", "Prolonger"),
)

#: Units of units.csv that things are counted in, with the head of an indicator's title.
COUNTED = (
    ("logement", "Logements"),
    ("personne", "Personnes"),
    ("enfant", "Enfants"),
    ("visiteur", "Visiteurs"),
    ("demande", "Demandes"),
    ("projet", "Projets"),
    ("batiment", "Bâtiments"),
    ("entreprise", "Entreprises"),
    ("arbre", "Arbres"),
    ("evenement", "Événements"),
    ("consultation", "Consultations"),
    ("foyer", "Foyers"),
)
#: Units of constants, with the head of their title.
CONSTANTS = (
    ("mois", "Durée prévue"),
    ("an", "Délai entre deux bilans"),
    ("heure", "Temps d’accueil par semaine"),
)

COMMUNE_HEADS = (
    "Aubépine", "Bruyère", "Charme", "Digitale", "Érable", "Fougère", "Genêt", "Houx", "Iris",
    "Jonc", "Lierre", "Mélèze", "Noisetier", "Orme", "Prunelle", "Roseau", "Saule", "Tilleul",
)  # fmt: skip
COMMUNE_TAILS = ("l’Inventée", "en-Fiction", "sous-Essai")

THEMES = (
    ("energie", "de l’énergie"),
    ("habitat", "de l’habitat"),
    ("environnement", "de l’environnement"),
    ("culture", "de la culture"),
    ("sport", "du sport"),
    ("emploi", "de l’emploi"),
    ("dechets", "des déchets"),
    ("finances", "des finances"),
    ("personnel", "du personnel"),
    ("numerique", "du numérique"),
    ("voirie", "de la voirie"),
    ("tourisme", "du tourisme"),
)
#: Kinds of services: code of the schema, start of the id, start of the name.
SERVICE_KINDS = (
    ("direction", "direction", "Direction"),
    ("service", "service", "Service"),
    ("organisme associé", "syndicat", "Syndicat"),
    ("instance", "commission", "Commission"),
)

PARTNERS = ("Communes membres", "État", "Région inventée", "Associations inventées", "Écoles")

#: Acronyms: initials of a head, of « inventé », of a tail; every initial is used once a list.
ACRONYM_HEADS = ("Plan", "Schéma", "Contrat", "Observatoire", "Réseau", "Atelier")
ACRONYM_TAILS = (
    ("E", "de l’énergie"), ("L", "du logement"), ("B", "de la biodiversité"),
    ("M", "de la mobilité"), ("F", "de la formation"), ("T", "du tourisme"),
    ("Q", "des quartiers"), ("Z", "des zones humides"),
)  # fmt: skip

EFFECT_REASONS = (
    "L’action y concourt directement, dans cet exemple inventé.",
    "Un effet indirect est attendu, dans cet exemple inventé.",
    "Les publics visés en profitent, dans cet exemple inventé.",
)
SETBACK_REASON = "Les travaux de l’exemple inventé consomment des matériaux."

#: Kind, title, what is printed, what is kept.
DISCREPANCIES = (
    ("nom", "Nom écrit de deux façons", "Deux graphies du même nom.", "La plus fréquente."),
    ("date", "Date qui diffère d’une page à l’autre", "Deux dates.", "Celle du compte rendu."),
    ("périmètre", "Périmètre non précisé", "Un mot pour deux périmètres.", "Le plus étroit."),
    ("statut", "Statut donné de deux façons", "Dit achevé, puis en cours.", "Le plus récent."),
    ("sommaire", "Sommaire différent du texte", "Le sommaire abrège.", "Le corps du texte."),
)
