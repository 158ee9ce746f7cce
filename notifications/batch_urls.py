"""Addresses below ``/e/<nit>/lotes/``."""

from django.urls import path

from notifications.views import batches

BATCH = "<uuid:batch_id>"

urlpatterns = [
    path("", batches.batches, name="batches"),
    path("nuevo/", batches.batch_create, name="batch_create"),
    path(f"{BATCH}/", batches.batch, name="batch"),
    path(f"{BATCH}/documentos/", batches.batch_documents, name="batch_documents"),
    path(f"{BATCH}/exportar/<str:extension>", batches.batch_export, name="batch_export"),
    path(f"{BATCH}/revisar/", batches.batch_sort, name="batch_sort"),
    path(f"{BATCH}/confirmar/", batches.batch_confirm, name="batch_confirm"),
    path(f"{BATCH}/cancelar/", batches.batch_cancel, name="batch_cancel"),
    path(f"{BATCH}/reintentar/", batches.batch_retry, name="batch_retry"),
]
