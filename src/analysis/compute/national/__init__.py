"""What official data say of every intercommunality of France, and where one stands among them.

The only reader of ``data/france`` (see its ``sources.csv``); a process reads each file once.
"""

from analysis.compute.national.context import (
    Vintages,
    choose_vintages,
    compute_context,
    count_territories,
    list_context,
)
from analysis.compute.national.explanations import explain_missing
from analysis.compute.national.peers import (
    PeersRule,
    PeersWords,
    choose_peers,
    describe_peers,
    read_rule,
)
from analysis.compute.national.perimeters import (
    list_editions_known,
    list_members,
    list_memberships,
    list_populations,
    read_censuses,
    select_outlines,
)
from analysis.compute.national.reference_files import read_national
from analysis.compute.national.standing import POPULATION, list_values, stand
from analysis.compute.national.territory_search import (
    UnknownTerritory,
    find_territory,
    search_territories,
)
