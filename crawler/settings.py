"""Every Scrapy setting that is changed, each with its reason."""

from __future__ import annotations

from typing import Any

BOT_NAME = "luutru"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# The queue lives in the archive, so that a kill loses nothing.
SCHEDULER = "crawler.frontier.ArchiveScheduler"
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 100}
# A visit yields one item; Scrapy starts this many tasks per response.
CONCURRENT_ITEMS = 1

# Bytes are kept as they were on the wire. Other schemes are never fetched.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.handlers.capture.CaptureHandler",
    "https": "crawler.handlers.capture.CaptureHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# One request at a time per host; a second between them; the number of hosts is not limited here.
CONCURRENT_REQUESTS = 256
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    # warcio cannot read brotli with the brotli that Scrapy needs.
    "Accept-Encoding": "gzip, deflate",
}
# robots.txt, redirects, retries and decoding are ours: each hop is a capture and a row of the frontier.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
# Reads the public suffix list over the network, and portals need no cookies.
COOKIES_ENABLED = False

# Scrapy opens a telnet console and a remote-control server by default.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# The run's report is ours.
EXTENSIONS_BASE = {"scrapy.extensions.corestats.CoreStats": 0}
STATS_DUMP = False
# Logging is set up by the command line.
LOG_INSTALL_ROOT_HANDLER = False


def for_run(delays: dict[str, float], user_agent: str) -> dict[str, Any]:
    """What depends on the run: the delay of each portal's host (`host:port` to seconds) and the user agent."""
    return {
        "USER_AGENT": user_agent,
        "DOWNLOAD_SLOTS": {host: {"concurrency": 1, "delay": delay, "jitter": 0} for host, delay in delays.items()},
    }
