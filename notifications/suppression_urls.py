"""Addresses below ``/e/<nit>/suprimidos/``."""

from django.urls import path

from notifications.views import suppressions

urlpatterns = [
    path("", suppressions.suppressed, name="suppressed"),
    path("agregar/", suppressions.suppression_add, name="suppression_add"),
    path("<uuid:suppression_id>/reactivar/", suppressions.suppression_release, name="suppression_release"),
]
