"""Processes of many threads that all want a token at once: ``python -m tests.wechat.crowd``.

Prints what their threads met, call by call, as one line of JSON. Processes are forked from this one, which
has neither threads nor connections, because importing takes far longer than what is tested.
"""

import json
import multiprocessing
import sys
import threading
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

from app.adapters import connect, wechat
from tests.wechat.installation import HOSTS, SECRET_KEY, settings_for


def main(redis_url: str, fake_url: str, openid: str, processes: int, threads: int) -> None:
    """Run the processes, let all their threads make one call each at the same moment, and print the ends."""
    context = multiprocessing.get_context("fork")
    together = context.Barrier(processes)
    ends: SimpleQueue[list[str]] = context.SimpleQueue()
    workers = [
        context.Process(target=_work, args=(redis_url, fake_url, openid, threads, together, ends))
        for _ in range(processes)
    ]
    for worker in workers:
        worker.start()
    found = [end for _ in workers for end in ends.get()]
    for worker in workers:
        worker.join()
    sys.stdout.write(json.dumps(found) + "\n")


def _work(
    redis_url: str,
    fake_url: str,
    openid: str,
    threads: int,
    processes: Barrier,
    ends: "SimpleQueue[list[str]]",
) -> None:
    client = wechat.open_wechat(
        settings_for(fake_url), connect(redis_url), secret_key=SECRET_KEY, hosts=HOSTS
    )
    assert client is not None
    mini = client.mini
    together = threading.Barrier(threads + 1)
    found: list[str] = []

    def ask() -> None:
        together.wait()
        try:
            rank = mini.risk_rank(openid, wechat.RiskScene.BONUS, client_ip="203.0.113.7")
            found.append(str(rank))
        except wechat.WeChatError as error:
            found.append(f"{type(error).__name__}: {error}")

    crowd = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    processes.wait()
    together.wait()
    for thread in crowd:
        thread.join()
    ends.put(found)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
