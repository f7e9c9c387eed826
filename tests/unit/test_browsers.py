"""What a browser calls itself, in words that people know."""

import pytest

from accounts.people.browsers import words_of

CALL_THEMSELVES = {
    "(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox · Linux",
    "(Windows NT 10.0; Win64; x64) AppleWebKit/537 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge · Windows",
    "(Macintosh; Intel Mac OS X 14_5) AppleWebKit/605 Version/18.0 Safari/605.1.15": "Safari · macOS",
    "(iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/140.0 Safari/604.1": "Chrome · iPhone",
    "(Linux; Android 15; SM-S911B) AppleWebKit/537 SamsungBrowser/27.0 Chrome/125.0": "Samsung Internet · Android",
    "curl/8.5.0": "",
    "": "",
}


@pytest.mark.parametrize(("calls_itself", "words"), CALL_THEMSELVES.items())
def test_browser_and_system_are_named(calls_itself: str, words: str):
    assert words_of(f"Mozilla/5.0 {calls_itself}") == words
