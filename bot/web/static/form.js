// The request form: characters left, the first field at fault, and one sending for one click.
const form = document.querySelector(".request-form");

for (const field of form.querySelectorAll("[data-longest]")) {
  const longest = Number(field.dataset.longest);
  const note = document.createElement("p");
  note.className = "hint count";
  note.setAttribute("aria-live", "polite");
  field.after(note);
  const measure = () => {
    const length = [...field.value.trim()].length;
    const over = length > longest;
    note.textContent =
      length > longest * 0.8
        ? `${length.toLocaleString("en")} of ${longest.toLocaleString("en")} characters`
        : "";
    note.classList.toggle("over", over);
  };
  field.addEventListener("input", measure);
  measure();
}

document.querySelector(".refusal, .guidance[tabindex], .saved[tabindex]")?.focus();

form.addEventListener("submit", (event) => {
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
});

window.addEventListener("pageshow", () => {
  delete form.dataset.sending;
});
