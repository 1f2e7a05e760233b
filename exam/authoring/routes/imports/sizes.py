"""How much may be sent to the pages of imports, and who may call them."""

from typing import Any

from flask import request

from exam.accounts.rules import Role
from exam.authoring.routes.blueprint import bp
from exam.web import roles_required
from question_bank.formats import LARGEST

MOST_PASTED = 8 * 2**20
"""Bytes of a text that is pasted."""
for_trainers = roles_required(Role.TRAINER)


@bp.url_value_preprocessor
def allow_large_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let files of questions be larger than what other pages take; before anything reads the form."""
    if endpoint == "authoring.import_send":
        request.max_content_length = LARGEST + MOST_PASTED
        request.max_form_memory_size = MOST_PASTED
