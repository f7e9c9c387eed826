"""Commands that run until they are told to stop."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

import click

from carnet.commands_database import enter, warn_of_thin_wall, with_database
from carnet.http_server import listening, server_on
from carnet.postgres import Addresses, EmbeddedPostgres
from carnet.supervisor import Kept, Supervisor, only_supervisor
from kernel.settings import SettingRefused, Settings, read_settings

CHILDREN = ("web", "readers", "worker")
# Nothing that lies in the folder it is started from is taken for a part of the program.
PROGRAM = (sys.executable, "-P", "-m", "carnet")


@click.command()
def serve() -> None:
    """Start everything, and keep it running until Ctrl-C."""
    settings = read_settings(os.environ)
    with only_supervisor(settings.home), ended_cleanly(), services(settings) as (kept, addresses):
        refuse_taken_port(settings.port)
        prepare(addresses.owner)
        # The children are not even told how the owner enters.
        enter(addresses.app)
        warn_of_thin_wall(addresses.app)
        commands = {name: [*PROGRAM, name] for name in CHILDREN}
        Supervisor(commands, os.environ, kept, Announcement(settings)).run()


@contextmanager
def ended_cleanly() -> Iterator[None]:
    # Before the supervisor listens, SIGTERM must unwind what is started as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped before everything was started.", err=True)


@contextmanager
def services(settings: Settings) -> Iterator[tuple[Mapping[str, Kept], Addresses]]:
    """The services to keep alive beside the children, and where the database is."""
    if not settings.is_embedded:
        yield {}, Addresses(settings.database_url, settings.app_database_url)
        return
    server = EmbeddedPostgres(settings.home)
    try:
        yield {"postgres": server}, Addresses(server.start(), server.app_url)
    finally:
        server.stop()


def refuse_taken_port(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SettingRefused("PORT", f"{port} cannot be used: {error.strerror}. Name another one.") from None


def prepare(database_url: str) -> None:
    from carnet import demo
    from kernel.migrations import migrate

    migrate(database_url)
    if not demo.has_organisation(database_url):
        demo.seed(database_url)


@dataclass
class Announcement:
    """Says once, when the pages answer, where they are."""

    settings: Settings
    is_made: bool = False

    def __call__(self) -> None:
        if not self.is_made and is_healthy(self.settings.port):
            self.is_made = True
            announce(self.settings)


def announce(settings: Settings) -> None:
    from carnet import demo

    click.echo(f"Carnet is ready: http://localhost:{settings.port}/")
    if settings.smtp_url is None:
        click.echo(f"Letters are kept in {settings.home / 'mail'}; name a mail server in CARNET_SMTP_URL to send them.")
    click.echo(demo.logins())


def is_healthy(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=1)) as connection:
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


@click.command()
def web() -> None:
    """Answer HTTP requests on 127.0.0.1, at PORT, by as many processes as the settings say."""
    with with_database() as settings, closing(listening(settings.port)) as shared:
        command = [*PROGRAM, "web-worker", str(shared.fileno())]
        commands = {f"web worker {number + 1}": command for number in range(settings.web_workers)}
        Supervisor(commands, os.environ, pass_fds=(shared.fileno(),)).run()


@click.command(hidden=True)
@click.argument("descriptor", type=int)
def web_worker(descriptor: int) -> None:
    """One process of the web server, on a socket that it is handed."""
    from web.app import create_app

    with with_database() as settings, socket.socket(fileno=descriptor) as shared:
        server_on(shared, create_app(), settings.web_threads).serve()


@click.command()
def readers() -> None:
    """Follow the log: views and policies."""
    from carnet.wiring import run_readers

    with with_database():
        run_readers()


@click.command()
def worker() -> None:
    """Do the jobs that are due."""
    from carnet.wiring import run_worker

    with with_database():
        run_worker()
