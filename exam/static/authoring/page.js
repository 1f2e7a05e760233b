// The editor of a course page.
import { keepPreview } from "./preview.js";

keepPreview(document.querySelector("[data-page-editor]"));
