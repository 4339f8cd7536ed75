"""All that runs on one machine, but with the stub's ears: ``python -m tests.chaos.machine``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from inspector.config import load_settings
from inspector.logs import set_up_logs
from inspector.storage.configured import open_store
from workers.clerk import Clerk
from workers.life import Limits
from workers.machine import Crew, children_of
from workers.supervisor import Supervisor


def main() -> None:
    settings = load_settings()
    work = settings.work
    set_up_logs()
    specs = [
        replace(spec, module="tests.chaos.worker") if spec.module == "workers.run" else spec
        for spec in children_of(Crew(work.urgent_workers, work.batch_workers, relay=True), settings)
    ]
    with Clerk(partial(open_store, settings), work.crashes_alone, every_s=0.5) as clerk:
        Supervisor(specs, Limits(work.stuck_s, work.drain_s), clerk.bury).run(lambda _: None)


if __name__ == "__main__":
    main()
