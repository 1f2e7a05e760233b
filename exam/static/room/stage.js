// What is on the screen: one question, or one view such as the summary, and nothing else.

import { Question } from "./questions.js";
import { say } from "./words.js";

export class Stage {
  /** The Question or view on the screen, and the Question shown last. */
  shown = null;
  current = null;

  /** onShow() is told when something else is on the screen. */
  constructor(root, questions, onShow) {
    this.root = root;
    this.questions = questions;
    this.onShow = onShow;
  }

  view(name) {
    return this.root.querySelector(`[data-view="${name}"]`);
  }

  isView(name) {
    return this.shown === this.view(name);
  }

  get isQuestion() {
    return this.shown instanceof Question;
  }

  show(what, { focus = true } = {}) {
    const section = what instanceof Question ? what.section : what;
    for (const other of this.root.querySelectorAll("[data-view], [data-question]")) other.hidden = other !== section;
    for (const name of ["turn", "keys-help"]) this.root.querySelector(`[data-${name}]`).hidden = !(what instanceof Question);
    this.shown = what;
    if (what instanceof Question) {
      this.current?.flush();
      this.current = what;
      if (location.hash !== `#${section.id}`) history.replaceState(null, "", `#${section.id}`);
      document.title = say("title", { number: what.position });
    }
    this.onShow();
    scrollTo(0, 0);
    if (focus) section.querySelector("h2").focus({ preventScroll: true });
  }

  /** The question that an address such as #q23 names. */
  named(hash) {
    return this.questions.find((question) => `#${question.section.id}` === hash);
  }

  /** The question so many places after the one on the screen; undefined at the ends. */
  neighbour(by) {
    return this.questions[this.questions.indexOf(this.current) + by];
  }
}
