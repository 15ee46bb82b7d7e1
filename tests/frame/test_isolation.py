"""Tests see the same world on every machine."""

import os
import socket
import subprocess
import sys
import textwrap

import pytest

from tests.isolation import is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", b"localhost", "::1", None])
def test_this_machine_is_local(host):
    assert is_local(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "host.invalid", b"host.invalid", "2001:db8::1"])
def test_other_machines_are_not(host):
    assert not is_local(host)


def test_a_remote_name_is_not_even_looked_up():
    with pytest.raises(ConnectionRefusedError, match=r"host\.invalid.*this machine only"):
        socket.getaddrinfo("host.invalid", 80)


def test_a_remote_address_is_refused_before_a_packet_leaves():
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,  # connecting UDP sends nothing
        pytest.raises(ConnectionRefusedError, match="this machine only"),
    ):
        one.connect(("192.0.2.1", 9))


def test_a_server_on_this_machine_is_reached():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_jax_and_keras_are_set_before_they_are_loaded():
    import jax
    import keras

    assert jax.config.jax_enable_x64
    assert jax.default_backend() == "cpu"
    assert keras.backend.backend() == "jax"
    assert os.environ["CLEARPROP_LANG"] == "en"


@pytest.mark.parametrize(("heed", "ends"), [("heed_interrupts()", 1), ("None", 0)])
def test_ctrl_c_is_heard_where_whoever_started_the_tests_has_it_ignored(heed, ends):
    program = f"""
        import signal
        from tests.isolation import heed_interrupts
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        {heed}
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemExit(1)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(program)]).returncode == ends
