"""Who does a campaign's work: processes of this machine, or the workers of a Dask cluster.

Both take a function with its arguments and give a future of ``concurrent.futures``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Protocol

from analysis.base.cores import count_cores
from analysis.base.errors import UserError
from analysis.base.run_process import follow_parent, stop_pool

#: How long a scheduler may take to answer.
PATIENCE = "20s"
#: Editions after which a process is replaced, so that nothing piles up in thousands of them.
RENEW = 50


class CampaignError(UserError):
    """A campaign that cannot begin; the message is French."""


class Machines(Protocol):
    """Somebody who works: ``slots`` tasks at a time."""

    @property
    def slots(self) -> int:
        """How many tasks are worked on at a time; a cluster may grow."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Have the function called; what it raises is the future's."""


class _LocalMachine:
    def __init__(self, pool: Any, slots: int):
        self._pool, self.slots = pool, slots

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        return self._pool.schedule(function, args=arguments)


@contextmanager
def open_processes(slots: int | None = None, renew: int = RENEW) -> Iterator[Machines]:
    """As many processes as there are cores, each with a fork server of its own, replaced after
    ``renew`` tasks (0: never)."""
    from pebble import ProcessPool

    slots = slots or count_cores()
    # Started anew, not forked: they will start servers and threads of their own.
    pool = ProcessPool(
        max_workers=slots,
        max_tasks=renew,
        initializer=follow_parent,
        context=get_context("spawn"),
    )
    try:
        yield _LocalMachine(pool, slots)
        pool.close()
        pool.join()
    except BaseException:
        stop_pool(pool)
        raise


class _Cluster:
    def __init__(self, client: Any):
        self._client = client
        # A worker that is lost gives its tasks to others; what it had finished is kept.
        self._executor = client.get_executor(pure=False, retries=2)

    @property
    def slots(self) -> int:
        return max(1, sum(self._client.nthreads().values()))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future:
        return self._executor.submit(function, *arguments)


@contextmanager
def open_cluster(address: str) -> Iterator[Machines]:
    """The workers of an existing Dask cluster, which must see the dossiers at the same paths and
    have this project installed. Raises CampaignError when nobody answers there, or no worker is
    connected (French)."""
    try:
        from distributed import Client
    except ImportError:
        raise CampaignError(
            "Pour --scheduler il faut la bibliothèque distributed : « pip install .[cluster] »."
        ) from None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CampaignError(f"Aucun ordonnanceur Dask ne répond à {address} : {error}") from error
    with client:
        if not client.nthreads():
            raise CampaignError(f"L’ordonnanceur {address} n’a aucun travailleur connecté.")
        yield _Cluster(client)
