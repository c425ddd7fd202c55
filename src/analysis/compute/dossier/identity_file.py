"""The territory's own visual identity: ``identity.yml`` of the dossier, which may be absent.

``main``: the report's colour; ``chapters``: colours by chapter; ``logo``: ``file`` beside this one
and ``alt``, what it shows. Whatever it does not say is the project's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.base.contrast import TEXT_CONTRAST, WHITE, contrast
from analysis.base.rawfiles import NAME_TO_SIMPLIFY, PICTURE_NAME, PICTURE_SUFFIXES
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.typed_tables import read_yaml
from analysis.model.schema import Fault, suggest

IDENTITY_FILE = "identity.yml"
_KEYS = {"main", "chapters", "logo"}
_LOGO = {"file", "alt"}


def read_identity_file(loaded: Loaded) -> tuple[dict[str, Any], list[Fault]]:
    """What the file says ({} where there is none), and what is wrong with it."""
    if not (loaded.raw / IDENTITY_FILE).is_file():
        return {}, []
    content, faults = read_yaml(loaded.raw / IDENTITY_FILE, IDENTITY_FILE)
    if faults or content is None:
        return {}, faults
    faults = list(_check_identity(content, loaded))
    return ({} if faults else content), faults


def _check_identity(content: Any, loaded: Loaded) -> Iterator[Fault]:
    if not isinstance(content, Mapping):
        expected = f"Attendu : {', '.join(f'« {key}: … »' for key in sorted(_KEYS))}."
        yield Fault.of_file(IDENTITY_FILE, "fichier mal formé", expected)
        return
    chapters, logo = content.get("chapters") or {}, content.get("logo") or {}
    known = loaded.codes("finalities.id") | loaded.codes("approach.id")
    for place, keys, allowed in (
        ("", content, _KEYS),
        ("chapters.", chapters, known),
        ("logo.", logo, _LOGO),
    ):
        if not isinstance(keys, Mapping):
            said = "fichier mal formé", "Attendu : des lignes en retrait, « nom: valeur »."
            yield Fault(IDENTITY_FILE, 0, place.rstrip("."), str(keys), *said)
            return
        for key in keys:
            if key not in allowed:
                said = "clé inconnue", suggest(str(key), allowed)
                yield Fault(IDENTITY_FILE, 0, f"{place}{key}", "", *said)
    colours = {f"chapters.{id}": colour for id, colour in chapters.items()}
    if "main" in content:
        colours["main"] = content["main"]
    for place, colour in colours.items():
        yield from _check_colour(place, colour)
    if logo:
        yield from _check_logo(logo, loaded)


def _check_colour(place: str, colour: Any) -> Iterator[Fault]:
    try:
        if not str(colour).startswith("#"):
            raise ValueError(colour)
        ratio = contrast(str(colour), WHITE)
    except ValueError:
        expected = 'Attendu : une couleur comme "#1A7F37", entre guillemets.'
        yield Fault(IDENTITY_FILE, 0, place, str(colour), "n’est pas une couleur", expected)
        return
    if ratio < TEXT_CONTRAST:
        said = "couleur qui ne se lit pas sur blanc"
        expected = (
            f"Contraste de {ratio:.1f} ; attendu : {TEXT_CONTRAST} au moins. Prendre plus foncé."
        ).replace(".", ",", 1)
        yield Fault(IDENTITY_FILE, 0, place, str(colour), said, expected)


def _check_logo(logo: Mapping[str, Any], loaded: Loaded) -> Iterator[Fault]:
    name = str(logo.get("file") or "")
    if not name.lower().endswith(PICTURE_SUFFIXES):
        said = "image d’un format non lu", "Attendu : un fichier .png ou .jpg."
        yield Fault(IDENTITY_FILE, 0, "logo.file", name, *said)
    elif "/" in name or not (loaded.raw / name).is_file():
        said = "image introuvable", f"Attendu : un fichier à côté de {IDENTITY_FILE}."
        yield Fault(IDENTITY_FILE, 0, "logo.file", name, *said)
    elif not PICTURE_NAME.fullmatch(name):
        yield Fault(IDENTITY_FILE, 0, "logo.file", name, *NAME_TO_SIMPLIFY)
    if not str(logo.get("alt") or "").strip():
        said = "image sans texte de remplacement", "Attendu : « alt: ce que le logo montre »."
        yield Fault(IDENTITY_FILE, 0, "logo.alt", "", *said)
