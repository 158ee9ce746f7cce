"""Addresses of the API of documents coming in, and of what became of telling their buyers."""

from django.urls import path

from notifications.api import batches, problems, steering, suppressions, views

DOCUMENT = "documents/<uuid:document_id>"

urlpatterns = [
    path("documents/", views.DocumentsAPI.as_view(), name="api_documents"),
    path(f"{DOCUMENT}/acknowledgements/", views.AcknowledgementsAPI.as_view(), name="api_acknowledgements"),
    path(f"{DOCUMENT}/history/", views.HistoryAPI.as_view(), name="api_history"),
    path(f"{DOCUMENT}/notifications/", views.NotificationsAPI.as_view(), name="api_notifications"),
    path(f"{DOCUMENT}/deliveries/<uuid:delivery_id>/retry/", steering.RetryAPI.as_view(), name="api_delivery_retry"),
    path(f"{DOCUMENT}/deliveries/<uuid:delivery_id>/cancel/", steering.CancelAPI.as_view(), name="api_delivery_cancel"),
    path(f"{DOCUMENT}/history-reports/", views.DocumentReportsAPI.as_view(), name="api_document_reports"),
    path("batches/", batches.BatchesAPI.as_view(), name="api_batches"),
    path("batches/<uuid:batch_id>/", batches.BatchAPI.as_view(), name="api_batch"),
    path("batches/<uuid:batch_id>/items/", batches.BatchItemsAPI.as_view(), name="api_batch_items"),
    path("problems/", problems.ProblemsAPI.as_view(), name="api_problems"),
    path("suppressions/", suppressions.SuppressionsAPI.as_view(), name="api_suppressions"),
    path("suppressions/<uuid:suppression_id>/release/", suppressions.ReleaseAPI.as_view(), name="api_suppression_release"),
    path("history-reports/<uuid:report_id>/", views.ReportAPI.as_view(), name="api_report"),
    path("history-reports/<uuid:report_id>/file/", views.ReportFileAPI.as_view(), name="api_report_file"),
]
