"""Addresses of the demo's mailbox."""

from django.urls import path

from notifications.demo import views

urlpatterns = [
    path("", views.demo_mailbox, name="demo_mailbox"),
    path("<str:key>/", views.demo_mail, name="demo_mail"),
    path("<str:key>/html/", views.demo_html, name="demo_html"),
    path("<str:key>/adjunto/<int:index>/", views.demo_attachment, name="demo_attachment"),
]
