"""src/install.py (``make setup``) against proxies with certificates of their own, kills, moves.

What is installed is a library of one line, on a page of links behind a proxy that reads what
passes, as those of town halls do.
"""

import base64
import contextlib
import hashlib
import http.server
import importlib.util
import io
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import pytest

from analysis.base.paths import PROJECT

spec = importlib.util.spec_from_file_location("install", PROJECT / "src/install.py")
install = importlib.util.module_from_spec(spec)
spec.loader.exec_module(install)

posix = pytest.mark.skipif(os.name == "nt", reason="shell, locks and signals of POSIX")
HOST = "index.invalid"  # resolved by the proxy alone


def pack_wheel(folder, name, version, files):
    """A wheel of ``files`` (path → bytes); returns its path and its line in a lock."""
    info = f"{name}-{version}.dist-info"
    files = dict(files)
    files[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    )
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,\n"]).encode()
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        for path, content in files.items():
            member = zipfile.ZipInfo(path)
            member.external_attr = 0o100755 << 16
            packed.writestr(member, content)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} --hash=sha256:{digest}\n"


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self):
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        except OSError:  # the certificate is not trusted
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_GET(self):
        asked = self.path.split("?")[0]
        wheels = self.server.wheels
        if asked == "/links/":
            names = [path.name for path in wheels.glob("*.whl")]
            body = "".join(f'<a href="/files/{name}">{name}</a>' for name in names).encode()
        elif (wheels / Path(asked).name).is_file():
            body = (wheels / Path(asked).name).read_bytes()
        else:
            body = b""
        self.send_response(200 if body else 404)
        kind = "text/html" if asked.startswith("/links") else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The proxy's address, the certificate that it goes by and the lines of the lock."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not here")
    folder = tmp_path_factory.mktemp("index")
    (folder / "conf").write_text(
        "[req]\ndistinguished_name=d\n[d]\n[town]\nbasicConstraints=critical,CA:TRUE\n"
        f"[host]\nbasicConstraints=CA:FALSE\nsubjectAltName=DNS:{HOST}\n"
    )
    for name, signed in (("town", []), ("host", ["-CA", "town.pem", "-CAkey", "town.key"])):
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-config", "conf", "-extensions", name, *signed,
             "-keyout", f"{name}.key", "-out", f"{name}.pem"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
    locks = {"requirements.lock": pack_wheel(folder, "biblio", "1.0", {"biblio.py": b"x = 1\n"})}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.wheels, server.tls = folder, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(folder / "host.pem", folder / "host.key")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", folder / "town.pem", locks
    server.shutdown()


def make_project(folder, locks):
    (folder / "src" / "analysis").mkdir(parents=True)
    (folder / "src" / "analysis" / "__init__.py").touch()
    for name in ("src/install.py", "quarto.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder / name)
    for name, text in locks.items():
        (folder / name).write_text(text)
    return folder


def describe_world(index, folder, trust="SSL_CERT_FILE"):
    address, certificate, _ = index
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "SANS_QUARTO": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_RETRIES": "1",  # pip tells why only of what it tries again
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": f"https://{HOST}/links/",
        "HTTPS_PROXY": address,
        trust: str(certificate),
    }


def set_up(project, world, **more):
    return subprocess.run(
        [sys.executable, project / "src/install.py", ".venv"],
        env=world, capture_output=True, text=True, encoding="utf-8", check=False, **more,
    )  # fmt: skip


def is_whole(project):
    """Whether the environment has the library and the project, and says that it is whole."""
    done = subprocess.run(
        [project / ".venv" / "bin" / "python", "-c", "import biblio, analysis; print(analysis)"],
        env={"LC_ALL": "C"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return (project / ".venv" / ".ready").is_file() and "src" in done.stdout


@posix
@pytest.mark.slow
@pytest.mark.torture(
    "Installation", "dossier accentué, sans dossier personnel, en LC_ALL=C", "réparé"
)
def test_odd_folder_without_a_home(index, tmp_path):
    project = make_project(tmp_path / "dossier été", index[2])
    world = {**describe_world(index, tmp_path), "HOME": "/dev/null/nowhere", "LC_ALL": "C"}
    done = set_up(project, world, umask=0o077)
    assert done.returncode == 0, done.stderr
    assert is_whole(project)

    # the folder is moved: its scripts name the old one
    moved = project.rename(tmp_path / "ailleurs")
    before = (moved / ".venv" / "pyvenv.cfg").stat().st_ctime_ns
    done = set_up(moved, world)
    assert "vient d’un autre dossier" in done.stdout
    assert (moved / ".venv" / "pyvenv.cfg").stat().st_ctime_ns > before
    assert is_whole(moved)
    assert set_up(moved, world).stdout == "", "there is nothing left to do"


@posix
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.torture("Installation", "relais qui a son propre certificat", "réparé")
@pytest.mark.parametrize("trust", ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "pip.conf"])
def test_proxy_with_certificates_of_its_own(index, tmp_path, trust):
    project = make_project(tmp_path / "projet", index[2])
    world = describe_world(index, tmp_path, trust)
    if trust == "pip.conf":
        config = tmp_path / "pip.conf"
        config.write_text(
            f"[global]\nfind-links = {world.pop('PIP_FIND_LINKS')}\nproxy = "
            f"{world.pop('HTTPS_PROXY')}\n[install]\ncert = {world.pop('pip.conf')}\n"
        )
        world["PIP_CONFIG_FILE"] = str(config)
    done = set_up(project, world)
    assert done.returncode == 0, done.stdout + done.stderr
    assert is_whole(project)


@posix
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.torture(
    "Installation", "certificat inconnu, paquet changé, index injoignable", "réparé"
)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SSL_CERT_FILE": ""}, "certificat"),  # the system's
        ({"SSL_CERT_FILE": "/etc/hostname"}, "certificat"),
        ({"HTTPS_PROXY": "http://127.0.0.1:9"}, "n’est pas joignable"),
        ({"lock": "0" * 64}, "empreinte"),
    ],
)
def test_failures_are_told_in_one_sentence(index, tmp_path, change, said):
    change = dict(change)
    locks = dict(index[2])
    if digest := change.pop("lock", ""):
        line = locks["requirements.lock"]
        locks["requirements.lock"] = re.sub(r"\w{64}", digest, line)
    project = make_project(tmp_path / "projet", locks)
    done = set_up(project, {**describe_world(index, tmp_path), **change})
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert ".venv/installation.log" in done.stderr
    assert not (project / ".venv" / ".ready").exists()


@posix
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.torture("Installation", "arrêtée (SIGTERM, SIGKILL), puis relancée", "réparé")
@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL])
def test_interrupted_installation_heals(index, tmp_path, kind):
    project = make_project(tmp_path / "projet", index[2])
    world = describe_world(index, tmp_path)
    process = subprocess.Popen([sys.executable, project / "src/install.py", ".venv"], env=world)
    while not (project / ".venv" / "pyvenv.cfg").exists():  # in the midst of the first step
        time.sleep(0.01)
        assert process.poll() is None
    process.send_signal(kind)
    assert process.wait() == (130 if kind == signal.SIGTERM else -signal.SIGKILL)
    assert not (project / ".venv" / ".ready").exists()
    assert set_up(project, world).returncode == 0
    assert is_whole(project)


@posix
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.torture("Installation", "deux installations en même temps", "réparé")
def test_two_installations_at_once(index, tmp_path):
    project = make_project(tmp_path / "projet", index[2])
    command = [sys.executable, project / "src/install.py", ".venv"]
    world = describe_world(index, tmp_path)
    both = [
        subprocess.Popen(command, env=world, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(map(bool, said)) == [False, True], "the second one finds all done"
    assert is_whole(project)


@pytest.mark.torture(
    "Installation", "Python si neuf qu’une bibliothèque y est construite", "réparé"
)
def test_what_is_built_here_is_told():
    """Python 3.15, for which PyYAML 6.0.3 has no wheel."""
    said = "Collecting pyyaml==6.0.3\n  Building wheel for pyyaml (pyproject.toml): started\n"
    assert "pyyaml ; les outils qui le construisent n’ont pas d’empreinte" in (
        install.tell_built(said + said)
    )
    assert install.tell_built("Collecting pyyaml==6.0.3\nInstalling collected packages") == ""


@pytest.mark.torture("Installation", "Python sans de quoi faire un environnement", "réparé")
def test_python_that_makes_no_environment(monkeypatch, tmp_path, capsys):
    make_project(tmp_path / "projet", {"requirements.lock": ""})
    monkeypatch.setattr(install, "__file__", str(tmp_path / "projet" / "src/install.py"))
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(install.signal, "signal", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    assert install.main([".venv"]) == 1
    assert "sudo apt install python3." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="an archive for Linux")
@pytest.mark.torture("Installation", "archive de Quarto changée en route", "réparé")
@pytest.mark.parametrize("whole", [True, False])
def test_quarto_is_unpacked_only_with_its_published_digest(monkeypatch, tmp_path, whole):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("quarto-9.9.9/bin/quarto")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"#!\n"))
    monkeypatch.setattr(install.platform, "machine", lambda: "x86_64")
    digest = hashlib.sha256(out.getvalue() if whole else b"other").hexdigest()
    (tmp_path / "quarto.lock").write_text(f"{digest}  quarto-9.9.9-linux-amd64.tar.gz\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SANS_QUARTO", raising=False)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    asked = []

    def answer(address, timeout):
        asked.append(address)
        return contextlib.closing(io.BytesIO(out.getvalue()))

    monkeypatch.setattr(install.urllib.request, "urlopen", answer)
    if whole:
        assert "9.9.9" in install.get_quarto(folder, {})
        assert (folder / "bin" / "quarto").read_text() == "#!\n"
    else:
        with pytest.raises(install.Failure, match="empreinte"):
            install.get_quarto(folder, {})
        assert not list(folder.glob("quarto*")), "nothing of it is kept"
    assert asked == [f"{install.RELEASES}/v9.9.9/quarto-9.9.9-linux-amd64.tar.gz"]
