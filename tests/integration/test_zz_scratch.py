"""Scratch: a test module that builds a rich history and writes PDFs."""
import time
from datetime import timedelta
from pathlib import Path
import pytest
from invoices import history
from invoices.models import Membership
from invoices.scope import company_scope
from notifications import reports, outbox, services, acknowledgements
from notifications.models import *
from notifications.services import Target
from tests import factories
from tests.factories import NOON
pytestmark = pytest.mark.django_db(transaction=True)
OUT=Path("/tmp/rep")
def at(m): return lambda: m
def test_it(sink):
    company = factories.company("909214587", name="Despensa y Café El Frailejón S.A.S.", trade_name="El Frailejón Despensa", phone="(601) 555 0142", reply_address="acuses@elfrailejon.example.com")
    laura = factories.member(company, name="Laura Restrepo Cifuentes", email="laura.restrepo@restrepocifuentes.example.com")
    with company_scope(company.pk):
        buyer = factories.customer(company, name="Hotel Mirador del Chicamocha S.A.S.", identification="908630142")
        doc = factories.document(company, customer=buyer, number="FEV20418", addresses=("compras@hotelmirador.example.com","recepcionfe@hotelmirador.example.org"), due_date=NOON.date()+timedelta(days=30), payment_form="2", dian_validated_at=NOON, environment="1")
        services.notify(document=doc, now=NOON)
    sink.replies["compras@hotelmirador.example.com"]=["451 4.2.2 Mailbox full", "550 5.1.1 User unknown in virtual mailbox table"]
    outbox.drain(clock=at(NOON)); outbox.drain(clock=at(NOON+timedelta(minutes=3)))
    later=NOON+timedelta(days=40)
    with company_scope(company.pk):
        doc.refresh_from_db()
        services.resend(document=doc, targets=[Target("cartera@hotelmirador.example.net", corrects="compras@hotelmirador.example.com", save=True)], note="Tesorería del hotel dice que no la tiene", by=laura, now=later)
    outbox.drain(clock=at(later))
    with company_scope(company.pk):
        d = Delivery.objects.get(address="cartera@hotelmirador.example.net")
        acknowledgements.confirm(delivery=d, name="Julián Ardila Serrano", message="Recibida por cartera, gracias", now=later+timedelta(hours=20))
        doc.refresh_from_db()
    ask=NOON+timedelta(days=130)
    with company_scope(company.pk):
        r=reports.request(documents=[doc], address="laura.restrepo@restrepocifuentes.example.com", by=laura, now=ask)
    t=time.time(); n=reports.make_due(clock=at(ask+timedelta(seconds=21))); print("made",n,time.time()-t)
    outbox.drain(clock=at(ask+timedelta(seconds=30)))
    with company_scope(company.pk):
        r=HistoryReport.objects.get(pk=r.pk); print(r.status,r.error,r.pages,r.movements)
        (OUT/"one.pdf").write_bytes(r.pdf.read())
        m=Delivery.objects.get(notification=r.notification)
        (OUT/"report.html").write_text(m.html_body); (OUT/"report.txt").write_text(m.text_body); print(m.subject)
        m=Delivery.objects.filter(document=doc).first()
        (OUT/"note.html").write_text(m.html_body); (OUT/"note.txt").write_text(m.text_body)
        docs=[factories.document(company, number=f"FEV{20500+i}") for i in range(6)]
        for k in range(600): history.append(document=docs[0], event=history.Event.DEFERRED, at=NOON+timedelta(hours=3*k), address="compras@example.com", data={"reply":"451 4.7.1 Greylisted, please try again later","next_at":(NOON+timedelta(hours=3*k+1)).isoformat()})
        services.notify(document=docs[1], now=NOON)
    outbox.drain(clock=at(NOON))
    with company_scope(company.pk):
        for x in docs: x.refresh_from_db()
        r=reports.request(documents=[doc,*docs], address="laura.restrepo@restrepocifuentes.example.com", by=laura, now=ask)
    t=time.time(); n=reports.make_due(clock=at(ask+timedelta(minutes=1))); print("made",n,time.time()-t)
    with company_scope(company.pk):
        r=HistoryReport.objects.get(pk=r.pk); print(r.status,r.error,r.pages,r.movements,r.pdf.size,r.workbook.size)
        (OUT/"many.pdf").write_bytes(r.pdf.read()); (OUT/"many.xlsx").write_bytes(r.workbook.read())
        m=Delivery.objects.get(notification=r.notification)
        (OUT/"report-many.html").write_text(m.html_body); (OUT/"report-many.txt").write_text(m.text_body)
        t=time.time(); (OUT/"now.pdf").write_bytes(reports.make_now(document=docs[0], by=laura, now=ask)); print("now", time.time()-t)
