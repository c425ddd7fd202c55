"""Makes an environment: ``python src/install.py .venv`` (what ``make setup`` calls; Windows too).

Needs Python alone, and pip, which comes with it: whatever the analyst has told pip (index, proxy,
certificates) holds. Everything that is fetched is pinned by hash, Quarto's release as well.

An environment is whole or made anew: ``.ready`` is taken away first and written last; it names the
folder and the Python that it is good for (their absolute paths are in its scripts).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

#: The lock of each environment, and whether the project itself is installed there.
ENVIRONMENTS = {
    ".venv": ("requirements.lock", True),
    ".venv-lab": ("requirements-lab.lock", True),
    ".venv-audit": ("requirements-audit.lock", False),
    ".venv-locker": ("requirements-locker.lock", False),
}
QUARTO = "quarto.lock"
RELEASES = "https://github.com/quarto-dev/quarto-cli/releases/download"
BIN = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""
PYTHON = Path(os.path.realpath(sys.executable))  # never that of an environment being made anew
#: What pip says of a failure → what it means, the surest sign first. Windows speaks the user's
#: language; its numbers do not.
CAUSES = {
    "no space left|os error 28|quota exceeded|not enough space|winerror 112": (
        "il n’y a plus de place sur le disque"
    ),
    "long path|file name too long|winerror 206": (
        "un chemin est trop long (mettre le projet plus haut)"
    ),
    "do not match the hashes|hash mismatch": (
        "un paquet n’a pas l’empreinte attendue (l’index ou le relais l’a changé)"
    ),
    "certificate": (
        "le certificat du relais (proxy) ou de l’index n’est pas reconnu "
        "(le donner par SSL_CERT_FILE=/chemin/certificat.pem)"
    ),
    r"permission denied|read-only file system|access is denied|winerror (?:5|32)\b": (
        "un dossier ne peut être écrit"
    ),
    "connection|tunnel|timed out|resolve|unreachable|error sending request": (
        "l’index des paquets n’est pas joignable (réseau, HTTPS_PROXY ou pip.conf)"
    ),
    "no matching distribution|no version of|was not found in": (
        "l’index des paquets n’a pas tout ce qui est demandé"
    ),
}


class Failure(Exception):
    """Says in French what stopped the installation."""


def run(folder: Path, what: str, *command: object, env: dict[str, str], lock: int = -1) -> str:
    """One step, its outputs, which are returned, in the folder's log. The lock is the child's too:
    it outlives us."""
    done = subprocess.run(
        [str(part) for part in command],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        pass_fds=() if lock < 0 else (lock,), check=False,
    )  # fmt: skip
    said = done.stdout.decode("utf-8", "replace")
    log = folder / "installation.log"
    try:
        with log.open("a", encoding="utf-8") as out:
            out.write(said)
    except OSError:  # no room: the terminal is all there is
        sys.stderr.write(said)
    if done.returncode:
        found = (cause for sign, cause in CAUSES.items() if re.search(sign, said, re.IGNORECASE))
        cause = next(found, "voir le détail")
        raise Failure(f"{what} n’a pas abouti : {cause}. Le détail : {log}")
    return said


def tell_built(said: str) -> str:
    """What pip had to build, for a Python so new that a library has no wheel for it yet: its source
    has its digest, the tools that build it have none. Nothing where all came ready made."""
    if not (built := sorted(set(re.findall(r"Building wheel for (\S+)", said)))):
        return ""
    return (
        f"Construit ici, faute d’archive toute faite pour Python {platform.python_version()} : "
        f"{', '.join(built)} ; les outils qui le construisent n’ont pas d’empreinte."
    )


def describe_surroundings(python: Path) -> dict[str, str]:
    """The variables under which pip and the download of Quarto run: both trust the certificates
    that somebody named, in whichever variable, else the machine's."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env.update(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    settings = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    told = re.findall(r"^(?:global|install)\.cert='(.+)'$", settings, re.MULTILINE)
    names = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    system = ssl.get_default_verify_paths()
    # Of what pip's files say, the last is of « install » itself.
    files = [*map(os.environ.get, names), *told[::-1], system.cafile, system.capath]
    if trusted := next(filter(None, files), ""):
        env["PIP_CERT"] = trusted  # older pips know neither the system's store nor SSL_CERT_FILE
        env["SSL_CERT_DIR" if Path(trusted).is_dir() else "SSL_CERT_FILE"] = trusted
    cache = Path(env.get("XDG_CACHE_HOME") or Path(os.path.expanduser("~")) / ".cache")
    if os.name != "nt" and not is_writable(cache):  # a service account
        env.setdefault("PIP_NO_CACHE_DIR", "1")
    return env


def is_writable(folder: Path) -> bool:
    """Whether files can be kept in a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def take_lock() -> int:
    """Wait until no other installation runs here (where the system can say)."""
    try:
        import fcntl
    except ImportError:  # Windows
        return -1
    handle = os.open(__file__, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:  # some network folders know no locks
        return -1
    return handle


def install(name: str) -> None:
    requirements, with_project = ENVIRONMENTS[name]
    folder, ready = Path(name), Path(name) / ".ready"
    python = folder / BIN / f"python{EXE}"
    good_for = f"{os.getcwd()} {PYTHON}"
    lock = take_lock()
    made_from = map(Path, (requirements, QUARTO, "pyproject.toml", __file__))
    same = ready.is_file() and ready.read_text("utf-8").strip() == good_for and python.is_file()
    if same and all(ready.stat().st_mtime > file.stat().st_mtime for file in made_from):
        return
    moved = ready.is_file() and not same
    other = f"{name} vient d’un autre dossier ou d’un autre Python : il est refait."
    print(other if moved else f"Installation dans {name}…", flush=True)
    if importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info)
        raise Failure(
            f"Ce Python n’a pas de quoi faire un environnement : installer {package} "
            f"(Debian, Ubuntu : sudo apt install {package})"
        )
    if same:
        ready.unlink()
    else:
        run(folder, f"La création de {name}", PYTHON, "-I", "-m", "venv", "--clear", name,
            env=dict(os.environ), lock=lock)  # fmt: skip
    env = describe_surroundings(python)
    # A lock names all that is needed: nothing is left for pip to find out.
    said = run(folder, "L’installation des bibliothèques", python, "-m", "pip", "install",
        "--no-deps", "--require-hashes", "-r", requirements, env=env, lock=lock)  # fmt: skip
    if built := tell_built(said):
        print(built)
    if with_project:  # by a relative path: a file of paths is read in the locale's letters
        site = next(folder.glob("[Ll]ib/**/site-packages"))
        (site / "analysis.pth").write_text(os.path.relpath("src", site) + "\n", "ascii")
    if name == ".venv":
        try:
            print(get_quarto(folder, env))
        except Failure as error:
            if os.environ.get("AVEC_QUARTO"):
                raise
            print(f"{error} : le moteur embarqué (pandoc et typst) construira le livre.")
    part = ready.with_suffix(".part")
    part.write_text(good_for + "\n", "utf-8")
    part.replace(ready)


def get_quarto(folder: Path, env: dict[str, str]) -> str:
    """Have Quarto if it can be had, and say so. Its release is unpacked only with the digest that
    Quarto published; the book can be made without, unless a version is asked for (AVEC_QUARTO)."""
    if os.environ.get("SANS_QUARTO"):
        raise Failure("Sans Quarto, comme demandé")
    if found := shutil.which("quarto"):
        return f"Quarto est sur cette machine ({found})."
    here = {"Linux x86_64": "linux-amd64", "Linux aarch64": "linux-arm64"}
    kind = here.get(f"{platform.system()} {platform.machine()}", platform.system())
    kind = kind.replace("Darwin", "macos")
    asked = re.escape(os.environ.get("AVEC_QUARTO", "")) or r"[\d.]+"
    known = re.search(rf"^(\w{{64}})  (quarto-({asked})-{kind}\.tar\.gz)$",
                      Path(QUARTO).read_text("utf-8"), re.MULTILINE)  # fmt: skip
    if not known:
        raise Failure(f"{QUARTO} n’a pas de Quarto pour cette machine")
    digest, archive, version = known.groups()
    to, part = folder / f"quarto-{version}", folder / "quarto.part.tar.gz"
    os.environ.update({k: v for k, v in env.items() if k.startswith(("SSL_", "HTTPS_"))})
    try:
        address = f"{RELEASES}/v{version}/{archive}"
        with urllib.request.urlopen(address, timeout=30) as source, part.open("wb") as out:
            shutil.copyfileobj(source, out)
        if hashlib.sha256(part.read_bytes()).hexdigest() != digest:
            raise Failure("L’archive de Quarto n’a pas l’empreinte publiée, elle est jetée")
        shutil.unpack_archive(part, to)
        (folder / BIN / "quarto").unlink(missing_ok=True)
        launcher = next(to.glob("**/bin/quarto")).relative_to(folder)
        (folder / BIN / "quarto").symlink_to(Path("..") / launcher)
    except OSError as error:  # no network is one of them
        shutil.rmtree(to, ignore_errors=True)
        raise Failure("Quarto n’a pas pu être obtenu") from error
    finally:
        part.unlink(missing_ok=True)
    return f"Quarto {version} est installé dans {folder}."


def main(arguments: list[str]) -> int:
    os.chdir(Path(__file__).resolve().parents[1])
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a terminal that has no French letters
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the child is stopped too
    try:
        install(arguments[0])
    except (Failure, OSError) as error:
        print(f"ERREUR : {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Installation interrompue : la même commande la reprend.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
