"""Migrates, loads the demo where it may, and runs every process under a supervisor until it is told to stop."""

import contextlib
import fcntl
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import closing
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from einvoice_trace.local import Place
from einvoice_trace.processes import ENDINGS, die_with_parent, end, exit_when_told, inhabitants, wait_until

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "local"
RUN = HOME / "run"
LOGS = ROOT / "var" / "log"
PORT = os.environ.get("PORT") or "8000"
PRODUCTION = os.environ.get("APP_ENV") == "prod"
PROGRAM = """
[program:{name}]
command={command}
directory={run}
autorestart=true
startretries=1000
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
    exit_when_told()
    RUN.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(exist_ok=True)
    lock = (HOME / "start.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("Este directorio ya está en marcha: detenlo antes con Ctrl-C.")
    end(partial(inhabitants, RUN))  # what a killed start left behind
    if not PORT.isdecimal() or not free(int(PORT)):
        sys.exit(f"El puerto {PORT} no sirve o está ocupado: elige otro, por ejemplo PORT=8001 bin/start")
    sink = prepare_environment()
    if sink is not None:
        shared = {name: os.environ[name] for name in ("PUBLIC_URL", "EMAIL_URL", "DEMO_MAILBOX")}
        (HOME / "running.json").write_text(json.dumps(shared))  # bin/manage beside us writes the same addresses into mails
    people = prepare_database()
    sys.exit(supervise(programs(sink), people))


def free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def prepare_environment() -> int | None:
    """Give the processes their addresses; the port of the mail sink, where no channel was given."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einvoice_trace.settings")
    if not PRODUCTION:
        os.environ.setdefault("PUBLIC_URL", f"http://localhost:{PORT}")
    if PRODUCTION or any(os.environ.get(name) for name in ("EMAIL_URL", "EMAIL_URL_FILE")):
        return None
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}/?reports=none&tls=no"
    os.environ["DEMO_MAILBOX"] = str(ROOT / "var" / "buzon")
    return port


def prepare_database() -> list[str]:
    """Migrate; load the demo into the embedded database, never into one that was given. Who may enter the demo."""
    django.setup()
    with Place("local").locked():  # another command may be migrating
        call_command("migrate", verbosity=0)
    if PRODUCTION:
        call_command("collectstatic", interactive=False, verbosity=0)
    people = StringIO()
    if os.environ.get("EMBEDDED_DATABASE") == "yes":
        call_command("load_demo", stdout=people)
    return [line for line in people.getvalue().splitlines() if " / " in line]


def programs(sink: int | None) -> dict[str, str]:
    """The processes, by name."""
    python, root, schedule = (shlex.quote(str(path)) for path in (sys.executable, ROOT, HOME / "beat-schedule"))
    nice = f"nice {python}"  # the page comes first where there are few cores
    gunicorn = f"{python} -m gunicorn einvoice_trace.wsgi --preload --logger-class einvoice_trace.server.ServerLog"
    celery = f"{nice} -m celery -A einvoice_trace --quiet"
    found = {
        "web": f"{gunicorn} --bind 127.0.0.1:{PORT} --workers 2 --threads 4",
        "worker": f"{celery} worker --concurrency 2",
        "beat": f"{celery} beat --pidfile= --schedule {schedule}",
        "outbox": f"{nice} {root}/manage.py outbox",
    }
    if sink is not None:
        found["sink"] = f"{nice} {root}/manage.py smtp_sink --port {sink}"
    return found


def configuration(found: dict[str, str]) -> str:
    """What supervisord reads."""
    head = f"[supervisord]\nnodaemon=true\nsilent=true\nlogfile={LOGS}/supervisord.log\npidfile={HOME}/supervisord.pid\ndirectory={RUN}\n"
    sections = [PROGRAM.format(name=name, command=command, run=RUN, logs=LOGS) for name, command in found.items()]
    return "".join([head, *sections])


def supervise(found: dict[str, str], people: list[str]) -> int:
    """Run them, print where the product is, wait for the end; the code to exit with."""
    file = HOME / "supervisord.conf"
    file.write_text(configuration(found))
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-c", file],
        cwd=RUN,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # Ctrl-C comes to this process alone
        preexec_fn=die_with_parent(),
    )
    for number in ENDINGS:
        signal.signal(number, lambda _number, _frame: supervisor.terminate())
    works = answers(supervisor)
    if works:
        announce(people)
    elif supervisor.poll() is None:
        print(f"El servidor web no responde; mira {LOGS}/web.log", file=sys.stderr)
        supervisor.terminate()
    code = supervisor.wait()
    end(partial(inhabitants, RUN))  # those whose supervisor was killed
    return 0 if works and not code else 1


def answers(supervisor: subprocess.Popen[bytes]) -> bool:
    """Whether the web server answers within a minute and a half; not, once the supervisor is told to stop."""

    def answered() -> bool:
        web = HTTPConnection("127.0.0.1", int(PORT), timeout=5)
        with contextlib.suppress(OSError, HTTPException), closing(web):
            web.request("GET", "/cuenta/login/")
            return web.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
        return False

    wait_until(lambda: supervisor.poll() is not None or answered(), seconds=90)
    return supervisor.poll() is None and answered()


def announce(people: list[str]) -> None:
    """Where it is and who may enter."""
    lines = ["", f"  Traza: {settings.PUBLIC_URL}", *(f"  Entra con {line}" for line in people)]
    if settings.DEMO_MAILBOX:
        lines.append(f"  Los correos que salen se leen en {settings.PUBLIC_URL}/demo/buzon/")
    print("\n".join([*lines, "  Ctrl-C detiene todo.", ""]), flush=True)


if __name__ == "__main__":
    main()
