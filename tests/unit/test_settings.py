"""The environment is read once, and what is wrong in it is named."""

import stat
from pathlib import Path

import pytest

from kernel.settings import SettingRefused, Settings, read_settings


def read(home: Path, **environ: str) -> Settings:
    return read_settings({"CARNET_HOME": str(home)} | environ)


def refused(home: Path, **environ: str) -> str:
    with pytest.raises(SettingRefused) as caught:
        read(home, **environ)
    return caught.value.name


def test_nothing_needs_to_be_set(tmp_path):
    settings = read_settings({"HOME": "/nowhere", "XDG_DATA_HOME": str(tmp_path)})
    assert settings.home == tmp_path / "carnet"
    assert settings.port == 8000
    assert settings.is_embedded


def test_the_home_is_where_programs_of_a_user_keep_things(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read_settings({}).home == tmp_path / ".local/share/carnet"


def test_what_is_set_is_used(tmp_path):
    settings = read(tmp_path, PORT="80", DATABASE_URL="postgresql://db/carnet", CARNET_LOG_LEVEL="debug")
    assert (settings.port, settings.database_url, settings.log_level) == (80, "postgresql://db/carnet", "debug")
    assert not settings.is_embedded


def test_the_program_signs_in_as_the_owner_unless_another_login_is_named(tmp_path):
    owner, app = "postgresql://owner@db/carnet", "postgresql://app@db/carnet"
    assert read(tmp_path, DATABASE_URL=owner).app_database_url == owner
    settings = read(tmp_path, DATABASE_URL=owner, CARNET_APP_DATABASE_URL=app)
    assert (settings.database_url, settings.app_database_url) == (owner, app)
    assert refused(tmp_path, CARNET_APP_DATABASE_URL=app) == "CARNET_APP_DATABASE_URL"


def test_a_variable_set_to_nothing_is_not_set(tmp_path):
    assert read(tmp_path, PORT="", DATABASE_URL="").port == 8000


def test_the_secret_key_is_made_once_for_us_alone(tmp_path):
    first = read(tmp_path).secret_key
    assert len(first) >= 32
    assert read(tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "url").write_text("postgresql://user:word@db/carnet\n")
    (tmp_path / "key").write_text("k" * 40 + "\n")
    settings = read(
        tmp_path,
        DATABASE_URL_FILE=str(tmp_path / "url"),
        CARNET_SECRET_KEY_FILE=str(tmp_path / "key"),
    )
    assert settings.database_url == "postgresql://user:word@db/carnet"
    assert settings.secret_key == "k" * 40
    assert "word" not in repr(settings)
    assert "kkk" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8_000"),
        ("PORT", "٨٠"),
        ("DATABASE_URL", "mysql://db"),
        ("DATABASE_URL", "db.sqlite"),
        ("DATABASE_URL_FILE", "/nowhere/url"),
        ("REDIS_URL", "http://cache"),
        ("CARNET_HOME", "relative/folder"),
        ("CARNET_HOME", "/proc/carnet"),
        ("CARNET_LOG_LEVEL", "chatty"),
        ("CARNET_WEB_WORKERS", "many"),
        ("CARNET_WEB_THREADS", "0"),
        ("CARNET_SECRET_KEY", "short"),
        ("CARNET_HOEM", "/srv/carnet"),
        ("CARNET_PUBLIC_URL", "agenda.exemple.fr"),
        ("CARNET_PUBLIC_URL", "https://agenda.exemple.fr/"),
        ("CARNET_PUBLIC_URL", "https://agenda.exemple.fr?a"),
        ("CARNET_PUBLIC_URL", "https://somebody@agenda.exemple.fr"),
        ("CARNET_PUBLIC_URL", "https://agenda.exemple.fr\nHost: elsewhere"),
        ("CARNET_PUBLIC_URL", "https://agendà.exemple.fr"),
        ("CARNET_PUBLIC_URL", "https://agenda.exemple.fr:70000"),
        ("CARNET_PUBLIC_URL", "ftp://agenda.exemple.fr"),
        ("CARNET_PROXIES", "3"),
        ("CARNET_PROXIES", "-1"),
        ("CARNET_PROXIES", "one"),
        ("CARNET_SMTP_URL", "mail.exemple.fr:25"),
        ("CARNET_SMTP_URL", "smtp://"),
        ("CARNET_SMTP_URL", "smtp://mail.exemple.fr/inbox"),
        ("CARNET_SMTP_URL", "http://mail.exemple.fr"),
        ("CARNET_SMTP_URL_FILE", "/nowhere/url"),
        ("CARNET_MAIL_FROM", "Carnet"),
        ("CARNET_MAIL_FROM", "a@exemple.fr, b@exemple.fr"),
        ("CARNET_MAIL_FROM", "Practice: a@exemple.fr;"),
        ("CARNET_MAIL_FROM", "a@exemple.fr\nBcc: b@exemple.fr"),
        ("CARNET_BREACHED_PASSWORDS", "hashes.txt"),
        ("CARNET_BREACHED_PASSWORDS", "/nowhere/hashes.txt"),
    ],
)
def test_a_wrong_value_is_refused_by_name(tmp_path, name, value):
    assert refused(tmp_path, **{name: value}) == name


def test_a_refusal_never_repeats_a_password(tmp_path):
    with pytest.raises(SettingRefused) as caught:
        read(tmp_path, DATABASE_URL="mysql://user:word@db")
    assert "word" not in str(caught.value)


def test_a_setting_and_its_file_may_not_both_be_given(tmp_path):
    (tmp_path / "url").write_text("postgresql://db")
    assert refused(tmp_path, DATABASE_URL="postgresql://db", DATABASE_URL_FILE=str(tmp_path / "url")) == (
        "DATABASE_URL_FILE"
    )


def test_an_empty_secret_file_is_refused(tmp_path):
    (tmp_path / "key").touch()
    assert refused(tmp_path, CARNET_SECRET_KEY_FILE=str(tmp_path / "key")) == "CARNET_SECRET_KEY_FILE"


def test_whoever_measures_needs_a_token_that_cannot_be_guessed(tmp_path):
    assert read(tmp_path).metrics_token is None
    assert read(tmp_path, CARNET_METRICS_TOKEN="t" * 32).metrics_token == "t" * 32
    for weak in ("t" * 31, "t" * 31 + "é", "t" * 31 + "\n" + "t"):
        assert refused(tmp_path, CARNET_METRICS_TOKEN=weak) == "CARNET_METRICS_TOKEN"


def test_letters_come_from_the_host_that_people_reach(tmp_path):
    assert read(tmp_path, PORT="8123").public_url == "http://localhost:8123"
    assert read(tmp_path).mail_from == "Carnet <carnet@localhost>"
    assert read(tmp_path, CARNET_PUBLIC_URL="https://agenda.exemple.fr").mail_from == (
        "Carnet <carnet@agenda.exemple.fr>"
    )
    named = "Cabinet Été <accueil@exemple.fr>"
    assert read(tmp_path, CARNET_PUBLIC_URL="https://[::1]:8443", CARNET_MAIL_FROM=named).mail_from == named


def test_the_password_of_the_mail_server_is_never_shown(tmp_path):
    url = "smtps://user:hidden@mail.exemple.fr:465"
    settings = read(tmp_path, CARNET_SMTP_URL=url)
    assert settings.smtp_url == url
    assert "hidden" not in repr(settings)
    with pytest.raises(SettingRefused) as caught:
        read(tmp_path, CARNET_SMTP_URL="smtp://user:hidden@mail.exemple.fr/path")
    assert "hidden" not in str(caught.value)


def test_nobody_stands_before_us_unless_it_is_said(tmp_path):
    assert read(tmp_path).proxies == 0
    assert read(tmp_path, CARNET_PROXIES="2").proxies == 2


def test_known_passwords_are_a_file_that_we_may_read(tmp_path):
    file = tmp_path / "hashes"
    file.touch()
    assert read(tmp_path).breached_passwords is None
    assert read(tmp_path, CARNET_BREACHED_PASSWORDS=str(file)).breached_passwords == file
