"""The buyer's page: no login, one personal link per address."""

from django.urls import path

from notifications import buyer_views

urlpatterns = [
    path("<str:token>/", buyer_views.buyer, name="buyer"),
    path("<str:token>/confirmar/", buyer_views.buyer_confirm, name="buyer_confirm"),
    path("<str:token>/reclamar/", buyer_views.buyer_claim, name="buyer_claim"),
    path("<str:token>/enlace-nuevo/", buyer_views.buyer_new_link, name="buyer_new_link"),
    path("<str:token>/<str:part>/", buyer_views.buyer_file, name="buyer_file"),
]
