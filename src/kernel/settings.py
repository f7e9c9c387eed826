"""What the environment asks of the program, read once and refused when wrong."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.policy import default as plain_mail
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import SplitResult, urlsplit

LOG_LEVELS = ("debug", "info", "warning", "error")
SHORTEST_SECRET = 32
POSTGRESQL = ("postgresql", "postgres")
REACHED_AT = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?")
# Read by the tests alone, from the same environment.
FOR_TESTS = {"CARNET_FULL", "CARNET_TEST_DATABASE_URL"}
KNOWN = FOR_TESTS | {
    "CARNET_APP_DATABASE_URL",
    "CARNET_APP_DATABASE_URL_FILE",
    "CARNET_BREACHED_PASSWORDS",
    "CARNET_HOME",
    "CARNET_LOG_LEVEL",
    "CARNET_MAIL_FROM",
    "CARNET_METRICS_TOKEN",
    "CARNET_METRICS_TOKEN_FILE",
    "CARNET_PROXIES",
    "CARNET_PUBLIC_URL",
    "CARNET_SECRET_KEY",
    "CARNET_SECRET_KEY_FILE",
    "CARNET_SMTP_URL",
    "CARNET_SMTP_URL_FILE",
    "CARNET_WEBHOOK_ORIGINS",
    "CARNET_WEB_THREADS",
    "CARNET_WEB_WORKERS",
}


class SettingRefused(Exception):
    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name} {sentence}")
        self.name, self.sentence = name, sentence


@dataclass(frozen=True)
class Settings:
    """`public_url` is where people reach us, without a slash at its end; `proxies` how many stand before us."""

    home: Path
    port: int
    public_url: str
    proxies: int
    database_url: str | None = field(repr=False)
    app_database_url: str | None = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    metrics_token: str | None = field(repr=False)
    smtp_url: str | None = field(repr=False)
    mail_from: str
    breached_passwords: Path | None = field(repr=False)
    log_level: str
    web_workers: int
    web_threads: int

    @property
    def is_embedded(self) -> bool:
        return self.database_url is None


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Raises SettingRefused for the first wrong value; makes the home folder and its key when missing."""
    refuse_unknown(environ)
    read_webhook_origins(environ)
    home = home_folder(environ)
    port = number(environ, "PORT", 8000, 1, 65535)
    reached_at = public_url(environ, port)
    return Settings(
        home=home,
        port=port,
        public_url=reached_at,
        proxies=number(environ, "CARNET_PROXIES", 0, 0, 2),
        database_url=url(environ, "DATABASE_URL", POSTGRESQL),
        app_database_url=app_database_url(environ),
        redis_url=url(environ, "REDIS_URL", ("redis", "rediss", "unix")),
        log_level=one_of(environ, "CARNET_LOG_LEVEL", "info", LOG_LEVELS),
        web_workers=number(environ, "CARNET_WEB_WORKERS", 2, 1, 64),
        web_threads=number(environ, "CARNET_WEB_THREADS", 4, 1, 256),
        secret_key=secret_key(environ, home),
        metrics_token=metrics_token(environ),
        smtp_url=smtp_url(environ),
        mail_from=mail_from(environ, reached_at),
        breached_passwords=existing_file(environ, "CARNET_BREACHED_PASSWORDS"),
    )


def refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith("CARNET_") and name not in KNOWN:
            raise SettingRefused(name, "is not a setting of Carnet; look for a misspelling.")


def home_folder(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("CARNET_HOME") or usual_home(environ))
    if not home.is_absolute():
        raise SettingRefused("CARNET_HOME", f"must be an absolute path, not {str(home)!r}.")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingRefused("CARNET_HOME", f"must be a folder we may write in: {error}.") from None
    return home.resolve()


def usual_home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "carnet"


def text(environ: Mapping[str, str], name: str) -> str | None:
    """The variable, or the content of the file that the same name followed by _FILE points at."""
    value, file = environ.get(name), environ.get(f"{name}_FILE")
    if value and file:
        raise SettingRefused(f"{name}_FILE", f"and {name} are both set; keep one of them.")
    return read_secret(f"{name}_FILE", Path(file)) if file else value or None


def read_secret(name: str, file: Path) -> str:
    try:
        content = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingRefused(name, f"must name a file of text we may read: {error}.") from None
    if not content:
        raise SettingRefused(name, f"names an empty file, {file}.")
    return content


def number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = environ.get(name) or str(default)
    # isdecimal alone would let other scripts' digits through, and int() takes 1_000.
    if not (value.isascii() and value.isdecimal() and least <= int(value) <= most):
        raise SettingRefused(name, f"must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def one_of(environ: Mapping[str, str], name: str, default: str, choices: tuple[str, ...]) -> str:
    value = environ.get(name) or default
    if value not in choices:
        raise SettingRefused(name, f"must be one of {', '.join(choices)}, not {value!r}.")
    return value


def url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = text(environ, name)
    # The value may hold a password, so the sentence never repeats it.
    if value and scheme_of(value) not in schemes:
        raise SettingRefused(name, f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return value


def public_url(environ: Mapping[str, str], port: int) -> str:
    """Scheme, host and port alone: our pages are at the root of their host. Passkeys need a name, not a number."""
    value = environ.get("CARNET_PUBLIC_URL") or f"http://localhost:{port}"
    parts = split(value)
    # Whatever a browser would write otherwise is refused, as links are made of it.
    if not parts or not REACHED_AT.fullmatch(value):
        raise SettingRefused("CARNET_PUBLIC_URL", "must be like https://agenda.example.org, with nothing after it.")
    return value


def smtp_url(environ: Mapping[str, str]) -> str | None:
    """What is sent over smtp:// is encrypted by STARTTLS, and refused without, but for a server on this machine."""
    value = url(environ, "CARNET_SMTP_URL", ("smtp", "smtps"))
    parts = split(value) if value else None
    if value and (not parts or parts.path.strip("/") or parts.query or parts.fragment):
        raise SettingRefused("CARNET_SMTP_URL", "must be like smtp://user:password@host:587, with nothing after it.")
    return value


def mail_from(environ: Mapping[str, str], reached_at: str) -> str:
    """One name and one address, which every letter comes from."""
    host = urlsplit(reached_at).hostname or ""
    is_name = "." in host and not host.replace(".", "").isdecimal()
    value = environ.get("CARNET_MAIL_FROM") or f"Carnet <carnet@{host if is_name else 'localhost'}>"
    sentence = f"must be one address, like Carnet <agenda@example.org>, not {value!r}."
    refused = SettingRefused("CARNET_MAIL_FROM", sentence)
    if not value.isprintable():
        raise refused
    header = plain_mail.header_factory("From", value)
    is_group = any(group.display_name for group in header.groups)
    if header.defects or is_group or len(header.addresses) != 1 or not header.addresses[0].domain:
        raise refused
    return value


def existing_file(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name)
    if value and not (Path(value).is_absolute() and os.access(value, os.R_OK) and Path(value).is_file()):
        raise SettingRefused(name, f"must be the absolute path of a file we may read, not {value!r}.")
    return Path(value) if value else None


def split(value: str) -> SplitResult | None:
    """The parts of an address that names a host in plain characters; None for anything else."""
    try:
        parts = urlsplit(value)
        is_plain = value.isascii() and value.isprintable() and " " not in value and bool(parts.hostname)
        return parts if is_plain and parts.port != 0 else None
    except ValueError:
        return None


def app_database_url(environ: Mapping[str, str]) -> str | None:
    """The database by the login of the running program; as its owner, when that is the only one named."""
    owner, app = url(environ, "DATABASE_URL", POSTGRESQL), url(environ, "CARNET_APP_DATABASE_URL", POSTGRESQL)
    if app and not owner:
        raise SettingRefused("CARNET_APP_DATABASE_URL", "needs DATABASE_URL, which names the same database's owner.")
    return app or owner


def scheme_of(value: str) -> str | None:
    try:
        return urlsplit(value).scheme if "://" in value else None
    except ValueError:
        return None


def secret_key(environ: Mapping[str, str], home: Path) -> str:
    key = text(environ, "CARNET_SECRET_KEY") or kept_key(home / "secret-key")
    if len(key) < SHORTEST_SECRET:
        raise SettingRefused("CARNET_SECRET_KEY", f"must be {SHORTEST_SECRET} characters or more.")
    return key


def metrics_token(environ: Mapping[str, str]) -> str | None:
    """What a scraper must send; None when nobody may scrape."""
    token = text(environ, "CARNET_METRICS_TOKEN")
    if token and (len(token) < SHORTEST_SECRET or not token.isascii() or not token.isprintable()):
        raise SettingRefused("CARNET_METRICS_TOKEN", f"must be {SHORTEST_SECRET} plain characters or more.")
    return token


def kept_key(file: Path) -> str:
    try:
        if not file.exists():
            write_key(file)
    except OSError as error:
        raise SettingRefused("CARNET_HOME", f"must be a folder we may write in: {error}.") from None
    return read_secret("CARNET_HOME", file)


def write_key(file: Path) -> None:
    """Readable by us alone, and never seen half written: linking a finished file lets the first of two win."""
    with NamedTemporaryFile("w", dir=file.parent) as fresh:
        fresh.write(secrets.token_urlsafe(48))
        fresh.flush()
        os.fsync(fresh.fileno())
        with suppress(FileExistsError):
            os.link(fresh.name, file)


def read_webhook_origins(environ: Mapping[str, str]) -> frozenset[str]:
    """Origins such as http://127.0.0.1:9000 that webhooks may go to though they are not public; none by default."""
    written = (environ.get("CARNET_WEBHOOK_ORIGINS") or "").split(",")
    origins = frozenset(origin.strip() for origin in written if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or "@" in parts.netloc:
            raise SettingRefused("CARNET_WEBHOOK_ORIGINS", f"must list origins like http://host:port, not {origin!r}.")
    return origins
