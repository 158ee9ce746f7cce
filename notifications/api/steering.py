"""One message: try it now, or do not send it at all."""

from collections.abc import Callable
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from invoices.api.base import CompanyAPI
from invoices.api.idempotency import idempotent
from invoices.api.problems import Conflict
from invoices.api.views import document_of
from invoices.invalid import Invalid
from notifications import steering
from notifications.api import serializers as shapes
from notifications.models import Delivery


class _SteeringAPI(CompanyAPI):
    def steer(self, act: Callable[..., Delivery], document_id: UUID, delivery_id: UUID) -> Response:
        """Do it, in the key's name."""
        delivery = get_object_or_404(Delivery.objects.all(), pk=delivery_id, document=document_of(document_id))
        try:
            steered = act(delivery=delivery, by=self.key, now=timezone.now())
        except Invalid as exc:
            raise Conflict(str(exc)) from exc
        return Response(shapes.DeliveryOut(steered).data, status=202)


class RetryAPI(_SteeringAPI):
    """*Reintentar ahora*."""

    @extend_schema(operation_id="retry_delivery", request=None, responses={202: shapes.DeliveryOut})
    @idempotent()
    def post(self, _request: Request, document_id: UUID, delivery_id: UUID) -> Response:
        """Try it as soon as a worker is free; one that was given up gets all its tries again. 409 when it is leaving, or has ended."""
        return self.steer(steering.retry_now, document_id, delivery_id)


class CancelAPI(_SteeringAPI):
    """*Cancelar envío*."""

    @extend_schema(operation_id="cancel_delivery", request=None, responses={202: shapes.DeliveryOut})
    @idempotent()
    def post(self, _request: Request, document_id: UUID, delivery_id: UUID) -> Response:
        """Do not send it, ever. 409 when it is leaving, or has ended."""
        return self.steer(steering.cancel, document_id, delivery_id)
