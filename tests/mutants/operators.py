"""Which mistakes are made: those of mutmut that touch a number, a condition or an order.

Left out, because they are words and no arithmetic: every change inside a text, a text replaced by
nothing, how many names are suggested for one that is unknown. Left out because it can but raise:
``strict`` of ``zip``. Of the two ways in which mutmut spoils an argument (None in its place, or
left out), one is kept: a named argument is left out, another becomes None. Added: a function that
returns nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from mutmut.mutation import mutators
from mutmut.mutation.file_mutation import MutationVisitor

#: Named arguments that stay as they are: of ``zip``, and of ``difflib.get_close_matches``.
_SPARED = ("strict", "n", "cutoff")
_TEXT = cst.SimpleString | cst.FormattedString | cst.ConcatenatedString


def _spoil_arguments(node: cst.Call) -> Iterator[cst.Call]:
    for place, argument in enumerate(node.args):
        before, after = node.args[:place], node.args[place + 1 :]
        if (
            argument.star
            or _is_spared(argument)
            or isinstance(argument.value, _TEXT)
            or _is_none(argument.value)
        ):
            continue
        if argument.keyword:
            yield node.with_changes(args=[*before, *after])
        else:
            yield node.with_changes(
                args=[*before, argument.with_changes(value=cst.Name("None")), *after]
            )


def _spoil_assignment(node: cst.Assign | cst.AnnAssign) -> Iterator[cst.CSTNode]:
    if node.value is not None and not isinstance(node.value, _TEXT):
        yield from mutators.operator_assignment(node)


def _return_nothing(node: cst.Return) -> Iterator[cst.Return]:
    if node.value is not None and not isinstance(node.value, _TEXT) and not _is_none(node.value):
        yield node.with_changes(value=cst.Name("None"))


def _is_spared(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Arg) and bool(node.keyword) and node.keyword.value in _SPARED


def _is_none(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


_REPLACED = {
    mutators.operator_string: None,
    mutators.operator_arg_removal: _spoil_arguments,
    mutators.operator_assignment: _spoil_assignment,
}


def choose_operators() -> None:
    """Have mutmut make these mistakes and no others."""
    kept = [(kind, _REPLACED.get(make, make)) for kind, make in mutators.mutation_operators]
    mutators.mutation_operators[:] = [(kind, make) for kind, make in kept if make] + [
        (cst.Return, _return_nothing)
    ]
    skip = MutationVisitor._skip_node_and_children
    MutationVisitor._skip_node_and_children = lambda visitor, node: (
        _is_spared(node) or skip(visitor, node)
    )
