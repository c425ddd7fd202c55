"""Every table of ``data/raw``: its file, its columns in order, its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from analysis.model.schema.columns import COLUMNS, COST_KINDS, Column, list_precisions

Place = Literal["root", "reference", "year"]


@dataclass(frozen=True)
class Table:
    """A raw table. ``key``: columns that may not repeat. ``may_be_empty``: header alone is right.

    ``history``: read from every year folder up to the edition's, not only from the edition's own.
    ``ordered``: pairs of number columns, the first of which may not exceed the second.
    ``optional``: a folder without this file is right, the table is then empty.
    """

    name: str
    place: Place
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    may_be_empty: bool = False
    history: bool = False
    ordered: tuple[tuple[str, str], ...] = ()
    optional: bool = False

    @property
    def header(self) -> list[str]:
        """Names of the columns in the order of the file."""
        return [column.name for column in self.columns]

    @property
    def read_columns(self) -> tuple[Column, ...]:
        """Columns of the table as it is read: how precisely dates are known stands beside them."""
        return (*self.columns, *list_precisions(self.columns))

    def column(self, name: str) -> Column:
        """The column of a name."""
        return next(column for column in self.columns if column.name == name)

    def file(self, year: int | None = None) -> str:
        """Path of the table below ``raw/``."""
        folder = {"root": "", "reference": "reference/", "year": f"{year}/"}[self.place]
        return f"{folder}{self.name}.csv"


def _table(
    name: str,
    place: Place,
    header: str,
    key: str,
    but: dict[str, dict[str, Any]] | None = None,
    **rules: Any,
) -> Table:
    columns = tuple(COLUMNS[part].but(**(but or {}).get(part, {})) for part in header.split(","))
    if rules.get("optional"):
        rules["may_be_empty"] = True
    return Table(name, place, columns, tuple(key.split(",")), **rules)


_SOURCED = {"source": {"required": True}, "locator": {"required": True}}
_POLICY = {
    "refers": ("policies.id",),
    "optional": True,
    "note": "L’identifiant dans policies.csv ; vide : aucune.",
}
_ANY_ACTION = {"refers": ("actions.id", "planned.id", "improvements.id")}

#: Kind of what is computed only to check a printed figure: no chapter shows it, the annexes do.
CHECK_KIND = "contrôle"
INDICATOR_KINDS = ("moyens", "réalisation", "résultat", "impact", "contexte", CHECK_KIND)

#: What a source is; a judgement is that of whoever prepared the data.
JUDGEMENT = "jugement"
DOCUMENT = "document"
SOURCE_KINDS = (DOCUMENT, "données", "formulaire", "rédaction", JUDGEMENT)

#: What a target is; an objective where nothing is said.
TARGET_KINDS = OBJECTIVE, DUTY, PROGRAMME, AID = (
    "objectif",
    "obligation légale",
    "programme",
    "aide à utiliser",
)

#: The two levels of objectives below a finality, and how far each has come.
STRATEGIC, OPERATIONAL = OBJECTIVE_LEVELS = ("stratégique", "opérationnel")
OBJECTIVE_STATUSES = ADOPTED, WRITTEN, PROPOSED = (
    "adopté",
    "écrit dans un document",
    "proposé",
)

#: What a requirement of the law is about: the report itself, or another paper.
ON_REPORT, BESIDE = LEGAL_KINDS = ("rapport", "autre document")
#: What a document is that a report rests on.
USED_KINDS = (
    "évaluation",
    "bilan",
    "diagnostic",
    "plan",
    "contrat",
    "rapport",
    "enquête",
    "étude",
    "audit",
    "tableau de bord",
)
#: Stages of an account.
ACCOUNT_STAGES = (
    "budget primitif",
    "budget supplémentaire",
    "décision modificative",
    "compte administratif",
    "compte financier unique",
)
#: Of a line that serves all the finalities at once.
CROSS_CUTTING = "transversal"

#: What two places of a published report may disagree on.
DISCREPANCY_KINDS = (
    "montant",
    "calcul",
    "effectif",
    "périmètre",
    "date",
    "nom",
    "statut",
    "doublon",
    "sommaire",
)

#: What stands, or is to stand, in a commune that an action names, and how far it is.
PLACE_KINDS = (
    "halle",
    "producteur",
    "parc",
    "quartier",
    "habitat",
    "bâtiment",
    "équipement",
    "culture",
    "sport",
    "tourisme",
    "énergie",
    "nature",
    "chemin",
    "transport",
    "commerce",
    "entreprise",
    "service",
)
#: A milestone « abandonné » was announced and will not be.
MILESTONE_STATUSES = ("fait", "en cours", "prévu", "abandonné")
PLACE_STATUSES = ("réalisé", "en cours", "prévu", "étudié")

#: Kinds of the passages of a chapter to which a reviewer's remark may point.
PASSAGE_KINDS = ("valeur", "phrase", "titre", "source", "graphique", "tableau", "formule")
UNSETTLED, SETTLED = REMARK_STATES = ("ouverte", "levée")

#: The page that stands for the report as a whole: its text, its key figures.
WHOLE = "sommaire"

#: The page about the territory itself: context indicators belong to it, and charts may.
PORTRAIT = "portrait"

#: Notebooks besides the chapters that a reviewer reads, and what they are called.
REVIEWED_PAGES = {
    "front": "Page d’accueil",
    "summary": "Synthèse",
    PORTRAIT: "Portrait du territoire",
    "changes": "Ce qui a changé",
    "digital": "Stratégie numérique responsable",
    "agenda": "Agenda 2030",
    "grid": "Grille d’analyse des politiques",
    "objectives": "Objectifs et indicateurs",
    "whole_life": "Coût global",
    "budget": "Le budget par finalité et par axe",
    "law": "Ce que la loi demande",
    "glossary": "Glossaire",
    "annexes": "Lire les annexes",
    "contributions": "Contributions aux objectifs de l’Agenda 2030",
    "targets": "Objectifs et valeurs à ne pas comparer",
    "checks": "Vérifications",
    "missing": "Données manquantes",
    "ratings": "Notes de la grille et leurs raisons",
    "sources": "Sources et fichiers",
    "dashboard": "Tableau de bord",
}

#: The pages besides the chapters that a text or a requirement may send to, by the label of their
#: heading.
PAGE_ANCHORS = {
    "sec-agenda-2030": "agenda",
    "sec-budget-croise": "budget",
    "sec-cout-global": "whole_life",
    "sec-grille": "grid",
    "sec-loi": "law",
    "sec-strategie-numerique": "digital",
    "sec-objectifs": "objectives",
}

_ALL = [
    _table(
        "sources",
        "root",
        "id,kind,file,title,producer,publication,licence,accessed,remark,published,sha256,url",
        "id",
        but={
            "kind": {"required": False, "codes": SOURCE_KINDS, "optional": True},
            "sha256": {
                "note": "Du document dont les lignes sont numérotées.",
                "pattern": r"[0-9a-f]{64}",
                "pattern_words": "ce que « make document » a écrit, 64 chiffres hexadécimaux",
                "optional": True,
            },
        },
    ),
    _table("finalities", "reference", "id,order,title,short_title", "id"),
    _table(
        "finality_wordings",
        "reference",
        "finality,wording,valid_from,valid_to,legal_text,called",
        "finality,valid_from",
    ),
    # What the law asks of the report, then of what else is due around the same session.
    _table(
        "legal",
        "reference",
        "id,order,kind,title,legal_text,article,inhabitants,budget_from,budget_to,certainty,"
        "read_to,verified_on,met,anchor,source,note",
        "id",
        but={"kind": {"codes": LEGAL_KINDS}, "legal_text": {"required": False}},
        ordered=(("budget_from", "budget_to"),),
        optional=True,
    ),
    _table("approach", "reference", "id,order,title,short_title,elements", "id"),
    _table(
        "sections",
        "reference",
        "id,kind,order,letter,title",
        "id,kind",
        but={"kind": {"codes": ("finalité", "démarche")}},
    ),
    _table("sdgs", "reference", "number,title", "number"),
    _table(
        "services",
        "reference",
        "id,name,kind,parent,answers_for",
        "id",
        but={
            "kind": {"codes": ("direction", "service", "pôle", "instance", "organisme associé")},
            "parent": {"refers": ("services.id",)},
        },
    ),
    _table(
        "elements",
        "reference",
        "id,order,title,chapter",
        "id",
        but={"chapter": {"refers": ("approach.id",)}},
        optional=True,
    ),
    _table(
        "policies",
        "reference",
        "id,order,title,chapter,services,indicator,source,locator",
        "id",
        but={
            **_SOURCED,
            "indicator": {
                "required": False,
                "note": "Ses dépenses d’un exercice. Vide : montant inconnu.",
            },
        },
        optional=True,
    ),
    _table("payers", "reference", "id,name", "id"),
    # The axes of the annex « impact du budget pour la transition écologique »; « axis_3 » of the
    # accounts is the one of order 3.
    _table(
        "budget_axes",
        "reference",
        "id,order,title,title_certainty,from_fiscal_year,scope,certainty,source,locator",
        "id",
        but=_SOURCED,
        optional=True,
    ),
    _table("units", "reference", "id,singular,plural,symbol", "id"),
    _table("territories", "reference", "id,name,kind", "id"),
    _table(
        "indicators",
        "reference",
        "id,title,unit,kind,measure,direction,chapter,action,definition,producer,precision,formula,"
        "estimate,minimum,maximum,asked,asked_of,asked_period",
        "id",
        but={"kind": {"codes": INDICATOR_KINDS}, "definition": {"required": True}},
        ordered=(("minimum", "maximum"),),
    ),
    # A whole may be broken down in several ways, each with its own rule of addition.
    _table(
        "parts",
        "reference",
        "whole,breakdown,part,addition",
        "whole,breakdown,part",
        may_be_empty=True,
    ),
    _table("glossary", "reference", "short,long,source,locator", "short", may_be_empty=True),
    # A commune that left and came back, or took another name, has a row for each.
    _table(
        "communes", "reference", "insee,name,member_from,member_to,area_km2", "insee,member_from"
    ),
    _table(
        "population",
        "reference",
        "insee,vintage,municipal,total",
        "insee,vintage",
        but={"insee": {"refers": ("communes.insee",)}},
    ),
    # Counts of the producer, each rounded by itself: parts may exceed their whole by some units.
    _table(
        "census",
        "reference",
        "insee,vintage,population,pop_0_19,pop_20_64,pop_65_plus,dwellings,main_residences,"
        "secondary_residences,vacant_dwellings,houses,flats",
        "insee,vintage",
        but={"insee": {"refers": ("communes.insee",)}},
        optional=True,
    ),
    # Rates and published breakdowns are national: any territory may use them.
    _table(
        "discount_rates",
        "reference",
        "id,title,rate_pct,decided_on,producer,certainty,source,locator,note",
        "id",
        but=_SOURCED,
        optional=True,
    ),
    _table(
        "cost_breakdowns",
        "reference",
        "breakdown,name,order,title,share_pct,indicator,territory,period_end,certainty,source,locator,note",
        "breakdown,order",
        but={
            **_SOURCED,
            "name": {"note": "De ce dont le coût global est ainsi réparti."},
            "indicator": {"required": False, "note": "Celui dont cette part est la valeur."},
            "territory": {"required": False, "note": "De cette valeur ; vide : le territoire."},
        },
        optional=True,
    ),
    _table("digit_names", "reference", "text,reason", "text", may_be_empty=True),
    _table(
        "credits",
        "reference",
        "role,name,detail,source,locator",
        "role,name,detail,source",
        may_be_empty=True,
        but={
            "source": {"optional": True, "note": "Œuvre créditée ; vide : ce rapport."},
            "locator": {"optional": True},
        },
    ),
    _table(
        "actions",
        "year",
        "id,chapter,section,order,title,services,services_source,partners,summary,policy,"
        "policy_source,source,locator",
        "id",
        but={**_SOURCED, "policy": _POLICY},
        may_be_empty=True,  # of a first edition
    ),
    # What is judged of a policy or an action: an element of the approach, at each of its moments.
    _table(
        "ratings",
        "year",
        "subject,criterion,moment,rating,reason,evidence,author,date,reader,reader_rating,"
        "reader_reason,reader_date,source,locator",
        "subject,criterion,moment",
        but={
            **_SOURCED,
            "reason": {"required": False},
            "date": {"required": True},
        },
        optional=True,
    ),
    _table(
        "observations",
        "year",
        "indicator,territory,period_start,period_end,value,unit,qualifier,status,source,locator,"
        "note,basis",
        "indicator,territory,period_start,period_end",
        but={**_SOURCED, "status": {"codes": ("définitif", "provisoire", "prévisionnel")}},
        may_be_empty=True,
        history=True,
    ),
    _table(
        "budget",
        "year",
        "indicator,action,policy,nature,stage,amount_eur,qualifier,payer,fiscal_year,"
        "fiscal_year_end,source,locator,note,basis",
        "indicator,fiscal_year,fiscal_year_end",
        but={**_SOURCED, "action": {"refers": ("actions.id", "planned.id")}},
        may_be_empty=True,
        history=True,
    ),
    # A line of a budget or of its accounts (M57), as the finance software exports it, then what the
    # services say of it.
    _table(
        "accounts",
        "year",
        "budget,fiscal_year,stage,budget_section,flow,movement,account,function,operation,label,"
        "amount_eur,policy,finality,axis_1,axis_2,axis_3,axis_4,axis_5,axis_6,reason,rated_by,"
        "rating_source,source,locator",
        "budget,fiscal_year,stage,budget_section,flow,movement,account,function,operation,label",
        but={
            **_SOURCED,
            "fiscal_year": {"required": True},
            "stage": {"codes": ACCOUNT_STAGES},
            "policy": {"optional": True, "note": "Vide : rattachée à aucune."},
            "finality": {
                "required": False,
                "besides": (CROSS_CUTTING,),
                "optional": True,
                "note": f"« {CROSS_CUTTING} » : toutes à la fois ; vide : rattachée à aucune.",
            },
            "reason": {"required": False, "optional": True},
        },
        optional=True,
    ),
    _table(
        "targets",
        "year",
        "indicator,entry,kind,value,value_of,qualifier,date,duration_years,baseline,baseline_date,"
        "counted,title,owner,perimeter,lag_months,resolution,baseline_source,baseline_locator,"
        "source,locator,note",
        "indicator,entry,date",
        but={
            **_SOURCED,
            "indicator": {"required": False},
            "entry": {"refers": ("milestones.id", "planned.id"), "optional": True},
            "kind": {"required": False, "codes": TARGET_KINDS, "optional": True},
            "value": {"required": False},
            "value_of": {"refers": ("indicators.id",), "optional": True},
            "qualifier": {"required": False},
            "duration_years": {"optional": True},
            "counted": {"refers": ("indicators.id",), "optional": True},
            "perimeter": {"optional": True},
            "title": {
                "required": False,
                "optional": True,
                "note": "Le nom de l’objectif dans une phrase (« Plantation d’arbres ») ; vide :"
                " l’intitulé de l’indicateur ou de l’étape.",
            },
        },
        may_be_empty=True,
    ),
    _table(
        "objectives",
        "year",
        "id,chapter,parent,kind,order,title,document,owner,status,source,locator,note",
        "id",
        but={
            **_SOURCED,
            "parent": {
                "refers": ("objectives.id",),
                "note": "L’objectif stratégique d’un objectif opérationnel.",
            },
            "kind": {"codes": OBJECTIVE_LEVELS},
            "status": {"codes": OBJECTIVE_STATUSES},
        },
        optional=True,
    ),
    # What measures or serves an objective, and who says that it does.
    _table(
        "objective_links",
        "year",
        "objective,linked,source,locator",
        "objective,linked",
        but=_SOURCED,
        optional=True,
    ),
    _table(
        "planned",
        "year",
        "id,chapter,order,title,summary,due_start,due_end,action,services,services_source,policy,"
        "policy_source,status,source,locator",
        "id",
        but={
            **_SOURCED,
            "policy": _POLICY,
            "status": {"codes": ("programmée", "en cours")},
            "summary": {"prose": "line"},  # it stands in a table of the report
        },
        may_be_empty=True,
    ),
    _table(
        "improvements",
        "year",
        "id,chapter,order,title,summary,parent,status,first_edition,source,locator,"
        "decider,needs,due,cost,decision_source,decision_locator",
        "id",
        but={
            **_SOURCED,
            "due": {"required": False, "optional": True, "note": "Vide : à préciser."},
            "parent": {"refers": ("improvements.id", "actions.id", "planned.id")},
            "status": {"codes": ("proposée", "décidée", "programmée", "en cours")},
        },
        may_be_empty=True,
    ),
    _table(
        "milestones",
        "year",
        "id,chapter,action,title,date_start,date_end,status,source,locator",
        "id",
        but={**_SOURCED, "action": _ANY_ACTION, "status": {"codes": MILESTONE_STATUSES}},
        may_be_empty=True,
    ),
    # What an action brings to a sustainable development goal: why, by how much.
    _table(
        "contributions",
        "year",
        "action,goal,reason,indicator,source,locator,basis",
        "action,goal",
        but={
            **_SOURCED,
            "action": {"required": True, "refers": ("actions.id", "planned.id")},
            "reason": {"prose": "line", "note": "En quoi l’action y contribue, en une phrase."},
            # A whole reference, as in statements.
            "indicator": {"required": False, "refers": (), "note": "Vide : rien ne dit combien."},
        },
        optional=True,
    ),
    # The communes that the source names with an action; a place on several has a row for each. The
    # commune is checked by the dossier, which knows the names and who is a member.
    _table(
        "places",
        "year",
        "action,insee,kind,name,status,source,locator,note",
        "action,insee,name",
        but={
            **_SOURCED,
            "action": {"required": True, "refers": ("actions.id", "planned.id")},
            "insee": {"pattern": ""},
            "kind": {"codes": PLACE_KINDS},
            "status": {"required": False, "codes": PLACE_STATUSES},
        },
        optional=True,
    ),
    # A project whose whole-life cost is compared between options.
    _table(
        "projects",
        "year",
        "id,order,title,chapter,action,services,area_m2,area_kind,period_years,price_year,taxes,"
        "rate,assumptions,source,locator",
        "id",
        but={
            **_SOURCED,
            "chapter": {"required": False},
            "action": _ANY_ACTION,
            "taxes": {"optional": True},
        },
        optional=True,
    ),
    _table(
        "project_options",
        "year",
        "project,id,order,title,note",
        "project,id",
        optional=True,
    ),
    _table(
        "project_costs",
        "year",
        "project,option,category,item,kind,quantity,unit,unit_price_eur,amount_eur,amount_low_eur,"
        "amount_high_eur,first_year,last_year,life_years,drift_pct,carbon_kg,carbon_source,source,"
        "locator,basis,note",
        "project,option,item,first_year",
        but={
            **_SOURCED,
            "kind": {"codes": COST_KINDS, "note": "Renouvellement : tous les tant d’ans."},
            "unit": {"required": False, "note": "De la quantité."},
            "amount_eur": {
                "required": False,
                "minimum": 0,
                "note": "De l’année des prix, chaque fois qu’il revient ; vide : la quantité"
                " multipliée par le prix unitaire.",
            },
        },
        ordered=(("amount_low_eur", "amount_high_eur"), ("first_year", "last_year")),
        optional=True,
    ),
    # The evaluations, reports and plans of which the edition is the synthesis.
    _table(
        "documents_used",
        "year",
        "id,title,kind,obligation,producer,publication,chapters,source,locator,basis,note",
        "id",
        but={**_SOURCED, "kind": {"codes": USED_KINDS}},
        optional=True,
    ),
    # The review of the responsible digital strategy, for the budgets that need it.
    _table(
        "digital",
        "year",
        "id,order,block,theme,title,summary,indicator,service,source,locator",
        "id",
        but={
            **_SOURCED,
            "summary": {"required": False, "prose": "line"},
            "indicator": {"required": False},
            "service": {"required": False},
        },
        optional=True,
    ),
    _table(
        "statements",
        "year",
        "id,locator,printed_value,unit,precision,indicator,note",
        "id",
        # A statement names a whole reference (id, territory, modifier): checked with references.
        but={"indicator": {"refers": ()}, "locator": {"required": True}},
        may_be_empty=True,
    ),
    _table(
        "gaps",
        "year",
        "id,chapter,action,title,description,source,locator",
        "id",
        but={**_SOURCED, "action": _ANY_ACTION},
        may_be_empty=True,
    ),
    _table(
        "discrepancies",
        "year",
        "id,kind,title,printed,locator,computed,kept,reason,statement,control",
        "id",
        but={"kind": {"codes": DISCREPANCY_KINDS}, "locator": {"required": True}},
        may_be_empty=True,
    ),
    # What is asked of the services for an edition. A form knows an indicator by its id alone.
    _table(
        "requests",
        "year",
        "indicator,territory,service,period_start,period_end,due,guess",
        "indicator",
        but={"due": {"precision": ""}},
        optional=True,
    ),
    # What became of an action, a short-term action or an improvement of this edition or an earlier
    # one (checked by the dossier, which alone sees the other editions).
    _table(
        "followups",
        "year",
        "id,state,new_due,note,source,locator,proposed_text,proposed_dates",
        "id",
        but=_SOURCED,
        optional=True,
    ),
    # Values of earlier editions that this one replaces, and what they replace.
    _table(
        "revisions",
        "year",
        "indicator,territory,period_start,period_end,former_value,value,former_source,"
        "former_locator,source,locator",
        "indicator,territory,period_start,period_end",
        but=_SOURCED,
        optional=True,
    ),
    _table(
        "not_comparable",
        "year",
        # Each value is a whole reference, as in statements: checked with references.
        "id,first,second,reason,locator",
        "id",
        but={"locator": {"required": True}},
        optional=True,
    ),
    _table(
        "key_figures",
        "reference",
        "chapter,order,indicator",
        "chapter,indicator",
        but={"chapter": {"besides": (WHOLE,)}},
        may_be_empty=True,
    ),
    # The sentences of the first page, where the analyst chose them.
    _table(
        "key_messages",
        "year",
        "id,order,rubric,sentence,when,about",
        "id",
        optional=True,
    ),
    # What reviewers say of an edition: checked with its data, part of none (``is_review_file``).
    _table(
        "remarks",
        "year",
        "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by,answered_on",
        "id",
        but={
            "chapter": {"besides": tuple(REVIEWED_PAGES)},
            "kind": {
                "required": False,
                "codes": PASSAGE_KINDS,
                "description": "nature du passage visé ; vide : le chapitre entier",
            },
            "remark": {"required": True, "published": False},
            "date": {"precision": "", "description": "date de la remarque"},
            "state": {"codes": REMARK_STATES, "description": "état de la remarque"},
        },
        optional=True,
    ),
    _table(
        "reviews",
        "year",
        "chapter,reviewer,date,digest",
        "chapter,reviewer,date,digest",
        but={
            "chapter": {"besides": (PORTRAIT,)},
            "reviewer": {"required": True, "description": "qui a signé"},
            "date": {"required": True, "precision": "", "description": "date de la signature"},
        },
        optional=True,
    ),
]

TABLES: dict[str, Table] = {table.name: table for table in _ALL}

#: What was signed of a chapter (``<year>/reviews/<chapter>.csv``): its pieces, with digests of
#: their words without their numbers.
SIGNED_CONTENT = Table(
    "signed_content",
    "year",
    (
        COLUMNS["kind"].but(codes=PASSAGE_KINDS),
        COLUMNS["key"].but(required=True),
        COLUMNS["mark"],
        COLUMNS["section"].but(required=False, refers=(), published=False),
        COLUMNS["text"].but(required=True, prose="prose", published=False),
        COLUMNS["wording"].but(description="empreintes des mots, sans les nombres", required=False),
    ),
    ("kind", "key"),
)

#: A source document, line by line, or its outline alone, without texts (``DOCUMENTS_FOLDER``):
#: rows where a heading begins or the page is known, and the last line.
DOCUMENT_LINES = Table(
    "document",
    "root",
    (
        COLUMNS["line"].but(description="ligne du document", required=True, minimum=1),
        COLUMNS["level"],
        COLUMNS["heading"],
        COLUMNS["basis"].but(
            description="qui dit que c’est un titre : le document (écrit), ou une règle (déduit)",
            note="Vide : écrit.",
        ),
        COLUMNS["page"],
        COLUMNS["sheet"],
        COLUMNS["text"].but(
            description="texte de la ligne", required=False, published=False, optional=True
        ),
    ),
    ("line",),
)
#: The folder of ``raw/`` that holds it, under the id of its source.
DOCUMENTS_FOLDER = "documents"

#: Columns shown in the report that may hold references but no typed digit.
REFERRING = {
    "actions": ("summary",),
    "planned": ("summary",),
    "improvements": ("summary", "needs", "cost"),
    "not_comparable": ("reason",),
    "places": ("name",),
    "contributions": ("reason",),
    "digital": ("summary",),
    "ratings": ("evidence",),
    "key_messages": ("sentence",),
}

#: Pages of the report that are no chapter, yet may have a text or charts.
PAGES = (WHOLE, PORTRAIT, "annexes")

#: Indicators computed from population.csv, by the column that they add up.
POPULATION_INDICATORS = {"population-municipale": "municipal", "population-totale": "total"}
#: Inhabitants (total population) above which the law asks for this report.
LEGAL_THRESHOLD = 50_000
#: The one counted from communes.csv.
MEMBERS_INDICATOR = "communes-membres"
#: Indicators that nobody types and nobody is asked for.
COMPUTED_INDICATORS = (*POPULATION_INDICATORS, MEMBERS_INDICATOR)

#: Headings that each chapter's text must have, in order.
TEXT_HEADINGS = ("Enjeu", "Analyse", "Synthèse")
