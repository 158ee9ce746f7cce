
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0005_title_value'),
        ('notifications', '0007_channel_alerted'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='customeranswer',
            name='one_answer_per_document',
        ),
        migrations.AddField(
            model_name='customeranswer',
            name='claim_code',
            field=models.CharField(blank=True, choices=[('01', 'Documento con inconsistencias'), ('02', 'Mercancía no entregada'), ('03', 'Mercancía entregada parcialmente'), ('04', 'Servicio no prestado')], max_length=2, verbose_name='motivo del reclamo'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='link_revoked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='enlace anulado'),
        ),
        migrations.AddField(
            model_name='package',
            name='grade',
            field=models.CharField(blank=True, max_length=8, verbose_name='conformidad'),
        ),
        migrations.AddField(
            model_name='package',
            name='review',
            field=models.JSONField(default=list, verbose_name='revisión de conformidad'),
        ),
        migrations.AddConstraint(
            model_name='customeranswer',
            constraint=models.UniqueConstraint(fields=('document', 'status'), name='one_answer_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='customeranswer',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'rejected_by_customer'), ('claim_code', ''), _connector='OR'), name='only_a_claim_has_a_code'),
        ),
    ]
