// The name of a new cohort is asked for only once a new cohort is chosen. Without this script it is always there.
for (const group of document.querySelectorAll("[data-cohort]")) {
  const chosen = group.querySelector("select");
  const fields = group.querySelectorAll("[data-new-cohort]");
  const show = () => {
    for (const field of fields) field.hidden = chosen.value !== "new";
  };
  chosen.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
}
