"""Addresses of the pages of what was sold and documented."""

from django.urls import include, path

from invoices.views import directory, directory_differences, documents, exports, guide, invitation, lists, sales_import

SALES = "e/<str:nit>/ventas/transacciones"
DOCUMENTS = "e/<str:nit>/ventas/facturacion-electronica"
DOCUMENT = "e/<str:nit>/documentos/<uuid:document_id>"
RECEPTION = "e/<str:nit>/clientes/recepcion"

urlpatterns = [
    path("", lists.home, name="home"),
    path(f"{SALES}/", lists.sales, name="sales"),
    path(f"{SALES}/exportar/<str:extension>", exports.sales_export, name="sales_export"),
    path(f"{SALES}/cargar/", sales_import.sales_import_file, name="sales_import"),
    path(f"{SALES}/cargar/<uuid:file_id>/", sales_import.sales_columns, name="sales_columns"),
    path(f"{SALES}/cargas/<uuid:file_id>/", sales_import.sales_result, name="sales_result"),
    path(f"{SALES}/cargas/<uuid:file_id>/csv/", sales_import.sales_result_file, name="sales_result_file"),
    path(f"{DOCUMENTS}/", lists.documents, name="documents"),
    path(f"{DOCUMENTS}/exportar/<str:extension>", exports.documents_export, name="documents_export"),
    path("e/<str:nit>/documentos/descargar/", documents.documents_zip, name="documents_zip"),
    path(f"{DOCUMENT}/acuse-dian/", documents.dian_response, name="dian_response"),
    path(f"{DOCUMENT}/descargar/<str:part>/", documents.document_file, name="document_file"),
    path(f"{DOCUMENT}/eventos/<uuid:event_id>/", documents.event_file, name="event_file"),
    path("e/<str:nit>/correo-de-recepcion/", directory.reception_directory, name="reception_directory"),
    path(f"{RECEPTION}/", directory_differences.directory_differences_page, name="directory_differences"),
    path(f"{RECEPTION}/exportar/<str:extension>", directory_differences.directory_differences_export, name="directory_export"),
    path(f"{RECEPTION}/<uuid:customer_id>/", directory_differences.directory_decide, name="directory_decide"),
    path("e/<str:nit>/configuracion/", include("invoices.company_urls")),
    path("ayuda/", guide.guide, name="guide"),
    path("ayuda/<slug:slug>/", guide.guide_page, name="guide_page"),
    path("invitacion/<str:token>/", invitation.invitation, name="invitation"),
]
