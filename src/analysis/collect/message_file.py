"""The sentences of the first page, as a file to begin with."""

from __future__ import annotations

import pandas as pd

from analysis.base.command_names import name_command
from analysis.base.csvtext import format_csv
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.paths import Dossier
from analysis.compute.key_messages import propose_messages
from analysis.model.schema import TABLES
from analysis.model.store import Edition
from analysis.words.hidden_markup import strip_marks
from analysis.words.message_words import write_message


def write_messages(dossier: Dossier, edition: Edition) -> str:
    """Write what the data propose as key_messages.csv, and say it (French). Its sentences are left
    empty: they are composed anew each time, and stay true. Raises UserError where the file is
    there, or nothing is proposed (French)."""
    table = TABLES["key_messages"]
    name = table.file(edition.year)
    if (dossier.raw / name).exists():
        raise UserError(
            f"raw/{name} existe déjà : il n’est pas touché. Pour repartir des phrases proposées, le"
            " renommer ou l’effacer d’abord."
        )
    rows = [row for row in propose_messages(edition) if row["about"]]
    if not rows:
        raise UserError(f"Édition {edition.year} : les données ne proposent encore aucune phrase.")
    content = format_csv(pd.DataFrame(rows, columns=table.header))
    write_together(dossier.raw, {dossier.raw / name: content})
    lines = [f"raw/{name} écrit :"]
    lines += [
        f"  {row['rubric']} : {strip_marks(write_message(edition, row)).replace('**', '')}"
        for row in rows
    ]
    lines.append(
        "À réordonner, à retirer, à compléter. Une phrase vide est composée d’après les données ;"
        " écrite dans « sentence », ses nombres sont des renvois {{…}} et « when » dit ce qui la"
        f" rend vraie. Ensuite : « {name_command('data', year=edition.year)} »."
    )
    return "\n".join(lines)
