"""The sample portal's manners on the wire."""

from __future__ import annotations

import gzip
import http.client
from urllib.parse import urlsplit

from crawler.sample import expected, serve
from crawler.sample.addresses import DISALLOWED

TRUTH = expected()


def test_the_server_keeps_connections_compresses_and_remembers_requests():
    with serve() as portal:
        host = urlsplit(portal.url).netloc
        connection = http.client.HTTPConnection(host)
        connection.request("GET", "/robots.txt", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert f"Disallow: {DISALLOWED}" in gzip.decompress(answer.read()).decode()
        socket = connection.sock
        connection.request("GET", "/web/guest/tin-tuc?_x_cur=1")
        answer = connection.getresponse()
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert answer.read().decode().rstrip().endswith("</html>")
        connection.request("HEAD", TRUTH[1].images[0].url)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Last-Modified"].endswith("GMT")
        assert answer.read() == b""
        assert connection.sock is socket
        connection.close()
        assert portal.requests == ["/robots.txt", "/web/guest/tin-tuc?_x_cur=1", TRUTH[1].images[0].url]
