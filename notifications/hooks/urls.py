"""Addresses that providers call."""

from django.urls import path

from notifications.hooks import views

urlpatterns = [
    path("<str:token>/mandrill/", views.hook, {"provider": "mandrill", "kind": "tracking"}, name="hook_mandrill"),
    path("<str:token>/<slug:provider>/<slug:kind>/", views.hook, name="hook"),
]
