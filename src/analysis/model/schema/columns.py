"""Every column of ``data/raw`` and of ``data/processed``, defined once: type, French description,
what it may hold. A table that needs a column to be stricter narrows it with ``but``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from analysis.model.partial_dates import restore_precision

Kind = Literal["text", "list", "number", "integer", "date", "flag"]
#: pandas type of each kind of column; missing text is the empty string.
DTYPES = {
    "text": "str",
    "list": "str",
    "number": "float64",
    "integer": "Int64",
    "date": "datetime64[s]",
    "flag": "bool",
}
#: How a text is read: « code », compared with others; « plain », shown letter by letter; « prose »,
#: paragraphs of a small Markdown (``smallmarkdown``); « line », that of one line of a table.
Writing = Literal["code", "plain", "prose", "line", ""]

QUALIFIERS = ("exact", "environ", "près de", "plus de", "moins de", "au moins", "au plus")
#: What became of an action, then of a short-term action or an improvement.
FOLLOWUP_STATES = (
    "se poursuit", "achevée", "abandonnée", "faite", "en cours", "reportée",
    "proposée", "décidée", "programmée",
)  # fmt: skip
#: What is said of an entry carried over from an earlier edition of which no service said anything.
UNCONFIRMED = "reprise sans confirmation"
#: What a service writes when a text or dates still hold.
STILL_RIGHT = "exact"
#: How often a service is asked for a value; once: until it is known for good, with its date.
EVERY_YEAR, ONCE, NEVER = ASKED = ("chaque année", "une fois", "jamais")
#: What the first page says, in its order.
IMPROVES, DECLINES, IS_UNKNOWN, TO_DECIDE = RUBRICS = (
    "progresse", "recule", "inconnu", "à décider",
)  # fmt: skip
#: How a fact is known; a reader is told of all but the first that it is to be checked.
TEXT_READ, SECOND_HAND, INFERRED, FROM_MEMORY = CERTAINTIES = (
    "texte lu", "source secondaire", "déduit", "de mémoire",
)  # fmt: skip
#: What a project costs over its life, in the order of its life.
COST_CATEGORIES = (
    "études", "acquisition", "travaux", "énergie", "eau", "nettoyage", "exploitation",
    "maintenance", "renouvellement", "fin de vie", "externalités",
    "subvention", "recettes", "valeur résiduelle",
)  # fmt: skip
#: Tools of the report for all of which a service answers, whatever its actions.
ASKED_TOOLS = ("comptes", "numérique", "documents", "objectifs", "projets")
#: How often a cost comes back.
ONE_TIME, YEARLY, RENEWED = COST_KINDS = ("une fois", "chaque année", "renouvellement")
#: What a review of a digital strategy is made of; no text lists it.
MEASURED = "indicateur"
DIGITAL_BLOCKS = (
    "état de la stratégie", MEASURED, "mesure", "moyen", "écart", "année suivante",
)  # fmt: skip
#: Objectives that the decree says a digital strategy may have.
DIGITAL_THEMES = (
    "achats locaux et durables", "cycle de vie des équipements", "écoconception des services",
    "formation des agents et des élus", "inclusion numérique", "territoire connecté et durable",
)  # fmt: skip
#: What a policy or an action does to a finality: five steps, then what is no step. « Neutre » was
#: judged; « mixte » has effects both ways, which do not cancel; « non évalué » is none of these.
VERY_GOOD, GOOD, NEUTRAL, BAD, VERY_BAD = STEPS_OF_RATING = (
    "très favorable", "favorable", "neutre", "défavorable", "très défavorable",
)  # fmt: skip
MIXED, OFF_TOPIC, UNRATED = "mixte", "sans objet", "non évalué"
FINALITY_RATINGS = (*STEPS_OF_RATING, MIXED, OFF_TOPIC, UNRATED)
#: How far an element of the approach is there, at each moment of a policy.
ELEMENT_RATINGS = ("absent", "commencé", "partiel", "complet", OFF_TOPIC, UNRATED)
#: Every rating of the grid, once.
RATINGS = tuple(dict.fromkeys((*FINALITY_RATINGS[:-2], *ELEMENT_RATINGS)))
#: What is said of a cell as a whole: a rating of the policy's own, else what those of its actions
#: have in common.
ACTIONS_GOOD, ACTIONS_BAD, ACTIONS_BOTH, ACTIONS_NEUTRAL, ACTIONS_ALONE = BY_ACTIONS = (
    "actions favorables", "actions défavorables", "actions des deux sens", "actions neutres",
    "notes de ses actions",
)  # fmt: skip
MOMENTS = ("élaboration", "mise en œuvre", "évaluation")
#: What a line of investment does on an axis of the annex « impact du budget pour la transition
#: écologique ». Nobody looked at an empty cell; « hors champ »: the annex does not count the line.
NOT_RATED, OUT_OF_SCOPE = "non coté", "hors champ"
AXIS_RATINGS = (GOOD, NEUTRAL, MIXED, BAD, NOT_RATED, OUT_OF_SCOPE)
#: What the axes rate of the accounts: real spending on investment.
INVESTMENT, REAL, SPENT, RECEIVED = "investissement", "réel", "dépense", "recette"
#: Numbers of the axes.
AXES = (1, 2, 3, 4, 5, 6)
#: Ids name files and pages: none too long for a path, none that Windows keeps to itself.
ID = r"(?!.{81})(?!(?:con|prn|aux|nul|com\d|lpt\d)$)[a-z0-9]+(-[a-z0-9]+)*"
INSEE = r"\d[0-9AB]\d{3}"


@dataclass(frozen=True)
class Column:
    """A column: its type, whether a cell may be empty, what it may hold.

    ``refers`` names the keys (``table.column``) among which a code must be found, ``besides`` the
    codes that no table holds; ``pattern`` must match the whole cell, ``pattern_words`` say what is
    expected; ``minimum`` bounds a number from below. ``prose``: a text that is no plain one.
    ``precision`` names the column that says how precisely a date is known; without one, to the day.
    ``note`` is what a reader of the open data must know besides the description. ``optional``: a
    file without this column is right, its cells are then empty. ``published``: it may stand in the
    report, whose fonts must have its characters.
    """

    name: str
    description: str
    kind: Kind = "text"
    required: bool = False
    codes: tuple[str, ...] = ()
    refers: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    pattern: str = ""
    pattern_words: str = ""
    minimum: float | None = None
    prose: Literal["", "prose", "line"] = ""
    note: str = ""
    optional: bool = False
    precision: str = ""
    published: bool = True

    @property
    def starts(self) -> bool:
        """Whether a date begins a period: known to its month or year, it is that one's first day,
        else the last."""
        return self.name.endswith("_start")

    @property
    def writing(self) -> Writing:
        """How its text is read; '' for numbers and dates."""
        if self.kind not in ("text", "list"):
            return ""
        if self.codes or self.refers or self.pattern:
            return "code"
        return self.prose or "plain"

    def read_date(self, cells: Mapping[str, Any]) -> date | None:
        """The date of a row of a frame, as precisely as it is known; ``cells``: the row."""
        day = cells[self.name]
        if day is None or day != day:  # NaT
            return None
        known = date(day.year, day.month, day.day)
        return restore_precision(known, cells.get(self.precision, ""), self.starts)

    def but(self, **changes: Any) -> Column:
        """The same column with some rules changed (a code list, whether it is required…)."""
        return replace(self, **changes)


_ID_WORDS = (
    "un identifiant en minuscules sans accents, mots séparés par des tirets ; 80 caractères au"
    " plus, aucun des noms que Windows garde pour lui (con, nul, aux…)"
)
_YEAR_WORDS = "une année comme 2017"
_CHAPTERS = ("finalities.id", "approach.id")
_IN_UNIT = "Dans l’unité de l’indicateur."
_PRECISIONS = (
    "« jour », « mois », « saison » ou « année » ; « année/jour » où la fin est connue autrement "
    "que le début. Rien de plus fin n’est affirmé."
)


def _tell_value(side: str, value: str, period: str) -> tuple[Column, ...]:
    """What is known of a value of two: its period, its qualifier, its status."""
    precision = f"{side}_period_precision"
    return (
        Column(f"{side}_start", f"début de {period}", "date", precision=precision),
        Column(f"{side}_end", f"fin de {period}", "date", precision=precision),
        Column(precision, f"précision des dates de {period}", note=_PRECISIONS),
        Column(f"{side}_qualifier", f"réserve de {value} : exact, environ, plus de…"),
        Column(f"{side}_status", f"état de {value} : définitif, provisoire, prévisionnel"),
    )


_ALL = [
    # identity
    Column("id", "identifiant stable", required=True, pattern=ID, pattern_words=_ID_WORDS),
    Column("order", "rang d’affichage", "integer", required=True, minimum=1),
    Column("number", "numéro de l’objectif de développement durable", "integer", required=True,
           minimum=1),
    Column("title", "intitulé lu par le public", required=True),
    Column("short_title", "intitulé court", required=True),
    Column("name", "nom", required=True),
    Column("kind", "nature", required=True),
    Column("letter", "lettre de la section", pattern=r"[A-Z]", pattern_words="une lettre capitale"),
    Column("elements", "éléments de démarche, séparés par « | »", "list"),
    Column("parent", "service, piste ou objectif de rattachement"),
    Column("answers_for", "ce dont le service répond pour tout le territoire, séparé par « | » :"
           f" {', '.join(ASKED_TOOLS)}", "list", optional=True,
           pattern=rf"({'|'.join(ASKED_TOOLS)})( *\| *({'|'.join(ASKED_TOOLS)}))*",
           pattern_words=f"{', '.join(f'« {tool} »' for tool in ASKED_TOOLS)}, séparés par « | »"),
    Column("singular", "unité au singulier", required=True),
    Column("plural", "unité au pluriel", required=True),
    Column("symbol", "symbole de l’unité, si on en écrit un"),
    Column("text", "nom qui contient un chiffre", required=True),
    Column("short", "sigle", required=True),
    Column("long", "sigle développé", required=True),
    Column("role", "rôle dans la publication", required=True),
    Column("detail", "précision"),
    # provenance
    Column("file", "fichier(s) de data/raw, avec * pour plusieurs", "list"),
    Column("publication", "date ou année de publication"),
    Column("licence", "licence"),
    Column("accessed", "date de consultation"),
    Column("url", "adresse où la source se lit", pattern=r"https?://\S+", optional=True),
    Column("remark", "remarque"),
    Column("source", "source (sources.csv)", refers=("sources.id",)),
    Column("locator", "endroit dans la source"),
    Column("published", "si le texte du document peut être publié", codes=("oui", "non"),
           optional=True, note="Vide : non ; seul son plan est publié."),
    Column("level", "niveau du titre : 1 pour un chapitre", "integer", minimum=1),
    Column("heading", "titre qui commence à cette ligne", published=False),
    Column("page", "page imprimée où se trouve la ligne, telle que le document la numérote"),
    Column("sheet", "rang de cette page dans le fichier", "integer", minimum=1),
    Column("services_source", "qui associe ces services à l’action (sources.csv), si ce n’est pas "
           "la source de la ligne", "list", refers=("sources.id",), optional=True,
           note="Une source pour tous les services, ou une pour chacun, dans leur ordre."),
    Column("policy_source", "qui rattache l’action à la politique (sources.csv), si ce n’est pas"
           " la source de la ligne", refers=("sources.id",), optional=True),
    Column("basis", "ce qui est écrit dans la source, ou déduit par la rédaction",
           codes=("écrit", "déduit"), optional=True,
           note="Déduit : la note dit ce que la source n’écrit pas. Vide : écrit."),
    Column("note", "note de lecture"),
    # wordings
    Column("finality", "finalité", required=True, refers=("finalities.id",)),
    Column("wording", "libellé de la finalité", required=True),
    Column("legal_text", "texte juridique : loi, code, décret", required=True),
    Column("valid_from", "début de validité", "date"),
    Column("valid_to", "fin de validité", "date"),
    Column("called", "nom que la loi donne aux cinq ensemble", codes=("finalités", "engagements"),
           optional=True),
    # what the law asks for
    Column("article", "article, ou numéro du texte"),
    Column("inhabitants", "population totale au-dessus de laquelle le texte s’applique", "integer",
           minimum=0, note="Vide : quelle que soit la population."),
    Column("budget_from", "premier budget concerné (année)", "integer",
           pattern_words=_YEAR_WORDS),
    Column("budget_to", "dernier budget concerné (année)", "integer", pattern_words=_YEAR_WORDS),
    Column("read_to", "dernier budget pour lequel le texte a été lu (année)", "integer",
           pattern_words=_YEAR_WORDS, note="Au-delà, l’exigence est à vérifier."),
    Column("certainty", "comment l’exigence est connue", required=True, codes=CERTAINTIES,
           note="Seul un texte lu est affirmé ; le reste est dit « à vérifier »."),
    Column("verified_on", "jour où le texte a été lu", "date"),
    Column("met", "ce qui, dans l’édition, remplit l’exigence", published=False,
           note="Des conditions liées par « et » ; vide : le dossier ne peut le dire."),
    Column("anchor", "étiquettes des passages du rapport, séparées par « | »", "list"),
    # the documents that an edition rests on
    Column("obligation", "si un texte prescrit le document", codes=("prescrit", "volontaire"),
           note="Vide : la source ne le dit pas."),
    Column("chapters", "chapitres qui s’en servent", "list", refers=_CHAPTERS),
    # the digital strategy
    Column("block", "partie du bilan", required=True, codes=DIGITAL_BLOCKS),
    Column("theme", "objectif que le décret propose", codes=DIGITAL_THEMES,
           note="Vide : un autre objectif, ou toute la stratégie."),
    # places
    Column("insee", "code INSEE de la commune", required=True, pattern=INSEE,
           pattern_words="un code INSEE de cinq caractères (zéro initial compris)"),
    Column("member_from", "date d’adhésion, ou premier jour sous ce nom", "date"),
    Column("member_to", "dernier jour d’adhésion, ou dernier jour sous ce nom", "date"),
    Column("area_km2", "superficie en km²", "number", minimum=0),
    Column("vintage", "millésime de la population, ou du recensement", "integer", required=True,
           pattern_words=_YEAR_WORDS),
    Column("municipal", "population municipale", "number", minimum=0),
    Column("total", "population totale", "number", minimum=0),
    Column("population", "habitants au recensement", "number", required=True, minimum=0),
    Column("pop_0_19", "dont habitants de 0 à 19 ans", "number", minimum=0),
    Column("pop_20_64", "dont habitants de 20 à 64 ans", "number", minimum=0),
    Column("pop_65_plus", "dont habitants de 65 ans et plus", "number", minimum=0),
    Column("dwellings", "logements au recensement", "number", minimum=0),
    Column("main_residences", "dont résidences principales", "number", minimum=0),
    Column("secondary_residences", "dont résidences secondaires et logements occasionnels",
           "number", minimum=0),
    Column("vacant_dwellings", "dont logements vacants", "number", minimum=0),
    Column("houses", "dont maisons", "number", minimum=0),
    Column("flats", "dont appartements", "number", minimum=0),
    Column("territory", "territoire ou commune (code INSEE)", required=True,
           refers=("territories.id", "communes.insee")),
    # the catalogue
    Column("unit", "unité (units.csv)", required=True, refers=("units.id",)),
    Column("measure", "flux, stock ou taux", required=True, codes=("flux", "stock", "taux")),
    Column("direction", "sens souhaité", required=True, codes=("hausse", "baisse", "neutre")),
    Column("definition", "définition en une phrase"),
    Column("producer", "producteur du chiffre"),
    Column("precision", "pas d’arrondi à l’affichage", "number", required=True, minimum=1e-9,
           note=_IN_UNIT),
    Column("formula", "formule d’un indicateur dérivé", note="Les indicateurs y sont entre "
           "accolades : {indicateur@territoire:modificateur}."),
    Column("estimate", "« oui » pour une estimation", codes=("oui",),
           optional=True, note="Ce qui est calculé à partir d’une estimation en est une."),
    Column("minimum", "borne basse plausible d’une valeur", "number", note=_IN_UNIT),
    Column("maximum", "borne haute plausible d’une valeur", "number", note=_IN_UNIT),
    Column("asked", "si la valeur est demandée aux services", codes=ASKED, optional=True,
           note="Vide pour un indicateur calculé."),
    Column("asked_of", "service à qui elle est demandée (services.csv)", refers=("services.id",),
           optional=True, note="Vide : le service de l’action."),
    Column("asked_period", "période demandée, N étant l’année de l’édition", optional=True),
    # wholes and parts, values not to be compared
    Column("whole", "indicateur du tout (indicators.csv)", required=True,
           refers=("indicators.id",)),
    Column("breakdown", "découpage du tout", required=True, pattern=ID,
           pattern_words=_ID_WORDS),
    Column("part", "indicateur de la partie (indicators.csv)", required=True,
           refers=("indicators.id",)),
    Column("addition", "ce que font ensemble les parties du découpage", required=True,
           codes=("égale", "au plus", "aucune")),
    Column("first", "première valeur (renvoi à un indicateur)", required=True),
    Column("second", "seconde valeur (renvoi à un indicateur)", required=True),
    # chapters and actions
    Column("chapter", "chapitre", required=True, refers=_CHAPTERS),
    Column("section", "section (sections.csv)", required=True, refers=("sections.id",)),
    Column("services", "services, séparés par « | »", "list", refers=("services.id",)),
    Column("partners", "partenaires, séparés par « | »", "list"),
    Column("summary", "résumé en une à trois phrases", required=True, prose="prose"),
    Column("goal", "objectif de développement durable (sdgs.csv)", "integer", required=True,
           refers=("sdgs.number",)),
    Column("action", "action (actions.csv)", refers=("actions.id",)),
    # the grid of policies
    Column("subject", "ce qui est noté : politique, action, action à court terme ou piste",
           required=True, refers=tuple(f"{table}.id" for table in (
               "policies", "actions", "planned", "improvements"))),
    Column("criterion", "au regard de quoi : finalité, ou élément de démarche", required=True,
           refers=("finalities.id", "elements.id")),
    Column("moment", "moment de la politique, pour un élément de démarche", codes=MOMENTS,
           optional=True),
    Column("rating", "note", required=True, codes=RATINGS),
    Column("evidence", "ce qui le montre : document, chiffre (renvoi), fait", prose="line",
           optional=True),
    Column("author", "qui note", required=True),
    Column("reader", "second lecteur, autre que l’auteur", optional=True),
    Column("reader_rating", "note du second lecteur", codes=RATINGS, optional=True),
    Column("reader_reason", "raison du second lecteur", optional=True),
    Column("reader_date", "date de la seconde lecture", "date", optional=True),
    Column("reason", "raison", required=True),
    Column("description", "description", required=True),
    Column("printed", "ce qui est imprimé dans la source", required=True),
    Column("computed", "ce que donne le calcul, ou l’autre endroit de la source"),
    Column("kept", "lecture que le rapport retient", required=True),
    Column("statement", "chiffre imprimé concerné (statements.csv)", refers=("statements.id",)),
    Column("control", "contrôle dont l’alerte est expliquée"),
    Column("due_start", "début prévu", "date", precision="due_precision"),
    Column("due_end", "fin prévue", "date", precision="due_precision"),
    Column("due_precision", "précision de l’échéance, ou du début et de la fin prévus",
           note=_PRECISIONS),
    Column("date_start", "début", "date", precision="date_precision"),
    Column("date_end", "fin", "date", precision="date_precision"),
    Column("date_precision", "précision de la date, ou du début et de la fin", note=_PRECISIONS),
    Column("status", "état", required=True),
    Column("first_edition", "première édition où la piste figure", "integer",
           pattern_words=_YEAR_WORDS),
    # objectives
    Column("objective", "objectif (objectives.csv)", required=True, refers=("objectives.id",)),
    Column("linked", "ce qui mesure ou sert l’objectif : un indicateur, une action, une action à"
           " court terme, une piste", required=True, refers=tuple(
               f"{table}.id" for table in ("indicators", "actions", "planned", "improvements"))),
    Column("document", "document où l’objectif est écrit", note="Vide : aucun document connu."),
    Column("owner", "service ou instance qui en répond (services.csv)", refers=("services.id",),
           optional=True, note="Vide : personne n’est nommé."),
    # what a proposal needs to be decided
    Column("decider", "qui en déciderait", optional=True, note="Vide : à préciser."),
    Column("needs", "ce qu’il faut pour en décider ou pour le faire", prose="line", optional=True,
           note="Vide : à préciser."),
    Column("cost", "coût, économie ou aide, si on en sait quelque chose", prose="line",
           optional=True, note="Vide : à préciser."),
    Column("decision_source", "qui dit ce qui précède (sources.csv), si ce n’est pas la source de"
           " la ligne", "list", refers=("sources.id",), optional=True,
           note="Une source pour toutes les cellules remplies, ou une pour chacune, dans l’ordre :"
           " qui décide, ce qu’il faut, échéance, coût."),
    Column("decision_locator", "endroit dans cette source", "list", optional=True,
           note="Un endroit pour chaque source."),
    # the first page
    Column("rubric", "rubrique de la première page", required=True, codes=RUBRICS),
    Column("sentence", "phrase de la première page", prose="line",
           note="Vide : celle que le programme compose."),
    Column("when", "ce qui doit être vrai pour que la phrase soit dite", published=False,
           note="Une condition, comme dans charts.yml."),
    Column("about", "ce dont parle la phrase : un indicateur, une piste, une lacune, une action",
           required=True, refers=tuple(f"{table}.id" for table in (
               "indicators", "improvements", "gaps", "actions", "planned", "milestones"))),
    # whole-life cost
    Column("rate_pct", "taux d’actualisation réel, hors inflation, en % par an", "number",
           required=True, minimum=0),
    Column("decided_on", "date de la décision", "date", precision="date_precision"),
    Column("share_pct", "part du coût global, en %", "number", required=True, minimum=0),
    Column("project", "projet (projects.csv)", required=True, refers=("projects.id",)),
    Column("option", "option du projet (project_options.csv)", refers=("project_options.id",),
           note="Vide : le coût est celui de toutes les options du projet."),
    Column("area_m2", "surface en m²", "number", minimum=1),
    Column("area_kind", "quelle surface : dans œuvre, utile, de plancher…",
           codes=("SDO", "SU", "SDP", "SHON", "SHAB")),
    Column("period_years", "durée du calcul, en années", "integer", required=True, minimum=1),
    Column("price_year", "année des prix : tous les montants sont en euros de cette année",
           "integer", required=True, minimum=1900, pattern_words=_YEAR_WORDS),
    Column("taxes", "montants hors taxes (HT) ou toutes taxes comprises (TTC)",
           codes=("HT", "TTC")),
    Column("rate", "taux d’actualisation (discount_rates.csv)", required=True,
           refers=("discount_rates.id",)),
    Column("assumptions", "hypothèses de dérive des prix, et ce qui les fonde"),
    Column("category", "catégorie de coût", required=True, codes=COST_CATEGORIES,
           note="Subvention, recettes et valeur résiduelle viennent en déduction : leurs montants"
           " sont saisis positifs."),
    Column("item", "poste de coût", required=True),
    Column("quantity", "quantité", "number", minimum=0),
    Column("unit_price_eur", "prix unitaire, en euros par unité", "number", minimum=0),
    Column("amount_low_eur", "montant le plus bas plausible, en euros", "number", minimum=0,
           optional=True),
    Column("amount_high_eur", "montant le plus haut plausible, en euros", "number", minimum=0,
           optional=True),
    Column("first_year", "année de la première dépense, comptée du début du calcul (0)", "integer",
           minimum=0, note="Vide : 0 pour une dépense faite une fois, 1 pour une dépense de chaque"
           " année, la durée de vie pour un renouvellement."),
    Column("last_year", "dernière année d’une dépense répétée", "integer", minimum=0,
           optional=True, note="Vide : la dernière de la durée du calcul."),
    Column("life_years", "durée de vie : un renouvellement revient tous les tant d’ans", "integer",
           minimum=1),
    Column("drift_pct", "dérive réelle du prix, au-delà de l’inflation, en % par an", "number",
           note="Vide : 0."),
    Column("carbon_kg", "émissions en kg de CO₂ équivalent par unité de quantité", "number",
           optional=True),
    Column("carbon_source", "source de ces émissions (sources.csv)", refers=("sources.id",),
           optional=True),
    # the yearly collection
    Column("service", "service interrogé (services.csv)", required=True, refers=("services.id",)),
    Column("due", "date limite de la réponse, ou de la décision", "date", required=True,
           precision="due_precision"),
    Column("state", "suite donnée", required=True, codes=FOLLOWUP_STATES),
    Column("new_due", "nouvelle échéance", "date", precision="new_due_precision"),
    Column("new_due_precision", "précision de la nouvelle échéance", note=_PRECISIONS),
    Column("guess", "ce qui est supposé de la demande, et pourquoi", optional=True),
    Column("proposed_text", "ce que le service dit du résumé : « exact », ou le texte corrigé",
           optional=True),
    Column("proposed_dates", "ce que le service dit des dates : « exact », ou les dates corrigées",
           optional=True),
    Column("carried_from", "édition antérieure d’où la ligne est reprise telle quelle (année)",
           "integer"),
    Column("followup", "suite dite par un service cette année, ou « reprise sans confirmation »",
           note="Vide pour ce que cette édition décrit pour la première fois, ou de nouveau."),
    Column("text_from", "édition antérieure dont la ligne a gardé le texte, sans que son service"
           " l’ait dit exact cette année", "integer"),
    Column("history", "ce qu’une piste est devenue, d’édition en édition"),
    Column("planned", "action à court terme dont l’étape dit la date (planned.csv)"),
    # reviewers
    Column("key", "ce qui est visé : renvoi, graphique, tableau, rang du paragraphe"),
    Column("mark", "repère du passage dans la copie relue"),
    Column("quote", "le passage tel qu’il était à la relecture", published=False),
    Column("reviewer", "qui relit", published=False),
    Column("answer", "réponse de l’analyste", published=False),
    Column("answered_by", "qui répond, ou qui lève la remarque", published=False),
    Column("answered_on", "date de la réponse", "date"),
    Column("digest", "empreinte du contenu signé, écrite par « make review »", required=True,
           pattern=r"sha256:[0-9a-f]{16}",
           pattern_words="ce que « make review » a écrit, comme « sha256:0123456789abcdef »"),
    # values
    Column("indicator", "indicateur (indicators.csv)", required=True, refers=("indicators.id",)),
    Column("period_start", "début de la période", "date", precision="period_precision"),
    Column("period_end", "fin de la période, ou date de l’état", "date",
           precision="period_precision"),
    Column("period_precision", "précision des dates de la période", note=_PRECISIONS),
    Column("date", "échéance, ou jour d’une note", "date", precision="date_precision"),
    Column("baseline", "point de départ d’où se compte la part atteinte d’un objectif", "number",
           note=_IN_UNIT),
    Column("baseline_date", "date du point de départ", "date", precision="baseline_date_precision"),
    Column("baseline_date_precision", "précision de la date du point de départ", note=_PRECISIONS),
    Column("value", "valeur", "number", required=True, note=_IN_UNIT),
    Column("former_value", "valeur remplacée", "number", required=True),
    Column("former_source", "source de la valeur remplacée (sources.csv)",
           refers=("sources.id",)),
    Column("former_locator", "endroit de la valeur remplacée dans sa source"),
    Column("qualifier", "exact, environ, plus de…", required=True, codes=QUALIFIERS),
    Column("policy", "politique publique"),
    Column("nature", "nature du montant", required=True,
           codes=("crédits de paiement", "fonctionnement", "investissement",
                  "autorisation de programme", "subvention", "coût", "total")),
    Column("stage", "étape du montant", required=True,
           codes=("prévu", "engagé", "réalisé", "sollicité", "obtenu", "stade non précisé")),
    Column("amount_eur", "montant en euros", "number", required=True),
    Column("payer", "financeur (payers.csv)", required=True, refers=("payers.id",)),
    Column("fiscal_year", "exercice", "integer", pattern_words=_YEAR_WORDS),
    Column("fiscal_year_end", "dernier exercice d’un montant pluriannuel", "integer",
           pattern_words=_YEAR_WORDS),
    # the accounts
    Column("budget", "budget : principal, ou le nom d’un budget annexe", optional=True,
           note="Vide : le budget principal."),
    Column("budget_section", "section du budget", required=True,
           codes=("fonctionnement", INVESTMENT)),
    Column("flow", "dépense ou recette", required=True, codes=(SPENT, RECEIVED)),
    Column("account", "compte par nature (M57)", required=True, pattern=r"\d+",
           pattern_words="un numéro de compte, comme 2151"),
    Column("movement", "mouvement réel ou d’ordre", required=True, codes=(REAL, "ordre"),
           note="Les mouvements d’ordre ne comptent dans aucun total."),
    Column("function", "fonction (M57)", pattern=r"\d[0-9-]*",
           pattern_words="un numéro de fonction, comme 020 ou 758"),
    Column("operation", "opération d’équipement ou autorisation de programme", optional=True),
    Column("label", "libellé de la ligne"),
    *(Column(f"axis_{n}", f"cotation sur l’axe {n} (budget_axes.csv)", codes=AXIS_RATINGS,
             optional=True, note="Vide : personne ne l’a encore regardé.") for n in AXES),
    Column("rated_by", "qui a rattaché et coté la ligne", optional=True),
    Column("rating_source", "qui la rattache à une politique et à une finalité, et la cote"
           " (sources.csv), si ce n’est pas la source de la ligne", refers=("sources.id",),
           optional=True),
    Column("from_fiscal_year", "premier exercice pour lequel c’est demandé", "integer",
           pattern_words=_YEAR_WORDS, note="Vide : on ne le sait pas."),
    Column("scope", "ce qui est à coter", prose="line"),
    Column("title_certainty", "comment l’intitulé est connu", required=True, codes=CERTAINTIES),
    Column("printed_value", "valeur imprimée", "number", required=True, note=_IN_UNIT),
    # computed values
    Column("origin", "« observé » (relevé par l’analyste) ou « dérivé » (calculé par une formule)"),
    Column("rank", "rang de la période : 0 la valeur de référence, 1 la précédente…", "integer",
           note="−1 : valeur absente alors qu’une autre est connue, ou postérieure à l’édition."),
    Column("missing", "pourquoi la valeur n’est pas donnée"),
    Column("edition", "édition qui donne la valeur (année)", "integer"),
    Column("line", "ligne de ce fichier (0 : le fichier entier)", "integer"),
    Column("terms", "termes de la formule", "list"),
    Column("chapter_order", "rang du chapitre", "integer"),
    # comparisons of two periods
    Column("latest", "valeur de référence", "number", note=_IN_UNIT),
    *_tell_value("latest", "la valeur de référence", "la période de référence"),
    Column("precedent", "valeur précédente", "number", note=_IN_UNIT),
    *_tell_value("precedent", "la valeur précédente", "la période précédente"),
    Column("comparable", "si les deux périodes peuvent être comparées", "flag"),
    Column("reservation", "réserve sur la comparaison"),
    Column("growth_pct", "évolution en %", "number"),
    Column("difference", "écart : le recalculé, ou le plus récent, moins l’autre", "number",
           note=_IN_UNIT),
    Column("monthly_latest", "valeur de référence par mois", "number", note=_IN_UNIT),
    Column("monthly_precedent", "valeur précédente par mois", "number", note=_IN_UNIT),
    # progress towards targets
    Column("entry", "étape ou action à court terme qui est elle-même l’objectif, s’il n’a pas de"
           " nombre"),
    Column("value_of", "indicateur dont la valeur est celle à atteindre"),
    Column("baseline_source", "source du point de départ (sources.csv)", refers=("sources.id",),
           optional=True),
    Column("baseline_locator", "endroit dans cette source", optional=True),
    Column("lag_months", "mois entre la fin d’une période et le jour où sa valeur est connue",
           "number", minimum=0, optional=True),
    Column("resolution", "plus petit écart que la source de l’indicateur sait voir", "number",
           minimum=0, optional=True, note=f"{_IN_UNIT} Un écart plus petit ne dit rien."),
    Column("duration_years", "durée que la source donne, en années, si elle n’en donne pas la fin",
           "number", minimum=0),
    Column("counted", "indicateur qui compte la même chose : son objectif est dit à la place de"
           " celui-ci, qui est une part"),
    Column("target_value", "valeur à atteindre", "number", note=_IN_UNIT),
    Column("target_qualifier", "réserve de l’objectif : exact, au moins, au plus…"),
    Column("target_date", "échéance de l’objectif", "date", precision="target_date_precision"),
    Column("target_date_precision", "précision de l’échéance de l’objectif", note=_PRECISIONS),
    Column("value_date", "date de la valeur", "date", precision="value_date_precision"),
    Column("value_date_precision", "précision de la date de la valeur", note=_PRECISIONS),
    Column("distance", "objectif moins valeur", "number", note=_IN_UNIT),
    Column("aim", "ce qu’est l’objectif : plancher, plafond ou valeur visée"),
    Column("attained_pct", "part atteinte, en %", "number",
           note="De l’objectif ou, s’il y a un point de départ, du chemin de là à l’objectif. Vide"
           " pour un plafond respecté."),
    Column("observed_pace_per_year", "rythme observé, par an", "number", note=_IN_UNIT),
    Column("required_pace_per_year", "rythme nécessaire, par an", "number", note=_IN_UNIT),
    Column("years_left", "années de la valeur à l’échéance", "number"),
    Column("expected_value", "valeur où mène le rythme observé", "number",
           note=f"À l’échéance, ou au bout de la durée. {_IN_UNIT}"),
    Column("verdict", "conclusion"),
    # printed figures, controls, files
    Column("recomputed", "valeur recalculée", "number", note=_IN_UNIT),
    Column("rounded", "valeur recalculée à la précision imprimée", "number", note=_IN_UNIT),
    Column("message", "ce que le contrôle constate, avec les nombres"),
    Column("row", "ligne où la valeur est saisie"),
    Column("discrepancy", "ligne du registre qui explique l’alerte"),
    Column("bytes", "taille en octets", "integer"),
    Column("sha256", "empreinte SHA-256 (hexadécimal)"),
    # inhabitants
    Column("in_force", "jour où le millésime de la population est entré en vigueur", "date"),
    Column("compared_with", "ce à quoi le territoire est comparé", required=True,
           codes=("comparables", "toutes")),
    Column("others", "nombre des autres intercommunalités dont la valeur est connue", "integer"),
    Column("ranked", "nombre de celles qui sont rangées, le territoire compris", "integer"),
    Column("equals", "nombre de celles dont la valeur arrondie est la même", "integer"),
    Column("first_quartile", "premier quartile des autres", "number", note=_IN_UNIT),
    Column("median", "médiane des autres", "number", note=_IN_UNIT),
    Column("third_quartile", "troisième quartile des autres", "number", note=_IN_UNIT),
    Column("perimeter", "année des périmètres, au 1er janvier", "integer"),
    Column("since", "millésime d’où part l’évolution ; celui de la population s’il n’y en a pas",
           "integer"),
    Column("former", "population municipale de ce millésime", "number"),
    Column("growth_pct_per_year", "évolution moyenne par an, en % (taux composé)", "number"),
    # changes since an earlier edition
    Column("reference", "renvoi qui donne la valeur dans cette édition"),
    Column("then", "valeur donnée par l’édition antérieure", "number"),
    *_tell_value("then", "cette valeur", "sa période"),
    Column("then_kept", "valeur que cette édition donne pour la même période", "number"),
    Column("then_reference", "renvoi qui donne cette valeur dans cette édition"),
    Column("now", "valeur de référence de cette édition", "number"),
    *_tell_value("now", "la valeur de référence", "la période de référence"),
    Column("cumulative", "si les deux sont comptées depuis le même jour", "flag"),
    Column("change_qualifier", "réserve de l’évolution : exact, environ, plus de…"),
    Column("trend", "sens de l’évolution : progrès ou recul vers ce qui est voulu ; hausse ou"
           " baisse où rien n’est voulu ; stable ; vide si rien ne peut en être dit"),
    Column("former_qualifier", "réserve de la valeur remplacée"),
    Column("former_status", "état de la valeur remplacée"),
    Column("former_file", "fichier de data/raw où la valeur remplacée est saisie"),
    Column("former_line", "ligne de ce fichier", "integer"),
    Column("declared", "si revisions.csv dit que la valeur est remplacée", "flag"),
    Column("cause", "pourquoi une autre valeur : révision d’une valeur relevée, conséquence d’une"
           " révision, formule, autres termes"),
    Column("former_target", "objectif de l’édition antérieure", "number", note=_IN_UNIT),
    Column("former_date", "son échéance", "date", precision="former_date_precision"),
    Column("former_date_precision", "précision de cette échéance", note=_PRECISIONS),
    Column("former_verdict", "conclusion de l’édition antérieure"),
    Column("renewed", "si une valeur plus récente est connue", "flag"),
    Column("new_start", "début de la nouvelle période, si elle en a un", "date",
           precision="new_due_precision"),
    Column("outcome", "ce qu’est devenue l’échéance"),
    Column("table", "table où l’action ou la piste est saisie"),
    Column("overdue", "si l’échéance est passée à la fin de l’année de l’édition", "flag"),
    Column("described", "si cette édition décrit encore l’action ou la piste", "flag"),
    Column("field", "ce qui a changé dans le catalogue"),
    Column("present", "texte de cette édition"),
]  # fmt: skip

COLUMNS: dict[str, Column] = {column.name: column for column in _ALL}
assert len(COLUMNS) == len(_ALL), "a column is defined twice"


def list_precisions(columns: Iterable[Column]) -> list[Column]:
    """The columns that say how precisely the dates among ``columns`` are known."""
    return [COLUMNS[name] for name in dict.fromkeys(c.precision for c in columns) if name]
