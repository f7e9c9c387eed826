"""Whether this process can answer: asked by whoever watches over it."""

from flask import Blueprint, current_app, jsonify
from psycopg import Error
from psycopg_pool import PoolTimeout
from werkzeug.wrappers import Response

from kernel.errors import Unavailable
from web.entry import ANYONE, admits

health = Blueprint("health", __name__)


@health.get("/health")
@admits(ANYONE)
def check() -> tuple[Response, int]:
    """200 when the database answers, 503 otherwise."""
    try:
        current_app.store.read_by_all()
    except (Error, PoolTimeout, Unavailable):
        return jsonify(status="database away"), 503
    return jsonify(status="ok"), 200
