"""Hand out a campaign's editions and gather what became of them.

Of thousands of editions only those
under way are held at a time: the memory of this process does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

from analysis.run.campaign.machines import Machines
from analysis.run.campaign.plan import Task
from analysis.run.campaign.work import Done, produce_chapters

#: Editions handed out for each that is worked on, so that nobody waits for work.
_AHEAD = 2


def _gather(future: Future, task: Task) -> Done:
    error = future.exception()
    if error is None:
        return future.result()
    return Done(task, said=f"le processus s’est arrêté ({type(error).__name__} : {error})")


def run_campaign(
    tasks: Iterable[Task], machines: Machines, *, engine: str, force: bool = False
) -> Iterator[Done]:
    """What became of each edition, as they end. One that fails stops no other."""
    under_way: dict[Future, Task] = {}
    left = iter(tasks)
    while True:
        for task in left:
            under_way[machines.submit(produce_chapters, task, engine, force)] = task
            if len(under_way) >= _AHEAD * machines.slots:
                break
        if not under_way:
            return
        ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in ended:
            yield _gather(future, under_way.pop(future))
