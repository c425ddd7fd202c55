"""Every table of ``data/processed``: its columns, its key, its French title.

Some are computed; the others are raw tables as typed, a few with columns added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analysis.model.schema.columns import COLUMNS, DTYPES, Column, list_precisions
from analysis.model.schema.raw_tables import INDICATOR_KINDS, TABLES, TARGET_KINDS

#: Where a value comes from: typed by the analyst (or added up from population.csv), or a formula.
OBSERVED, DERIVED = "observé", "dérivé"
#: Kind of an edition that was never published, made of what later sources say of its year.
RECONSTITUTED = "reconstituée"
#: Columns that ``Edition.rows`` leaves out: the line where a row was typed shifts with every row
#: that comes before it, and no chapter is to be made again for that.
SHIFTING = {"values": ("line",), "controls": ("row",)}


@dataclass(frozen=True)
class ProcessedTable:
    """A table of an edition. ``raw`` names the raw tables that it comes from, apart from the
    sources that its own rows name; ``title`` and ``description`` are for readers of the open data.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    title: str = ""
    description: str = ""
    raw: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        """Names of the columns in the order of the file."""
        return [column.name for column in self.columns]

    @property
    def types(self) -> dict[str, str]:
        """pandas type of each column; a computed integer is never missing."""
        types = {column.name: DTYPES[column.kind] for column in self.columns}
        return {name: "int64" if dtype == "Int64" else dtype for name, dtype in types.items()}


_ACTION = {"refers": ("actions.id", "planned.id")}
_FILE = {"kind": "text", "description": "fichier de data/raw où la ligne est saisie"}
_RECOMPUTES = {
    "required": True,
    "refers": (),
    "description": "renvoi à l’indicateur qui recalcule le chiffre imprimé",
}


def _computed(
    name: str,
    header: str,
    key: str,
    title: str = "",
    description: str = "",
    raw: tuple[str, ...] = (),
    but: dict[str, dict[str, Any]] | None = None,
) -> ProcessedTable:
    """A computed table: what is not known is empty, except in a key without dates."""
    parts = tuple(key.split(","))
    filled = parts if all(COLUMNS[part].kind != "date" for part in parts) else ()
    columns = tuple(
        COLUMNS[column].but(**{"required": column in filled, **(but or {}).get(column, {})})
        for column in header.split(",")
    )
    columns += tuple(list_precisions(columns))
    return ProcessedTable(name, columns, parts, title, description, raw)


def _typed(
    name: str,
    title: str,
    description: str = "",
    *,
    raw: str = "",
    added: tuple[Column, ...] = (),
    but: dict[str, dict[str, Any]] | None = None,
) -> ProcessedTable:
    """A raw table as typed, with the columns ``added``."""
    table = TABLES[raw or name]
    columns = tuple(column.but(**(but or {}).get(column.name, {})) for column in table.read_columns)
    return ProcessedTable(name, columns + added, table.key, title, description, (table.name,))


#: The outline of each document whose lines are numbered: never its text.
DOCUMENTS = _computed(
    "documents",
    "source,line,level,heading,basis,page,sheet",
    "source,line",
    "Plans des documents sources",
    "Une ligne où commence un titre, où une page commence et finit, et la dernière ligne de chaque"
    " document : de quoi trouver la page et le titre d’un repère comme « l. 564 ».",
    but={
        "source": {"required": True},
        "line": {"description": "ligne du document", "minimum": 1},
        "level": {"minimum": 0, "note": "0 : aucun titre ne commence à cette ligne."},
        "sheet": {"minimum": 0, "note": "0 : le document n’a pas de pages connues."},
        "basis": {
            "description": "qui dit que c’est un titre : le document (écrit), ou une règle"
            " (déduit)",
            "note": "Vide : écrit.",
        },
    },
)
#: One row for each indicator × territory × period.
VALUES = _computed(
    "values",
    "indicator,territory,title,unit,kind,measure,direction,chapter,action,origin,value,qualifier,"
    "status,period_start,period_end,rank,precision,estimate,stage,payer,nature,policy,basis,source,"
    "locator,note,edition,file,line,formula,terms,missing",
    "indicator,territory,period_start,period_end",
    "Valeurs, relevées et calculées",
    "Une ligne par indicateur, territoire et période. Une valeur absente a sa raison dans"
    " « missing ».",
    but={
        "kind": {"codes": INDICATOR_KINDS, "required": True},
        "action": _ACTION,
        "source": {"kind": "list", "description": "sources (sources.csv), séparées par « | »"},
        "locator": {"description": "endroit dans la source, ou dans celle de chaque terme"},
        "file": _FILE,
    },
)
#: One row for each indicator × territory with at least two periods.
COMPARISONS = _computed(
    "comparisons",
    "indicator,territory,title,unit,measure,chapter,action,latest,latest_start,latest_end,"
    "latest_qualifier,latest_status,precedent,precedent_start,precedent_end,precedent_qualifier,"
    "precedent_status,comparable,reason,reservation,growth_pct,difference,monthly_latest,"
    "monthly_precedent",
    "indicator,territory",
    "Comparaisons entre deux périodes",
    "Une ligne par indicateur et territoire qui a au moins deux périodes. Aucun taux n’est donné"
    " entre deux périodes qui ne se comparent pas.",
    but={"action": _ACTION},
)
#: One row for each target.
_TARGET_COLUMNS = (
    "indicator,entry,kind,title,unit,chapter,action,target_value,target_qualifier,target_date,"
    "duration_years,aim,value,qualifier,value_date,baseline,baseline_date,distance,attained_pct,"
    "observed_pace_per_year,required_pace_per_year,years_left,expected_value,verdict,reason,counted,"
    "source,locator"
)
_TARGET_KEY = "indicator,entry,target_date"
_TARGET_RULES: dict[str, dict[str, Any]] = {
    "action": _ACTION, "indicator": {"required": False}, "kind": {"codes": TARGET_KINDS}
}  # fmt: skip
PROGRESS = _computed(
    "progress",
    _TARGET_COLUMNS,
    _TARGET_KEY,
    "Progrès vers les objectifs",
    "Une ligne par objectif, obligation, programme ou aide à utiliser ; les rythmes sont linéaires."
    " Un objectif sans nombre est une étape : « entry » la nomme.",
    but=_TARGET_RULES,
)
#: One row for each printed figure of statements.csv.
CHECKS = _computed(
    "checks",
    "id,locator,indicator,title,unit,printed_value,precision,recomputed,rounded,difference,verdict,"
    "reason,note",
    "id",
    "Vérification des chiffres imprimés",
    "Une ligne par chiffre imprimé dans la source, comparé au chiffre recalculé.",
    ("statements",),
    but={"indicator": _RECOMPUTES},
)
#: One row for each thing controlled: where its value was typed, what explains an alert.
CONTROLS = _computed(
    "controls",
    "id,control,indicator,title,verdict,message,file,row,discrepancy",
    "id",
    "Contrôles des données",
    "Une ligne par objet contrôlé : une partie et son tout, une somme, une part calculée, l’ordre"
    " de grandeur d’un nombre, un doublon, une ligne du registre des écarts.",
    ("parts",),
    but={
        "id": {
            "description": "identifiant du contrôle, ses parties séparées par « : »",
            "pattern": "",
            "pattern_words": "",
        },
        "control": {"description": "ce qui est contrôlé"},
        "indicator": {"description": "indicateur contrôlé, s’il en est un"},
        "verdict": {"codes": ("conforme", "alerte", "non contrôlable")},
        "file": {**_FILE, "description": "fichier de data/raw où la valeur est saisie"},
    },
)
#: One row for each commune that is a member in the edition's year. ``former`` is its municipal
#: population at the vintage ``since``, ``growth_pct_per_year`` the mean from there to ``vintage``;
#: both empty, and ``since`` equal to ``vintage``, where nothing is known far enough back.
INHABITANTS = _computed(
    "inhabitants",
    "insee,name,vintage,in_force,municipal,total,since,former,growth_pct_per_year,missing",
    "insee",
    "Habitants des communes membres et leur évolution",
    "Une ligne par commune membre au 1er janvier de l’édition. L’évolution va du plus récent des"
    " millésimes antérieurs d’au moins cinq ans à celui de l’édition.",
    ("communes", "population"),
    but={
        "insee": {"refers": ("communes.insee",)},
        "name": {"required": True},
        "vintage": {"required": True},
    },
)
#: One row for each context indicator × group of territories: where the territory stands, the others
#: being summed up without it.
STANDING = _computed(
    "standing",
    "indicator,compared_with,title,unit,value,precision,others,rank,ranked,equals,"
    "first_quartile,median,third_quartile,perimeter,vintage,since,reason,source",
    "indicator,compared_with",
    "Situation parmi les intercommunalités",
    "Une ligne par indicateur de contexte et par groupe : les intercommunalités comparables, puis"
    " toutes. Calculé sur la référence nationale, arrondi, dans les périmètres de « perimeter ».",
    but={
        "value": {"description": "valeur du territoire selon la référence nationale"},
        "rank": {"description": "rang du territoire, 1 à la plus grande valeur ; 0 : sans rang"},
        "vintage": {"description": "millésime de la population, ou du recensement ; 0 : aucun"},
        "since": {"description": "millésime d’où part l’évolution ; sinon celui de la valeur"},
        "reason": {"description": "pourquoi la valeur manque, ou n’est pas ce que dit l’intitulé"},
        "source": {"kind": "list", "description": "sources (sources.csv), séparées par « | »"},
    },
)
#: One row for each file of ``raw/`` that the edition may read.
FILES = _computed(
    "files",
    "file,bytes,sha256",
    "file",
    "Fichiers de données",
    "Les fichiers saisis, dont toutes les tables sont tirées.",
    but={"file": _FILE},
)
#: One row for each sentence of the first page; ``missing``: why it is not said.
KEY_MESSAGES = _computed(
    "key_messages",
    "id,order,rubric,sentence,when,about,origin,missing",
    "id",
    "Phrases de la première page",
    "Une ligne par phrase. Vide, « sentence » est composée par le programme.",
    ("key_messages",),
    but={
        "order": {"required": True},
        "rubric": {"required": True},
        "about": {"required": False},
        "origin": {"description": "« choisi » par l’analyste, ou « proposé » par le programme"},
        "missing": {"description": "pourquoi la phrase n’est pas dite"},
    },
)
_CHAPTERS = _computed(
    "chapters",
    "id,order,number,kind,title,short_title,elements",
    "id",
    "Chapitres : finalités et démarche",
    raw=("finalities", "approach"),
    but={
        "order": {"required": True},
        "title": {"required": True},
        "short_title": {"required": True},
        "number": {
            "kind": "text",
            "description": "numéro du chapitre",
            "minimum": None,
        },
        "kind": {"required": True, "codes": ("finalité", "démarche")},
    },
)

_REFERENCES = "Entre doubles accolades, un renvoi : l’indicateur dont « values » donne la valeur."
_HISTORY = "Y compris ce qui est connu des années antérieures."
_EDITION = COLUMNS["edition"]
_CARRIED = (COLUMNS["carried_from"], COLUMNS["followup"], COLUMNS["text_from"])

#: The tables of an edition by name, in the order of the open data.
PROCESSED: dict[str, ProcessedTable] = {
    table.name: table
    for table in (
        VALUES,
        COMPARISONS,
        PROGRESS,
        CHECKS,
        CONTROLS,
        _typed(
            "effects",
            "Effets des actions sur les finalités",
            "Une ligne par action évaluée et finalité, celles sans effet signalé comprises."
            " « source » dit si un document attribue cet effet ou si c’est une appréciation.",
            but={"effect": {"codes": ("+", "−", "0")}},
        ),
        _typed(
            "ratings",
            "Grille d’analyse : notes",
            "Une ligne par politique ou action notée et critère ; un élément de démarche en a une"
            " par moment. Ce qui n’y est pas n’est pas évalué. « source » dit si un document le dit"
            " ou si c’est une appréciation.",
        ),
        _typed("observations", "Valeurs relevées", _HISTORY, added=(_EDITION,)),
        _typed(
            "budget",
            "Montants",
            f"{_HISTORY} Des montants d’étapes, d’années ou de financeurs différents ne"
            " s’additionnent pas.",
            added=(_EDITION,),
        ),
        _typed(
            "accounts",
            "Comptes",
            "Une ligne de budget ou de compte (M57). Ni les étapes, ni les exercices, ni les"
            " budgets ne s’additionnent ; une dépense est cotée sur chaque axe, et les axes ne"
            " s’additionnent pas non plus.",
            added=(COLUMNS["file"].but(**_FILE), COLUMNS["line"]),
        ),
        _typed("budget_axes", "Axes de l’annexe budgétaire sur la transition écologique"),
        _typed(
            "targets", "Objectifs chiffrés", added=(COLUMNS["file"].but(**_FILE), COLUMNS["line"])
        ),
        _typed(
            "objectives",
            "Objectifs stratégiques et opérationnels",
            "Une ligne par objectif, sous sa finalité ; « status » dit s’il est adopté, écrit dans"
            " un document ou seulement proposé.",
        ),
        _typed(
            "objective_links",
            "Ce qui mesure ou sert chaque objectif",
            "Une ligne par objectif et par indicateur, action ou piste. « source » dit si un"
            " document fait ce lien ou si c’est une appréciation.",
        ),
        _typed("statements", "Chiffres imprimés à vérifier", but={"indicator": _RECOMPUTES}),
        _typed("gaps", "Lacunes de la source"),
        _typed(
            "discrepancies", "Registre des écarts de la source", added=(COLUMNS["carried_from"],)
        ),
        _typed(
            "parts",
            "Touts et parties",
            "Une ligne par tout, découpage et partie. Les parties d’un découpage font le tout"
            " (« égale »), au plus le tout (« au plus »), ou se recouvrent (« aucune »).",
        ),
        _typed(
            "not_comparable",
            "Valeurs à ne pas comparer",
            f"Une ligne par couple. {_REFERENCES}",
            added=(COLUMNS["carried_from"],),
        ),
        _typed("requests", "Valeurs demandées aux services"),
        _typed(
            "followups",
            "Suites données aux actions et aux pistes",
            "Actions et pistes de cette édition ou d’une antérieure.",
        ),
        _typed(
            "revisions",
            "Valeurs antérieures remplacées",
            "Ce que les services ont corrigé ; « values » donne la valeur retenue.",
        ),
        _typed("key_figures", "Chiffres clés du rapport et de chaque chapitre"),
        KEY_MESSAGES,
        _typed("actions", "Actions", _REFERENCES, added=(COLUMNS["chapter_order"], *_CARRIED)),
        _typed("planned", "Actions prévues", _REFERENCES, added=(*_CARRIED, COLUMNS["history"])),
        _typed(
            "improvements",
            "Pistes d’amélioration",
            _REFERENCES,
            added=(*_CARRIED, COLUMNS["history"]),
        ),
        _typed(
            "milestones",
            "Dates et étapes",
            "Une étape qui dit la date d’une action à court terme a l’identifiant de celle-ci dans"
            " « planned » et la même suite.",
            added=(COLUMNS["planned"], COLUMNS["followup"]),
        ),
        _typed(
            "contributions",
            "Contributions à l’Agenda 2030",
            f"Une ligne par action et objectif de développement durable. {_REFERENCES} « source »"
            " dit si un document l’affirme ou si c’est une appréciation.",
        ),
        _typed(
            "places",
            "Lieux des actions",
            "Une ligne par action, commune et lieu que la source nomme ; un lieu sur plusieurs"
            " communes a une ligne pour chacune. Un lieu dont la source ne dit pas la commune n’y"
            " est pas.",
            added=(COLUMNS["carried_from"],),
        ),
        _typed(
            "documents_used",
            "Évaluations et documents utilisés",
            "Les documents dont le rapport fait la synthèse, et si un texte les prescrit.",
        ),
        _typed("digital", "Stratégie numérique responsable", _REFERENCES),
        _typed("indicators", "Catalogue des indicateurs"),
        _CHAPTERS,
        _typed("wordings", "Libellés légaux des finalités", raw="finality_wordings"),
        _typed(
            "legal",
            "Ce que la loi demande",
            "Une ligne par exigence. Seul ce dont « certainty » est « texte lu » est affirmé ; le"
            " reste est à vérifier.",
        ),
        _typed("sections", "Sections des chapitres"),
        _typed("policies", "Politiques"),
        _typed("elements", "Éléments de démarche"),
        _typed("sdgs", "Objectifs de développement durable"),
        _typed("services", "Services"),
        _typed("payers", "Financeurs"),
        _typed("units", "Unités"),
        _typed("territories", "Territoires"),
        _typed(
            "communes", "Communes et dates d’appartenance", "Une ligne par nom et par adhésion."
        ),
        _typed("population", "Populations légales des communes"),
        _typed(
            "census",
            "Habitants et logements des communes au recensement",
            "Une ligne par commune et recensement. Chaque effectif est arrondi par le producteur.",
        ),
        INHABITANTS,
        STANDING,
        _typed("glossary", "Sigles"),
        _typed("credits", "Crédits de la publication source"),
        _typed("sources", "Sources"),
        DOCUMENTS,
        _typed("digit_names", "Noms qui contiennent un chiffre"),
        FILES,
    )
}

# --- changes since an earlier edition -------------------------------------------------------------

#: One row for each indicator × territory that either edition values. ``then`` is what the earlier
#: edition gave, ``then_kept`` what this one gives for that period (another number where it was
#: revised); ``growth_pct`` and ``difference`` (in the indicator's unit) go from ``then_kept`` to
#: ``now`` and are given for comparable periods only, else ``reason`` says why not.
CHANGED_VALUES = _computed(
    "values",
    "indicator,territory,title,unit,measure,chapter,action,origin,state,then,then_qualifier,"
    "then_status,then_start,then_end,then_kept,now,now_qualifier,now_status,now_start,now_end,"
    "comparable,cumulative,reason,reservation,growth_pct,difference,change_qualifier,trend,"
    "reference,then_reference",
    "indicator,territory",
    but={"state": {"description": "si la valeur est suivie", "codes": ()}},
)
#: One row for each indicator × territory × period that both editions value otherwise.
REVISED_VALUES = _computed(
    "revised",
    "indicator,territory,title,unit,chapter,origin,period_start,period_end,former_value,"
    "former_qualifier,former_status,former_source,former_locator,former_file,former_line,value,"
    "qualifier,status,source,locator,file,line,declared,cause,reference",
    "indicator,territory,period_start,period_end",
    but={"file": _FILE},
)
#: One row for each action, short-term action and improvement of either edition. ``source`` and
#: ``locator`` are those of the follow-up.
CHANGED_PROGRAMME = _computed(
    "programme",
    "table,id,chapter,title,due_start,due_end,overdue,state,new_start,new_due,note,source,locator,described",
    "table,id",
    but={"state": {"description": "ce qu’elle est devenue", "codes": ()}},
)
#: One row for each target of either edition.
CHANGED_TARGETS = _computed(
    "targets",
    f"{_TARGET_COLUMNS},former_target,former_date,former_verdict,renewed",
    _TARGET_KEY,
    but=_TARGET_RULES,
)
#: One row for each milestone and short-term action whose date has passed and that the earlier
#: edition did not call done.
DEADLINES = _computed(
    "deadlines",
    "table,id,chapter,title,due_start,due_end,outcome,new_start,new_due,source",
    "table,id",
)
#: One row for each field of the catalogue that changed.
CHANGED_DEFINITIONS = _computed(
    "definitions",
    "indicator,title,chapter,field,former,present",
    "indicator,field",
    but={"former": {"kind": "text", "description": "texte de l’édition antérieure"}},
)
CHANGES = {
    table.name: table
    for table in (
        *(CHANGED_VALUES, CHANGED_TARGETS, DEADLINES),
        *(CHANGED_PROGRAMME, REVISED_VALUES, CHANGED_DEFINITIONS),
    )
}
