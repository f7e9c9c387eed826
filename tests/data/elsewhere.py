"""Addresses that try to lead somebody away from us, each in several writings."""

from itertools import product

HOSTS = [
    "exemple.org",
    "exemple.org:80",
    "a@exemple.org",
    "localhost@exemple.org",
    "exemple。org",
    "ｅxemple.org",
    "[::1]",
]
SLASHES = [
    "//",
    "///",
    "/\\",
    "\\/",
    "\\\\",
    "\\",
    "/\t/",
    "/\n/",
    "/\r\n/",
    "\t//",
    " //",
    "/\x00/",
    "/\x0b\\",
    "/\t\\",
]
SLASHES += [
    "／／",
    "/／",
    "⁄⁄",
    "/ /",
    "/\u200b/",
    "/\u2028/",
    "\ufeff//",
    "/.//",
    "/..//",
    "/;//",
    "/%2f",
    "/%5c",
    "/%09/",
]
SCHEMES = ["http://", "https://", "HTTPS://", "https:", "https:/", "https:\\", "ftp://", "javascript://", "ht\ttps://"]
OTHERS = [
    "javascript:hit()",
    "JaVaScRiPt:hit()",
    "java\nscript:hit()",
    "\x01javascript:hit()",
    "data:text/html,hit",
    "vbscript:hit()",
    "mailto:a@exemple.org",
    "",
    " ",
    ".",
    "agenda",
    "?next=//exemple.org",
    "#//exemple.org",
    "http:agenda",
    "//",
    "//[",
    "///",
    "/\\/\\/\\",
    "https://localhost.exemple.org/",
    "https://localhost:pass@exemple.org/",
    "/agenda\r\nLocation: https://exemple.org",
    "/agenda\r\nSet-Cookie: carnet=1",
    "/agenda\u0085Location: https://exemple.org",
]

AWAY = [*map("".join, product(SLASHES, HOSTS)), *map("".join, product(SCHEMES, HOSTS)), *OTHERS]
