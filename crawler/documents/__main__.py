"""The child that reads one document: limits itself, then stdin to JSON on stdout."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from crawler.documents import CPU_SECONDS, formats

MEMORY, FILES = 320 << 20, 64
"""What the child may use: bytes of data in memory, and open files. It may write no file."""


def main() -> None:
    """Read one document; the parent takes any other end than exit code 0 for a document that cannot be read."""
    ocr = "--ocr" in sys.argv
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    if not ocr:  # tesseract takes its page from a file
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    found = formats.read(sys.stdin.buffer.read(), ocr=ocr)
    sys.stdout.write(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
