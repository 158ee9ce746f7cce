"""
Keys of the API: given out once, kept as a digest.

A key reads ``traza_<company>_<secret>``: the company's id opens the scope in which the digest is looked for, so that the
wall between companies stands before anybody is known; that both belong together is then verified.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from invoices import audit
from invoices.audit import Action
from invoices.invalid import Invalid
from invoices.models import ApiKey, Company, User
from invoices.scope import company_scope

PREFIX = "traza"
# The last use is written down to this precision: one UPDATE per key and minute, not one per request.
LAST_USE = timedelta(minutes=1)
MOST_KEYS = 50


def issue(*, company: Company, name: str, scope: str, by: User | None, at: datetime) -> tuple[ApiKey, str]:
    """
    Make a key, in the company's scope; the text is shown once and cannot be read again.

    :raises Invalid: no name, or a live key has it already; no such scope; ``MOST_KEYS`` live ones.
    """
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid("Ponle un nombre que diga qué programa la usa (hasta 80 letras).", field="name")
    if scope not in ApiKey.Scope.values:
        raise Invalid("Elige un alcance.", field="scope")
    if ApiKey.objects.filter(revoked_at=None).count() >= MOST_KEYS:
        raise Invalid(f"Ya hay {MOST_KEYS} llaves: anula las que no uses.")
    text = f"{PREFIX}_{company.pk.hex}_{secrets.token_urlsafe(32)}"
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                company=company, name=name, scope=scope, sha256=_digest(text), hint=text[-6:], created_by=by, created_at=at
            )
    except IntegrityError as exc:
        raise Invalid(f"Ya hay una llave que se llama «{name}»: anúlala antes, o usa otro nombre.", field="name") from exc
    audit.record(company_id=company.pk, action=Action.KEY_CREATED, by=by, at=at, subject_id=key.pk, data={"name": name, "scope": scope})
    return key, text


def revoke(*, key: ApiKey, by: User | None, at: datetime) -> None:
    """From now on the key opens nothing; a second time changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at, revoked_by=by):
        audit.record(company_id=key.company_id, action=Action.KEY_REVOKED, by=by, at=at, subject_id=key.pk, data={"name": key.name})


def find(text: str, *, now: datetime) -> ApiKey | None:
    """The live key that was presented, with its company, and its use written down; None when it is not ours."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX:
        return None
    try:
        company_id = UUID(hex=parts[1])
    except ValueError:
        return None
    with company_scope(company_id):
        key = ApiKey.objects.select_related("company").filter(sha256=_digest(text), revoked_at=None).first()
        if key and (key.last_used_at is None or key.last_used_at < now - LAST_USE):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
