"""A web server on this machine, which serves bytes well or badly, as a test asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Served = dict[str, bytes | int | str]


@contextmanager
def mirror(served: Served) -> Iterator[tuple[str, list[str]]]:
    """
    Serve `served` and give the address and the list of names asked for.

    A name's value is what is sent: bytes as they are; an int as that HTTP status; "cut" as a
    connection that breaks after 10 of 1,000 bytes; "silent" as one on which nothing comes.
    """
    asked: list[str] = []
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.rsplit("/", 1)[-1]
            asked.append(name)
            content = served.get(name, 404)
            if isinstance(content, int):
                self.send_error(content)
                return
            if content == "silent":
                done.wait(10)
                return
            length = 1000 if content == "cut" else len(content)
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(b"x" * 10 if content == "cut" else content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/files/", asked
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()
