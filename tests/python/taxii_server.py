"""Servers for the tests of TAXII, on this machine alone: medallion, which is that of OASIS, and one
of the tests' own that gives whatever answers a test wants."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

USER, PASSWORD = "editor", "Password0"
COLLECTION = "365fed99-08fa-fdcd-a1b3-fb247eb41d01"
READ_ONLY = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
WRITE_ONLY = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"
MEDIA_TYPE = "application/taxii+json;version=2.1"


def collection(identifier: str, *, can_write: bool, can_read: bool = True) -> dict[str, Any]:
    return {
        "id": identifier,
        "title": "Blocklists",
        "can_read": can_read,
        "can_write": can_write,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": [],
        "manifest": [],
    }


def api_root(most_bytes: int) -> dict[str, Any]:
    return {
        "title": "Root",
        "versions": [MEDIA_TYPE],
        "max_content_length": most_bytes,
    }


@contextmanager
def medallion(folder: Path, most_bytes: int, page: int = 1000) -> Iterator[str]:
    """The address of an API root of a medallion that keeps everything in memory, and answers with
    no more objects or records at once than a page has."""
    port = _free_port()
    data = {
        "/discovery": {"title": "Server", "api_roots": [f"http://127.0.0.1:{port}/root/"]},
        "root": {
            "information": api_root(most_bytes),
            "status": [],
            "collections": [
                collection(COLLECTION, can_write=True),
                collection(READ_ONLY, can_write=False),
                collection(WRITE_ONLY, can_write=True, can_read=False),
            ],
        },
    }
    backend = {
        "module": "medallion.backends.memory_backend",
        "module_class": "MemoryBackend",
        "filename": str(folder / "data.json"),
    }
    config = {"users": {USER: PASSWORD}, "taxii": {"max_page_size": page}, "backend": backend}
    (folder / "data.json").write_text(json.dumps(data))
    (folder / "config.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "medallion.scripts.run", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, str(folder / "config.json")], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(port, process, folder / "log")
        yield f"http://127.0.0.1:{port}/root/"
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while not _listens(port):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Request(NamedTuple):
    """What a server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = tuple[int, Any]
"""A status and a document; bytes are sent as they are."""


@contextmanager
def scripted(
    answer: Callable[[Request], Answer], context: Any = None
) -> Iterator[tuple[str, list[Request]]]:
    """The address of a server that answers as told, and what it was asked; with TLS if there is a
    context for it."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(size)
            )
            asked.append(request)
            status, document = answer(request)
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", MEDIA_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """A client that goes away in the middle, as tests of TLS do, is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    scheme = "http" if context is None else "https"
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}/root/", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
