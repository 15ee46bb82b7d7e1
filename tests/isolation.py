"""What keeps tests apart from the world: settings, a home and signals of their own, no network."""

import atexit
import os
import shutil
import signal
import socket
import tempfile

LOOPBACK = ("localhost", "::1", "0.0.0.0", "::", "", None)


def settle_environment() -> None:
    """Fix every variable that would change what tests see; child processes inherit them."""
    for name in [name for name in os.environ if name.startswith("CLEARPROP_")]:
        del os.environ[name]
    for name in ("FORCE_COLOR", "NO_COLOR"):
        os.environ.pop(name, None)
    home = tempfile.mkdtemp(prefix="clearprop-tests-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.update(
        CLEARPROP_LANG="en",
        COLUMNS="100",
        JAX_ENABLE_X64="1",
        JAX_PLATFORMS="cpu",
        KERAS_BACKEND="jax",
        KERAS_HOME=os.path.join(home, "keras"),
        XDG_CACHE_HOME=os.path.join(home, "cache"),
    )
    if "PYTEST_XDIST_WORKER" in os.environ:  # the workers share the cores; threads would fight
        os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")


def heed_interrupts() -> None:
    """Let Ctrl-C reach the tests of it: whoever starts pytest in the background has it ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def is_local(host: object) -> bool:
    """Say whether a host is this machine, by name or by address."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in LOOPBACK or (isinstance(host, str) and host.startswith("127."))


def refuse(host: object) -> None:
    """Raise if a host is not this machine."""
    if not is_local(host):
        raise ConnectionRefusedError(
            f"a test wanted to reach {host!r}; tests use this machine only: give it a local server"
        )


def close_the_network() -> None:
    """Let this process's Python sockets reach nothing but this machine."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def checked_connect(self, address):
        if isinstance(address, tuple):  # a Unix socket's address is a path
            refuse(address[0])
        return connect(self, address)

    def checked_connect_ex(self, address):
        if isinstance(address, tuple):
            refuse(address[0])
        return connect_ex(self, address)

    def checked_look_up(host, *args, **kwargs):
        refuse(host)
        return look_up(host, *args, **kwargs)

    socket.socket.connect = checked_connect
    socket.socket.connect_ex = checked_connect_ex
    socket.getaddrinfo = checked_look_up
