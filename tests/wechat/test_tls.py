"""A server that cannot prove to be WeChat's is sent nothing."""

import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.adapters.wechat import CodeRefusedError, WeChatUnreachableError
from app.adapters.wechat.deadline import Deadline
from app.adapters.wechat.transport import Transport
from tests.fakes.wechat.control import MINI_APPID, MINI_SECRET, ROOT, WeChatFake


def self_signed(folder: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Be a TLS server with a certificate of its own making; give its address and what it was sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    heard.append(secured.recv(4096))
                    secured.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"openid":"o1"}')
            except OSError:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}", heard
        thread.join()


def test_a_certificate_that_somebody_vouches_for_is_enough(
    impostor: tuple[str, list[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server, with its certificate among the trusted ones: so the test below means something."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "server.pem"))
    url, heard = impostor
    reply = Transport(url).ask(
        "/sns/jscode2session", {"secret": "x"}, repeatable=False, deadline=Deadline.after(5)
    )

    assert reply.text("openid") == "o1"
    assert heard[0].startswith(b"GET /sns/jscode2session?secret=x HTTP/1.1")


def test_the_fake_knows_what_came_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F24: over TLS the same call leaves the same entry, and says so."""
    file = self_signed(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(file))
    command = [sys.executable, "-m", "tests.fakes.wechat", "--certificate", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            fake = WeChatFake(json.loads(process.stdout.readline())["url"])
            query = {"appid": MINI_APPID, "secret": MINI_SECRET, "js_code": "0none"}
            with pytest.raises(CodeRefusedError):
                Transport(fake.url).ask(
                    "/sns/jscode2session",
                    query | {"grant_type": "authorization_code"},
                    repeatable=False,
                    deadline=Deadline.after(5),
                )
            ((entry,), flags) = fake.journal(), fake.flags()
        finally:
            process.terminate()

    assert fake.url.startswith("https://127.0.0.1:")
    assert (entry.tls, entry.errcode, flags) == (True, 40029, [])


def test_a_certificate_that_nobody_vouches_for_ends_the_call(impostor: tuple[str, list[bytes]]) -> None:
    """S-51: TLS is verified, so the secret does not leave for somebody in between."""
    url, heard = impostor
    with pytest.raises(WeChatUnreachableError) as caught:
        Transport(url).ask(
            "/sns/jscode2session", {"secret": "x"}, repeatable=False, deadline=Deadline.after(5)
        )

    assert [data for data in heard if data] == []
    assert caught.value.__context__ is None
