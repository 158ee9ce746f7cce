"""Addresses of the notifications' pages; those of the buyer and of the demo are included from their own modules."""

from django.urls import include, path

from notifications.views import company, conformity, document, links, problems, reports, resend, returned, steering, terms, upload

DOCUMENT = "e/<str:nit>/documentos/<uuid:document_id>"

urlpatterns = [
    path("e/<str:nit>/documentos/enviar-historial/", reports.history_report_selected, name="history_report_selected"),
    path("e/<str:nit>/ventas/por-vencer/exportar/<str:extension>", terms.terms_export, name="terms_export"),
    path(f"{DOCUMENT}/", document.document, name="document"),
    path(f"{DOCUMENT}/acuses/", document.acknowledgements, name="acknowledgements"),
    path(f"{DOCUMENT}/reenviar/", resend.resend, name="resend"),
    path(f"{DOCUMENT}/enviar-historial/", reports.history_report, name="history_report"),
    path(f"{DOCUMENT}/revisar/", conformity.package_review, name="package_review"),
    path(f"{DOCUMENT}/informe.pdf", reports.history_report_now, name="history_report_now"),
    path(f"{DOCUMENT}/envios/<uuid:delivery_id>/reintentar/", steering.retry, name="delivery_retry"),
    path(f"{DOCUMENT}/envios/<uuid:delivery_id>/cancelar/", steering.cancel, name="delivery_cancel"),
    path(f"{DOCUMENT}/envios/<uuid:delivery_id>/anular-enlace/", links.link_revoke, name="link_revoke"),
    path("e/<str:nit>/informes/", reports.reports, name="reports"),
    path("e/<str:nit>/informes/<uuid:report_id>/<str:kind>/", reports.report_file, name="report_file"),
    path("e/<str:nit>/configuracion/", company.company_settings, name="company_settings"),
    path("e/<str:nit>/configuracion/logo/", company.company_logo, name="company_logo"),
    path("e/<str:nit>/configuracion/canales/", include("notifications.channel_urls")),
    path("e/<str:nit>/clientes/", include("notifications.customer_urls")),
    path("e/<str:nit>/lotes/", include("notifications.batch_urls")),
    path("e/<str:nit>/problemas/", include("notifications.problem_urls")),
    path("e/<str:nit>/suprimidos/", include("notifications.suppression_urls")),
    path("e/<str:nit>/cargar/", upload.upload, name="upload"),
    path("e/<str:nit>/revisar-paquete/", conformity.check_file, name="check_file"),
    path("e/<str:nit>/devueltos/", returned.returned_mails, name="returned_mails"),
    path("sin-dueno/", returned.orphan_box, name="orphans"),
    path("sin-dueno/avisos/<uuid:event_id>/", returned.orphan_match, name="orphan_match"),
    path("sin-dueno/mensajes/<uuid:message_id>/", returned.orphan_read, name="orphan_read"),
    path("problemas/", problems.all_problems, name="all_problems"),
    path("d/", include("notifications.buyer_urls")),
]
