"""The page on this machine's own address, for this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.playground.page import build_playground

HOST = "127.0.0.1"


def serve(port: int, ready: Callable[[str], object]) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    port : int
        0 for any that is free.
    ready : callable
        Told the address, as soon as somebody may open it.

    Raises
    ------
    UserError
        If the port cannot be had.
    """
    with open_server(port) as server:
        ready(address(server))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


def address(server: ThreadingHTTPServer) -> str:
    """Where a browser finds it."""
    return f"http://{HOST}:{server.server_address[1]}/"


def open_server(port: int) -> ThreadingHTTPServer:
    """The server, listening; nothing is answered until it is told to.

    Raises
    ------
    UserError
        If the port cannot be had.
    """
    content = build_playground().content.encode()

    class Handler(BaseHTTPRequestHandler):
        """Answers with the page, and with nothing else."""

        def do_GET(self) -> None:
            """The page at ``/``."""
            found = self.path.split("?")[0] == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content) if found else 0))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if found:
                self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    try:
        return ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            f"cannot listen on port {port}: {reason}; --port 0 takes a free one"
        ) from None
