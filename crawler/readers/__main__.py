"""The process that reads pages for a crawl: limits itself, then page after page from stdin to stdout."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
from dataclasses import replace

from archive.records import Verdict
from crawler.learnt import Templates
from crawler.looking import Seen, look
from crawler.portals import Portal
from crawler.readers import ANSWER, CPU_SECONDS, GROWN, LENGTH, MEMORY


def main() -> None:
    """Read what is asked for until the crawl ends, or until a page has made this process large."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawl decides when it ends
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process wherever it is, also in a parser written in C
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that is printed may get between the answers
    portals: dict[str, tuple[Portal, Templates]] = {}
    while head := source.read(LENGTH.size):
        (length,) = LENGTH.unpack(head)
        waiting = [source.read(length)]
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        found = _look(waiting, portals)
        answer = pickle.dumps(found, protocol=5)
        del found
        is_large = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > GROWN
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(ANSWER.pack(len(answer), is_large))
        answers.write(answer)
        answers.flush()
        if is_large:
            return


def _look(waiting: list[bytes], portals: dict[str, tuple[Portal, Templates]]) -> Seen:
    """What is seen on the page of a message, which is taken: a page of 50 MB must not be held twice."""
    message = waiting.pop()
    portal_id, context, page, at_article = pickle.loads(message)  # noqa: S301 (from the crawl that started this process)
    del message
    if context is not None:
        portals[portal_id] = context
    seen = look(page, *portals[portal_id], at_article=at_article)
    if seen.reading.verdict is Verdict.UNREADABLE and (seen.reading.reason or "").startswith("MemoryError"):
        reason = f"parser limit: it takes more than {MEMORY >> 20} MB of memory"
        return replace(seen, reading=replace(seen.reading, reason=reason))
    return seen


if __name__ == "__main__":
    main()
