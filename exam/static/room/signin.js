// Signing in again without leaving the room: what is written stays on the screen, and is sent when it is done.

import { callAt, NoAnswer } from "./server.js";
import { facts, say } from "./words.js";

export class SignIn {
  /** onIn() is told when the candidate is signed in again. */
  constructor(dialog, onIn) {
    const find = (name) => dialog.querySelector(`[data-${name}]`);
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.password = find("password");
    this.problem = find("sign-in-problem");
    this.button = dialog.querySelector("[type=submit]");
    this.onIn = onIn;
    find("cancel").addEventListener("click", () => dialog.close());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#press();
    });
  }

  ask() {
    this.#complain();
    if (!this.dialog.open) this.dialog.showModal();
    this.password.focus();
  }

  /** Close it, should somebody have signed in elsewhere meanwhile. */
  close() {
    if (this.dialog.open) this.dialog.close();
  }

  async #press() {
    if (!this.password.value) return this.#complain(say("enter_password"));
    this.button.disabled = true;
    try {
      const body = { person: facts.person, password: this.password.value };
      const { status, data } = await callAt("POST", facts.sign_in_url, body);
      this.password.value = "";
      if (status !== 200) return this.#complain(data.message);
      this.dialog.close();
      this.onIn();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#complain(error.data?.message ?? say("sign_in_unreached"));
    } finally {
      this.button.disabled = false;
      if (this.dialog.open) this.password.focus();
    }
  }

  #complain(words = "") {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }
}
