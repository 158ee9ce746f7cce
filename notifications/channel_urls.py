"""*Canales de correo*, behind ``e/<nit>/configuracion/canales/``."""

from django.urls import path

from notifications.views import channels

urlpatterns = [
    path("", channels.channels, name="channels"),
    path("agregar/<slug:kind_code>/", channels.channel_add, name="channel_add"),
    path("<uuid:channel_id>/cambiar/", channels.channel_change, name="channel_change"),
    path("elegir/", channels.channel_choose, name="channel_choose"),
    path("probar/", channels.channel_probe_send, name="channel_probe"),
]
