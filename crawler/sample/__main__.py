"""`python -m crawler.sample`: serve the sample portal until Ctrl-C."""

from __future__ import annotations

import time

import click

from crawler.sample.server import serve
from crawler.sample.site import Site


@click.command()
@click.option("--port", default=8765, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--copies", default=1, show_default=True, help="Serve this many times 60 articles.")
def main(port: int, copies: int) -> None:
    """Serve the sample portal on the loopback interface.

    Example: python -m crawler.sample --port 8765
    """
    with serve(port, site=Site(copies=copies)) as portal:
        click.echo(f"The sample portal answers at {portal.url}/ (stop it with Ctrl-C).")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            click.echo(f"Stopped after {len(portal.requests)} requests.")


if __name__ == "__main__":
    main()
