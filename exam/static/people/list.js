// The list of people: who is ticked.
import { countTicks } from "../ticks.js";

const form = document.querySelector("[data-bulk]");
if (form) countTicks(form);
