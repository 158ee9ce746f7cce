"""Addresses of the pages of what was sold and documented."""

from django.urls import path

from invoices.views import documents, lists

DOCUMENT = "e/<str:nit>/documentos/<uuid:document_id>"

urlpatterns = [
    path("", lists.home, name="home"),
    path("e/<str:nit>/ventas/transacciones/", lists.sales, name="sales"),
    path("e/<str:nit>/ventas/facturacion-electronica/", lists.documents, name="documents"),
    path("e/<str:nit>/documentos/descargar/", documents.documents_zip, name="documents_zip"),
    path(f"{DOCUMENT}/acuse-dian/", documents.dian_response, name="dian_response"),
    path(f"{DOCUMENT}/descargar/<str:part>/", documents.document_file, name="document_file"),
]
