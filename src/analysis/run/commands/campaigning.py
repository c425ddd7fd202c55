"""The command for many territories and years.

Heavy imports stand inside.
"""

from __future__ import annotations

from analysis.run.commands.choosing import say


def command_campaign(arguments, dossier) -> int:
    """Bring the chapters of all editions asked for up to date; 1 when one of them failed."""
    from analysis.run.campaign.campaign_display import open_campaign
    from analysis.run.campaign.machines import open_cluster, open_processes
    from analysis.run.campaign.plan import plan_campaign
    from analysis.run.campaign.running import run_campaign

    tasks = plan_campaign(arguments.dossiers, arguments.years)
    if arguments.scheduler:
        machines = open_cluster(arguments.scheduler)
    else:
        machines = open_processes(arguments.workers)
    with machines as opened, open_campaign(len(tasks), arguments.log) as told:
        say(f"Campagne : {len(tasks)} éditions, {opened.slots} à la fois.")
        engine = arguments.engine.notebooks
        for done in run_campaign(tasks, opened, engine=engine, force=arguments.force):
            told.tell(done)
    return int(told.failed > 0)
