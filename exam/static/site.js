// What every page does: ask before what can't be taken back, switch the appearance, close menus, enlarge pictures.
import { askBeforeSending, sendOnce } from "./confirm.js";
import { enlargePictures } from "./enlarge.js";

const YEAR = 365 * 24 * 3600;

/** Lets the moon (or sun) switch between light and dark, and remembers the choice in this browser. */
function offerAppearance() {
  const root = document.documentElement;
  for (const button of document.querySelectorAll("[data-look]")) {
    const show = () => button.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark"));
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      const look = root.dataset.bsTheme === "dark" ? "light" : "dark";
      root.dataset.bsTheme = look;
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `jieye_look=${look}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
      show();
    });
  }
}

/** Closes an open menu on Escape and on a press elsewhere. */
function closeMenus() {
  const menus = [...document.querySelectorAll("[data-menu]")];
  addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    }
  });
}

offerAppearance();
closeMenus();
askBeforeSending();
sendOnce();
enlargePictures();
document.querySelector("[data-error-summary]")?.focus();
