# Rapport sur la situation en matière de développement durable.
# Deux commandes suffisent : « make report » et « make test ».

# Les environnements de Windows ont d'autres dossiers, et il n'y a pas toujours de sh.
ifeq ($(OS),Windows_NT)
$(error Sous Windows, pas de make : installer rapport-dd (README.md, Sans make) ; make report YEAR=2018 est alors : rapport-dd report --year 2018)
endif

PYTHON ?= python3
YEAR ?=
ENGINE ?= auto
REF ?=
AGAINST ?=
FROM ?=
NEWEST ?=
DUE ?=
SIREN ?=
NAME ?=
REMOVE ?=
MODEL ?=
APPLY ?=
TODAY ?=
ROUNDS ?= 5
ONLY ?=
RESUME ?=
COUNTS ?=
PORTRAITS ?=
DASK ?=
FORCE ?=
DOSSIER ?=
DOSSIERS ?=
YEARS ?=
SCHEDULER ?=
TERRITORIES ?=
REGION ?=
COUNT ?=
COMPARE ?=
DATA_ONLY ?=
TO ?=
SAME ?=
CHAPTER ?=
SIGN ?=
SIGNED ?=
STRICT ?=
OPEN ?=
FILE ?=
ID ?=
OUTLINE ?=
KEEP ?=
PORT ?=

VENV := .venv
LAB := .venv-lab
AUDIT := .venv-audit
BIN := $(VENV)/bin
LOCKER := .venv-locker
UV := $(LOCKER)/bin/uv --quiet
# La même suite d'étapes, quels que soient les réglages de la machine.
export PYTHONHASHSEED := 0
# Les chemins accentués se lisent de même dans tous les processus.
export PYTHONUTF8 := 1
# Python démarre trois fois plus vite quand il garde ce qu'il a compilé (dans __pycache__).
export PYTHONDONTWRITEBYTECODE :=

OPTIONS := $(if $(YEAR),--year $(YEAR)) $(if $(DOSSIER),--dossier "$(DOSSIER)")
MAKING := $(foreach engine,$(ENGINE),--engine $(engine)) $(if $(FORCE),--force)

.DEFAULT_GOAL := help
.PHONY: help setup report council notebooks review data why campaign portraits charts check preview trace document accounts new-territory prune new-year key-messages objectives-model forms collect status diff compare refresh-france test quick torture mutants bench lint lab audit lock clean

help: ## cette aide
	@echo "Rapport sur la situation en matière de développement durable"
	@echo
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@echo
	@echo "  YEAR=2017          l'édition (par défaut : la plus récente)"
	@echo "  AGAINST=2016       pour diff et compare, l'édition antérieure (par défaut : celle d'avant)"
	@echo "  SIREN=, NAME=      pour new-territory, le territoire : son numéro, ou des mots de son nom"
	@echo "  DOSSIER=chemin     un autre territoire (par défaut : data)"
	@echo "  FORCE=1            refait aussi ce qui n'a pas changé"
	@echo "  OUTLINE=1          document : ne garde que son plan (KEEP=1 : garde aussi l'original)"
	@echo "  OPEN=1             preview : ouvre aussi le navigateur (PORT=8710 : un autre port)"
	@echo "  NEWEST=1           collecte : entre deux copies d'un formulaire, la plus récente"
	@echo "  ENGINE=embedded    le moteur embarqué même si Quarto est là ; ENGINE=plain : carnets"
	@echo "                     exécutés par des noyaux ordinaires"
	@echo "  SANS_QUARTO=1      setup : n’essaie pas d’obtenir Quarto"

setup: $(VENV)/.ready ## installe tout ce qu'il faut dans .venv (une seule fois)

# Un environnement ne vaut que pour son dossier et son Python : ailleurs, il est refait (src/install.py).
LOCKS := src/install.py pyproject.toml quarto.lock
ELSEWHERE = $(if $(filter-out file default,$(origin PYTHON)),again,$(if $(call differ,$(shell cat $(1)/.ready 2>/dev/null),$(CURDIR) $(realpath $(1)/bin/python)),again))
differ = $(subst |$(1)|,,|$(2)|)

.PHONY: again
$(VENV)/.ready: $(LOCKS) requirements.lock $(call ELSEWHERE,$(VENV))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 ou plus récent est nécessaire (ici : $$($(PYTHON) --version)). Essayez : make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) src/install.py $(VENV)

report: setup ## produit le rapport complet : HTML, PDF et DOCX dans reports/<année>/
	@$(BIN)/python -m analysis report $(MAKING) $(OPTIONS)

council: setup ## fait les papiers de la séance : synthèse, diaporama, projet de délibération
	@$(BIN)/python -m analysis council $(MAKING) $(OPTIONS)

notebooks: setup ## exécute les carnets et leurs copies de relecture
	@$(BIN)/python -m analysis notebooks $(MAKING) $(OPTIONS)

review: setup ## dit ce qui a changé depuis la signature : make review CHAPTER=climat (SIGN="Prénom Nom" : signe)
	@$(BIN)/python -m analysis review $(if $(CHAPTER),--chapter $(CHAPTER)) $(if $(SIGN),--sign "$(SIGN)") $(if $(TODAY),--today $(TODAY)) $(if $(FORCE),--force) $(OPTIONS)

data: setup ## valide data/raw et calcule les indicateurs
	@$(BIN)/python -m analysis data $(if $(FORCE),--force) $(OPTIONS)

why: setup ## dit pourquoi un chapitre serait exécuté : make why CHAPTER=climat
	@test -n "$(CHAPTER)" || { echo "Préciser le chapitre : make why CHAPTER=climat"; exit 2; }
	@$(BIN)/python -m analysis why $(CHAPTER) $(OPTIONS)

campaign: setup ## exécute les chapitres de nombreux dossiers : make campaign DOSSIERS="a b" YEARS=2016-2024 (COMPARE=1 : compare leurs indicateurs)
	@test -n "$(DOSSIERS)" || { echo "Préciser les dossiers : make campaign DOSSIERS=\"chemin1 chemin2\""; exit 2; }
	@$(BIN)/python -m analysis campaign $(DOSSIERS) $(MAKING) $(if $(YEARS),--years $(YEARS)) $(if $(SCHEDULER),--scheduler $(SCHEDULER)) $(if $(DATA_ONLY),--data-only) $(if $(COMPARE),--compare) $(if $(TO),--to "$(TO)") $(if $(SAME),--same "$(SAME)")

portraits: setup ## fait le portrait de chaque intercommunalité : make portraits YEAR=2025 (TERRITORIES="…", REGION=…, COUNT=100, TO=…)
	@$(BIN)/python -m analysis portraits $(if $(TERRITORIES),"$(TERRITORIES)") $(MAKING) $(if $(YEAR),--year $(YEAR)) $(if $(REGION),--region "$(REGION)") $(if $(COUNT),--count $(COUNT)) $(if $(TO),--to "$(TO)") $(if $(SCHEDULER),--scheduler $(SCHEDULER))

preview: setup ## montre un chapitre, refait à chaque changement : make preview CHAPTER=climat
	@$(BIN)/python -m analysis preview $(CHAPTER) $(if $(OPEN),--open) $(if $(PORT),--port $(PORT)) $(OPTIONS)

trace: setup ## dit d'où vient un nombre : make trace REF=arbres-plantes
	@test -n "$(REF)" || { echo "Préciser l'indicateur : make trace REF=arbres-plantes"; exit 2; }
	@$(BIN)/python -m analysis trace "$(REF)" $(OPTIONS)

charts: setup ## écrit l'index des graphiques dans reports/<année>/graphiques.md
	@$(BIN)/python -m analysis charts $(OPTIONS)

check: setup ## contrôle les données, puis le rapport s'il est construit (SIGNED=1 : et les signatures ; STRICT=1 : et ce que la loi exige)
	@$(BIN)/python -m analysis check $(if $(SIGNED),--signed) $(if $(STRICT),--strict) $(OPTIONS)

document: setup ## garde un document du client comme source : make document FILE=rapport.pdf ID=rapport-2016
	@test -n "$(FILE)" -a -n "$(ID)" || { echo "Préciser le document et son identifiant : make document FILE=rapport.pdf ID=rapport-2016"; exit 2; }
	@$(BIN)/python -m analysis document "$(FILE)" --id "$(ID)" $(if $(OUTLINE),--outline) $(if $(KEEP),--keep) $(if $(TODAY),--today $(TODAY)) $(OPTIONS)

accounts: setup ## importe les comptes : make accounts FILE=export.xlsx SET="stage=compte administratif ; fiscal_year=2025"
	@test -n "$(FILE)" || { echo "Préciser l'export : make accounts FILE=export.xlsx"; exit 2; }
	@$(BIN)/python -m analysis accounts "$(FILE)" $(if $(SET),--set "$(SET)") $(if $(HEADINGS),--headings "$(HEADINGS)") $(if $(SOURCE),--source "$(SOURCE)") $(if $(DROP),--drop) $(if $(TODAY),--today $(TODAY)) $(OPTIONS)

new-territory: setup ## prépare un nouveau territoire : make new-territory SIREN=200069854 YEAR=2025 (ou NAME="grand poitiers")
	@test -n "$(YEAR)" -a -n "$(SIREN)$(NAME)" || { echo "Préciser le territoire et l'année : make new-territory SIREN=200069854 YEAR=2025, ou NAME=\"grand poitiers\""; exit 2; }
	@$(BIN)/python -m analysis new-territory $(if $(SIREN),--siren "$(SIREN)") $(if $(NAME),--name "$(NAME)") $(OPTIONS)

prune: setup ## retire des indicateurs ou des services, et ce qui les cite : make prune REMOVE="agents culture" (APPLY=1 : le fait)
	@test -n "$(REMOVE)" || { echo "Préciser ce qui est à retirer : make prune REMOVE=\"agents culture\""; exit 2; }
	@$(BIN)/python -m analysis prune --remove "$(REMOVE)" $(if $(APPLY),--apply) $(OPTIONS)

new-year: setup ## prépare l'année suivante : make new-year YEAR=2018
	@test -n "$(YEAR)" || { echo "Préciser l'année : make new-year YEAR=2018"; exit 2; }
	@$(BIN)/python -m analysis new-year $(OPTIONS) $(if $(DUE),--due $(DUE)) $(if $(TODAY),--today $(TODAY))

key-messages: setup ## écrit raw/<année>/key_messages.csv : les phrases proposées pour la première page
	@$(BIN)/python -m analysis key-messages $(OPTIONS)

objectives-model: setup ## ajoute un modèle d'objectifs à relire : make objectives-model MODEL=mobilite YEAR=2018
	@$(BIN)/python -m analysis objectives-model $(if $(MODEL),--model "$(MODEL)") $(OPTIONS)

forms: setup ## écrit un formulaire Excel pour chaque service (FORCE=1 : même déjà rempli)
	@$(BIN)/python -m analysis forms $(OPTIONS) $(if $(FORCE),--force) $(if $(TODAY),--today $(TODAY))

collect: setup ## lit les formulaires et les remarques renvoyés : make collect YEAR=2018 FROM=dossier
	@test -n "$(FROM)" || { echo "Préciser le dossier des formulaires : make collect YEAR=2018 FROM=dossier"; exit 2; }
	@$(BIN)/python -m analysis collect --from "$(FROM)" $(if $(NEWEST),--newest) $(OPTIONS)

status: setup ## dit qui a répondu et ce qui manque à chaque chapitre
	@$(BIN)/python -m analysis status $(OPTIONS) $(if $(TODAY),--today $(TODAY))

diff: setup ## dit ce qui a changé : make diff YEAR=2018 AGAINST=2017
	@$(BIN)/python -m analysis diff $(if $(AGAINST),--against $(AGAINST)) $(OPTIONS)

compare: setup ## montre un chapitre de deux éditions côte à côte : make compare CHAPTER=climat YEAR=2018 AGAINST=2017
	@test -n "$(CHAPTER)" || { echo "Préciser le chapitre : make compare CHAPTER=climat"; exit 2; }
	@$(BIN)/python -m analysis compare $(CHAPTER) $(if $(AGAINST),--against $(AGAINST)) $(OPTIONS)

refresh-france: setup ## met la référence nationale à jour : make refresh-france FROM=dossier
	@test -n "$(FROM)" || { echo "Préciser le dossier des fichiers téléchargés : make refresh-france FROM=dossier"; exit 2; }
	@$(BIN)/python -m analysis refresh-france --from "$(FROM)"

# Autant de processus que de cœurs ; chaque fichier de tests dans un seul, les plus lents d'abord.
IN_PARALLEL := -n auto --dist loadfile --no-loadscope-reorder -r s

test: setup ## lance tous les tests
	@$(BIN)/python -m pytest $(IN_PARALLEL) -m "not long"

quick: setup ## lance les tests qui ne demandent ni rapport construit, ni programme, ni navigateur
	@$(BIN)/python -m pytest $(IN_PARALLEL) -m "not slow and not long"

torture: setup ## attaque le programme exprès, et refait le tableau de docs/solidite.md
	@$(BIN)/python -m pytest $(IN_PARALLEL) -m torture --timeout 1800 --write-torture

mutants: setup ## fait des erreurs exprès dans les calculs : les tests les voient-ils ? (ONLY="periods", RESUME=1)
	@$(BIN)/python -m tests.mutants $(if $(RESUME),--resume) $(ONLY)

bench: setup ## compare les façons d’exécuter (ROUNDS=5 tours ; COUNTS=1,10,100 : des territoires, PORTRAITS=2025 : leurs portraits, DASK=1)
	@$(BIN)/python -m tests.bench $(if $(COUNTS),scale --counts $(COUNTS) $(if $(PORTRAITS),--portraits $(PORTRAITS)) $(if $(DASK),--dask),--rounds $(ROUNDS) $(OPTIONS))

lint: setup ## vérifie la mise en forme du code et ses types
	@$(BIN)/ruff check src tests
	@$(BIN)/ruff format --check src tests
	@$(BIN)/mypy

lab: $(LAB)/.ready ## ouvre JupyterLab sur les carnets
	@$(LAB)/bin/jupyter lab --LabApp.default_url=/lab/tree/notebooks/finality.ipynb $(LAB_OPTIONS)

$(LAB)/.ready: $(LOCKS) requirements-lab.lock $(call ELSEWHERE,$(LAB))
	@$(PYTHON) src/install.py $(LAB)

# Cherche, en ligne, les failles connues des bibliothèques de chaque fichier de versions.
audit: $(AUDIT)/.ready ## cherche les failles connues des bibliothèques (demande le réseau)
	@for lock in requirements*.lock; do echo "$$lock"; $(AUDIT)/bin/pip-audit --progress-spinner off --strict --require-hashes --disable-pip -r $$lock || failed=1; done; test -z "$$failed"

$(AUDIT)/.ready: $(LOCKS) requirements-audit.lock $(call ELSEWHERE,$(AUDIT))
	@$(PYTHON) src/install.py $(AUDIT)

lock: $(LOCKER)/.ready ## refait les fichiers de versions (requirements*.lock)
	@$(UV) pip compile pyproject.toml --extra test $(LOCK) -o requirements.lock
	@$(UV) pip compile pyproject.toml --extra test --extra lab --constraints requirements.lock $(LOCK) -o requirements-lab.lock
	@for group in locker audit; do $(UV) pip compile --group $$group $(LOCK) -o requirements-$$group.lock; done

$(LOCKER)/.ready: $(LOCKS) requirements-locker.lock $(call ELSEWHERE,$(LOCKER))
	@$(PYTHON) src/install.py $(LOCKER)

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean: ## efface ce qui est construit (les données brutes et les formulaires restent)
	@find reports -mindepth 2 -maxdepth 2 -path 'reports/[0-9]*' ! -name formulaires ! -name retours -exec rm -rf {} +
	@find reports -mindepth 1 -maxdepth 1 -name '[0-9]*' -empty -exec rmdir {} +
	@find reports -mindepth 1 -maxdepth 1 -name '.[0-9]*-*' -exec rm -rf {} +
	@rm -rf data/processed/[0-9]* build .mypy_cache .pytest_cache .ruff_cache src/*.egg-info
