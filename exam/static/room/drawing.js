// How things stand, drawn: called whenever something has changed that can be seen.

import { questionMark } from "./notices.js";
import { find } from "./root.js";
import { say } from "./words.js";

export function draw(room) {
  const { saver, questions, stage } = room;
  room.notices.draw(saver, room.journal.durable, { writing: !room.closing.timeIsUp && !room.ended });
  if (saver.line === "online") room.signIn.close();
  room.events.noteLine(saver.line);
  room.sheet.draw(questions, saver, stage.shown);
  room.closing.draw();
  if (stage.isView("summary")) room.summary.draw(questions, saver, room.clock.left);
  if (stage.isQuestion) drawQuestion(room, stage.shown);
}

function drawQuestion({ stage, saver, live }, question) {
  const isLast = !stage.neighbour(1);
  find("previous").disabled = !stage.neighbour(-1);
  find("next").disabled = isLast && !live;
  find("next-word").textContent = say(isLast ? "to_summary" : "next");
  find("flag").disabled = !live;
  find("flag").setAttribute("aria-pressed", String(question.flagged));
  find("flag-word").textContent = say(question.flagged ? "flagged" : "flag");
  question.mark(questionMark(saver, question));
  question.offerAgain(live ? saver.refusedAt(question.position) : undefined, () => {
    saver.changeInstead(question.position, question.response);
  });
}
