"""Migrates, loads the demo where it may, and runs every process under a supervisor until it is told to stop."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from functools import partial
from pathlib import Path
from types import FrameType

import django
from django.core.management import call_command

from einvoice_trace.processes import end, inhabitants, wait_until

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "local"
RUN = HOME / "run"
LOGS = ROOT / "var" / "log"
PORT = os.environ.get("PORT", "8000")
PROGRAM = """
[program:{name}]
command={command}
directory={run}
autorestart=true
startsecs=1
stopasgroup=true
killasgroup=true
stopwaitsecs=10
stdout_logfile={logs}/{name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=1
redirect_stderr=true
"""


def main() -> None:
    """One start per checkout; a second one says where the first runs."""
    RUN.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(exist_ok=True)
    lock = (HOME / "start.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("Este directorio ya está en marcha: deténgalo antes con Ctrl-C.")
    end(partial(inhabitants, RUN))  # what a killed start left behind
    if not free(int(PORT)):
        sys.exit(f"El puerto {PORT} está ocupado: elija otro con PORT=8001 bin/start")
    sink = prepare_environment()
    people = prepare_database()
    supervise(programs(sink), people)


def free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare_environment() -> int | None:
    """Give the processes their addresses; the port of the mail sink, where no channel was given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{PORT}")
    if any(os.environ.get(name) for name in ("EMAIL_URL", "EMAIL_URL_FILE")) or os.environ.get("APP_ENV") == "prod":
        return None
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}/?reports=none&tls=no"
    os.environ["DEMO_MAILBOX"] = str(ROOT / "var" / "buzon")
    return port


def prepare_database() -> bool:
    """Migrate; load the demo into the embedded database, never into one that was given. Whether the demo is there."""
    django.setup()
    call_command("migrate", verbosity=0)
    demo = os.environ.get("EMBEDDED_DATABASE") == "yes" and os.environ.get("APP_ENV") != "prod"
    if demo:
        call_command("load_demo", stdout=(HOME / "people.txt").open("w"))
    return demo


def programs(sink: int | None) -> dict[str, str]:
    """The processes, by name."""
    nice = f"nice {sys.executable}"  # the page comes first where there are few cores
    gunicorn = f"{sys.executable} -m gunicorn einvoice_trace.wsgi --preload"
    found = {
        "web": f"{gunicorn} --bind 127.0.0.1:{PORT} --workers 2 --threads 4 --access-logfile -",
        "worker": f"{nice} -m celery -A einvoice_trace worker --concurrency 2 --loglevel INFO",
        "beat": f"{nice} -m celery -A einvoice_trace beat --loglevel INFO --pidfile= --schedule {HOME}/beat-schedule",
        "outbox": f"{nice} {ROOT}/manage.py outbox",
    }
    if sink is not None:
        found["sink"] = f"{nice} {ROOT}/manage.py smtp_sink --port {sink}"
    return found


def supervise(found: dict[str, str], demo: bool) -> None:  # noqa: FBT001 - private to this script
    """Run them, print where the product is, wait for the end."""
    config = HOME / "supervisord.conf"
    head = f"[supervisord]\nnodaemon=true\nsilent=true\nlogfile={LOGS}/supervisord.log\npidfile={HOME}/supervisord.pid\ndirectory={RUN}\n"
    config.write_text(head + "".join(PROGRAM.format(name=name, command=command, run=RUN, logs=LOGS) for name, command in found.items()))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", config], cwd=RUN, env=environment, start_new_session=True
    )

    def stop(_number: int, _frame: FrameType | None) -> None:
        supervisor.send_signal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    works = answers(supervisor)
    if works:
        announce(demo)
    elif supervisor.poll() is None:
        print(f"El servidor web no responde; mire {LOGS}/web.log", file=sys.stderr)
        supervisor.terminate()
    supervisor.wait()
    end(partial(inhabitants, RUN))
    sys.exit(0 if works else 1)


def answers(supervisor: subprocess.Popen[bytes]) -> bool:
    """Whether the web server answers within a minute and a half; not, once the supervisor is told to stop."""

    def answered() -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT}/cuenta/login/", timeout=5):
            return True
        return False

    wait_until(lambda: supervisor.poll() is not None or answered(), seconds=90)
    return supervisor.poll() is None and answered()


def announce(demo: bool) -> None:  # noqa: FBT001 - private to this script
    """Where it is and who may enter."""
    lines = ["", f"  Traza: {os.environ['PUBLIC_URL']}"]
    if demo:
        lines += [f"  Entre con {line}" for line in (HOME / "people.txt").read_text().splitlines() if " / " in line]
    if os.environ.get("DEMO_MAILBOX"):
        lines.append(f"  Los correos que salen se leen en {os.environ['PUBLIC_URL']}/demo/buzon/")
    print("\n".join([*lines, "  Ctrl-C detiene todo.", ""]), flush=True)


if __name__ == "__main__":
    main()
