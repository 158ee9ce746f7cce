"""``/demo/buzon/``: what the buyers of the demo got. Only there when DEMO_MAILBOX is set; needs no login, holds invented data."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from invoices.downloads import attachment
from notifications.demo.mailbox import Mail, find, newest

# The mail's HTML runs nothing and loads nothing; its links open in a tab of their own.
MAIL_CSP = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_GET
def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages."""
    return render(request, "notifications/demo/mailbox.html", {"mails": newest()})


@require_GET
def demo_mail(request: HttpRequest, key: str) -> HttpResponse:
    """One message: HTML in a frame, text, headers, attachments."""
    return render(request, "notifications/demo/mail.html", {"mail": _mail(key)})


@csp(MAIL_CSP)  # type: ignore[arg-type] # its annotation knows views without arguments only
@xframe_options_sameorigin
@require_GET
def demo_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML body alone, in its sandbox."""
    return HttpResponse(_mail(key).html.replace("<head>", '<head><base target="_blank">', 1))


@require_GET
def demo_attachment(request: HttpRequest, key: str, index: int) -> HttpResponse:
    """One attachment, as a download."""
    attachments = _mail(key).attachments
    if index >= len(attachments):
        raise Http404
    part = attachments[index]
    data = part.get_payload(decode=True)
    return attachment(part.get_filename("adjunto"), data if isinstance(data, bytes) else b"")


def _mail(key: str) -> Mail:
    mail = find(key)
    if mail is None:
        raise Http404
    return mail
