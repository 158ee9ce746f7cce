"""Addresses of the pages of what was sold and documented."""

from django.urls import path

from invoices import views

DOCUMENT = "e/<str:nit>/documentos/<uuid:document_id>"

urlpatterns = [
    path("", views.home, name="home"),
    path("e/<str:nit>/ventas/transacciones/", views.sales, name="sales"),
    path("e/<str:nit>/ventas/facturacion-electronica/", views.documents, name="documents"),
    path("e/<str:nit>/documentos/descargar/", views.documents_zip, name="documents_zip"),
    path(f"{DOCUMENT}/acuse-dian/", views.dian_response, name="dian_response"),
    path(f"{DOCUMENT}/descargar/<str:part>/", views.document_file, name="document_file"),
]
