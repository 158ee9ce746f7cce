"""A program with a key, for the tests of the API."""

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from invoices import api_keys
from invoices.models import ApiKey, Company
from invoices.scope import company_scope


def key_of(company: Company, scope: str = ApiKey.Scope.WRITE, name: str = "ERP") -> str:
    """A new key of the company."""
    with company_scope(company.pk):
        return api_keys.issue(company=company, name=name, scope=ApiKey.Scope(scope), by=None, at=timezone.now())[1]


class Api:
    """Calls ``/api/v1/…`` with one key; JSON in, the response out."""

    def __init__(self, key: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(self.address(path), query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str = "", content_type: str = "application/json", **more: Any) -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        data = body if isinstance(body, bytes) else json.dumps(body)
        return self.client.post(self.address(path), data, content_type=content_type, headers=headers, **more)

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(self.address(path), json.dumps(body), content_type="application/json", headers=self.headers)

    def upload(self, path: str, files: Any, *, key: str = "") -> Any:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(self.address(path), {"files": files}, headers=headers)

    @staticmethod
    def address(path: str) -> str:
        return path if path.startswith("http") else f"/api/v1/{path}"
