"""The pages of *Configuración*, behind ``e/<nit>/configuracion/``; *Empresa* itself shows mails and is addressed by ``notifications``."""

from django.urls import path

from invoices.views import audit, keys, members

urlpatterns = [
    path("usuarios/", members.company_users, name="company_users"),
    path("usuarios/invitar/", members.invite, name="invite"),
    path("usuarios/<uuid:membership_id>/rol/", members.member_role, name="member_role"),
    path("usuarios/<uuid:membership_id>/quitar/", members.member_remove, name="member_remove"),
    path("invitaciones/<uuid:invitation_id>/reenviar/", members.invitation_resend, name="invitation_resend"),
    path("invitaciones/<uuid:invitation_id>/retirar/", members.invitation_withdraw, name="invitation_withdraw"),
    path("llaves/", keys.api_keys, name="api_keys"),
    path("llaves/crear/", keys.api_key_create, name="api_key_create"),
    path("llaves/<uuid:key_id>/anular/", keys.api_key_revoke, name="api_key_revoke"),
    path("registro/", audit.audit_trail, name="audit_trail"),
    path("registro/exportar/<str:extension>", audit.audit_export, name="audit_export"),
]
