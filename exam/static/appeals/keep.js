// What is typed in an appeal or its answer, kept in this tab: whoever has to sign in again before it is sent loses nothing.
const field = document.querySelector("[data-keep-for]");

if (field) {
  const name = `jieye-appeal:${field.dataset.keepFor}:${location.pathname}`;
  if (!field.value) field.value = sessionStorage.getItem(name) ?? "";
  field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
}
