"""Bodies that no program means: each operation that takes one answers at once, and never with a fault of ours."""

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from tests.api.program import Program, code
from web.api import spec
from web.api.family import MOST_DEEP

DIGITS = b"9" * 4301
# How the value of a field is made strange, whatever the field.
STRANGE: dict[str, bytes] = {
    "nested": b"[" * 1000 + b"]" * 1000,
    "nested and cut off": b"[" * 100_000,
    "nested objects": b'{"a":' * 1000 + b"1" + b"}" * 1000,
    "as deep as may be": b"[" * (MOST_DEEP - 2) + b"]" * (MOST_DEEP - 2),
    "digits": DIGITS,
    "digits after the point": b"0." + DIGITS,
    "exponent": b"1e999999",
    "small exponent": b"-1e-999999",
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "half a pair": rb'"\ud800"',
    "nought": rb'"\u0000"',
    "no UTF-8": b'"\xff"',
    "open quotation mark": b'"' + b"\\" * 50_001,
    "out of range": str(2**64).encode(),
}
UNTIL = 1.0


def taking_bodies(program: Program) -> Iterator[tuple[str, str, list[str]]]:
    """Each operation with a JSON body: method, path, and the fields that it knows."""
    with program.app.test_request_context():
        told = deepcopy(spec.description())
    schemas = told["components"]["schemas"]
    for path, method, operation in spec.every_operation(told):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            yield method.upper(), path.partition("/api/v1")[2], sorted(schemas.get(name, {}).get("properties", {}))


def bodies(fields: list[str]) -> Iterator[bytes]:
    for strange in STRANGE.values():
        yield strange
        yield from (f'{{"{name}":'.encode() + strange + b"}" for name in fields)
    yield b'{"a":1,"a":2}'
    yield b"\xff\xfe{"


def test_no_body_is_a_fault(program: Program):
    found = list(taking_bodies(program))
    assert len(found) > 40
    for method, path, fields in found:
        for body in bodies(fields):
            began = time.process_time()
            answer = send(program, method, path, body)
            assert answer.status_code < 500, (method, path, body[:80], answer.text)
            assert time.process_time() - began < UNTIL, (method, path, body[:80])


def send(program: Program, method: str, path: str, body: bytes) -> Any:
    path = path.replace("{id}", str(program.house.claire)).replace("{", "").replace("}", "")
    headers = {"Authorization": f"Bearer {program.secret}", "Content-Type": "application/json"}
    return program.browser.open(f"/api/v1{path}", method=method, data=body, headers=headers)


def test_a_body_too_large_is_refused_before_it_is_read(program: Program):
    class Never:
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

        readline = __iter__ = read

    headers = {"Authorization": f"Bearer {program.secret}", "Content-Type": "application/json"}
    told = {"wsgi.input": Never(), "CONTENT_LENGTH": str(50 * 1024**2)}
    sent = {"environ_overrides": told, "headers": headers}
    for method, path, _ in taking_bodies(program):
        path = path.replace("{id}", str(program.house.claire)).replace("{", "").replace("}", "")
        answer = program.browser.open(f"/api/v1{path}", method=method, **sent)
        assert code(answer) in ((413, "too_large"), (404, "not_found")), (method, path)


def test_what_brackets_and_quotation_marks_say_within_words_is_no_depth(program: Program):
    answer = program.post("/clients", {"last_name": "[" * 100 + '\\"{' * 5})
    assert answer.status_code == 201
