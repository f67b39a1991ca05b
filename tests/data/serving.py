"""A web server on this machine that serves files, in part where it is asked to, and can break off."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What is served. files: path → content. breaks_after: bytes of an answer after which the connection is cut.

    gives_parts: whether it serves a rest when asked for one. asked: each request's path and Range.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None
    gives_parts: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve it on 127.0.0.1, at `site.address`, as long as the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        span = self.headers.get("Range", "")
        self.site.asked.append((self.path, span))
        content = self.site.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(span.removeprefix("bytes=").removesuffix("-") or 0) if self.site.gives_parts else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start:][: self.site.breaks_after])

    def log_message(self, *_: object) -> None:
        """Says nothing."""
