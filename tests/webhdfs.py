"""A stand-in for HDFS: a folder served by the part of the WebHDFS protocol that Spark's own client asks for.

It is there to show that addresses of a file system of Hadoop's are read and written, not to be one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

_HOME = "/webhdfs/v1"
_BLOCK = 1 << 27


@contextmanager
def webhdfs(folder: Path) -> Iterator[str]:
    """The address at which the folder is served."""

    class Here(_Handler):
        root = folder

    with ThreadingHTTPServer(("127.0.0.1", 0), Here) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"webhdfs://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    root: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the names are the server's
        known = {
            "GETFILESTATUS": self._status,
            "LISTSTATUS": self._list,
            "GETFILEBLOCKLOCATIONS": self._blocks,
            "OPEN": self._open,
        }
        self._answer(known)

    def do_PUT(self) -> None:
        self._answer({"CREATE": self._create, "MKDIRS": self._mkdirs, "RENAME": self._rename, "SETPERMISSION": self._nothing})

    def do_DELETE(self) -> None:
        self._answer({"DELETE": self._delete})

    def _answer(self, known: dict[str, Any]) -> None:
        address = urlsplit(self.path.encode("latin-1").decode("utf-8"))  # the client does not escape letters
        self._asked = {name.lower(): values[0] for name, values in parse_qs(address.query).items()}
        self._path = self._local(unquote(address.path).removeprefix(_HOME))
        answer = known.get(self._asked["op"].upper())
        if answer is None:
            self._say(400, _refusal("UnsupportedOperationException", self._asked["op"]))
        else:
            try:
                answer()
            except FileNotFoundError as error:
                self._say(404, _refusal("FileNotFoundException", str(error)))

    def _local(self, path: str) -> Path:
        return self.root / path.strip("/")

    def _status(self) -> None:
        self._say(200, {"FileStatus": _status_of(self._path, "")})

    def _list(self) -> None:
        found = [self._path] if self._path.is_file() else sorted(self._path.iterdir())
        names = [""] if self._path.is_file() else [path.name for path in found]
        self._say(200, {"FileStatuses": {"FileStatus": list(map(_status_of, found, names))}})

    def _blocks(self) -> None:
        whole = {"offset": 0, "length": self._path.stat().st_size, "corrupt": False}
        places: dict[str, list[str]] = {"hosts": ["127.0.0.1"], "names": [], "cachedHosts": [], "topologyPaths": []}
        self._say(200, {"BlockLocations": {"BlockLocation": [whole | places]}})

    def _open(self) -> None:
        if self._redirected():
            return
        with self._path.open("rb") as stream:
            stream.seek(int(self._asked.get("offset", 0)))
            self._say(200, stream.read(int(self._asked.get("length", -1))))

    def _create(self) -> None:
        if self._redirected():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("wb") as stream:
            while size := int(self.rfile.readline(), 16):
                stream.write(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        self._say(201, b"")

    def _redirected(self) -> bool:
        """The first answer names the node that has the data, which here is the same."""
        if "datanode" in self._asked:
            return False
        self.send_response(307)
        path = quote(self.path.encode("latin-1"), safe="/?&=%")
        self.send_header("Location", f"http://{self.headers['Host']}{path}&datanode=true")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def _mkdirs(self) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        self._say(200, {"boolean": True})

    def _rename(self) -> None:
        to = self._local(self._asked["destination"])
        if to.is_dir():
            to /= self._path.name
        done = self._path.exists() and not to.exists() and to.parent.is_dir()
        if done:
            self._path.rename(to)
        self._say(200, {"boolean": done})

    def _delete(self) -> None:
        there = self._path.exists()
        if self._path.is_dir():
            shutil.rmtree(self._path)
        elif there:
            self._path.unlink()
        self._say(200, {"boolean": there})

    def _nothing(self) -> None:
        self._say(200, b"")

    def _say(self, status: int, body: dict[str, Any] | bytes) -> None:
        """Without a content type: to read one, the client that comes with Spark lacks a class."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the server's own name
        """Nothing is written to standard error."""


def _status_of(path: Path, name: str) -> dict[str, Any]:
    found = path.stat()
    folder = path.is_dir()
    return {
        "accessTime": 0,
        "blockSize": 0 if folder else _BLOCK,
        "childrenNum": 0,
        "fileId": found.st_ino,
        "group": "people",
        "length": 0 if folder else found.st_size,
        "modificationTime": int(found.st_mtime * 1000),
        "owner": "somebody",
        "pathSuffix": name,
        "permission": "755",
        "replication": 0 if folder else 1,
        "type": "DIRECTORY" if folder else "FILE",
    }


def _refusal(name: str, message: str) -> dict[str, Any]:
    package = "java.io" if name == "FileNotFoundException" else "java.lang"
    return {"RemoteException": {"exception": name, "javaClassName": f"{package}.{name}", "message": message}}
