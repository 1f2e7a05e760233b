"""The page that asks for an exam and its days, and the file. For trainers and HR."""

from io import BytesIO

from flask import abort, current_app, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from exam import clock
from exam.accounts.rules import Role
from exam.company import zone
from exam.db import begin_writing, db
from exam.defence import actions, queries
from exam.defence.forms import FileForm
from exam.defence.routes.blueprint import bp
from exam.defence.routes.content import SECTIONS, document
from exam.defence.routes.document import pdf
from exam.defence.routes.saying import timed
from exam.defence.rules import ENOUGH, last_year
from exam.display import local
from exam.papers.models import Exam
from exam.web import roles_required


def _form() -> FileForm:
    form = FileForm(request.args)
    form.offer(queries.exams(db.session()), last_year(local(clock.now()).date()))
    return form


@bp.get("/evidence")
@roles_required(Role.TRAINER, Role.HR)
def page() -> ResponseReturnValue:
    """Say which exam and which days, and what the file will hold."""
    return _page(_form())


def _page(form: FileForm) -> ResponseReturnValue:
    headings = [str(heading) for heading, _make in SECTIONS]
    return render_template("defence/page.html", form=form, headings=headings, enough=ENOUGH)


@bp.get("/evidence/file.pdf")
@roles_required(Role.TRAINER, Role.HR)
def file() -> ResponseReturnValue:
    """The evidence as a PDF; the trail says who took it."""
    if not request.args:
        return redirect(url_for(".page"))
    form = _form()
    if not form.validate():
        return _page(form)
    begin_writing()
    session, now, period = db.session(), clock.now(), form.period
    exam = session.get(Exam, form.exam.data) or abort(404)
    actions.note_taken(session, exam.id, period.first, period.last, actor_id=current_user.id, now=now)
    db.session.commit()
    evidence = queries.evidence(session, exam, *period.moments(zone()))
    made = _("%(moment)s by %(name)s", moment=timed(now), name=current_user.full_name)
    content = pdf(document(evidence, period, current_app.config["JIEYE"].company, made), now)
    name = f"evidence-exam-{exam.id}-{period.first}-{period.last}.pdf"
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)
