// The request form: characters left, a file that is too large, “None of these”, the first field at fault, one sending.
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

for (const group of form.querySelectorAll(".group")) {
  const none = group.querySelector(".none input");
  const replies = [...group.querySelectorAll("input[type=radio]")];
  const others = replies.filter((reply) => reply.value !== "no");
  none.addEventListener("change", () => {
    for (const reply of replies) {
      if (reply.value === "no") reply.checked = none.checked;
      else if (none.checked) reply.checked = false;
    }
  });
  for (const reply of others) {
    reply.addEventListener("change", () => {
      none.checked = false;
    });
  }
}

for (const field of form.querySelectorAll("[data-most]")) {
  const most = Number(field.dataset.most);
  const note = document.createElement("p");
  note.className = "hint count over";
  note.setAttribute("role", "status");
  field.after(note);
  field.addEventListener("change", () => {
    const size = field.files[0]?.size ?? 0;
    const over = size > most;
    note.textContent = over
      ? `This file has ${Math.ceil(size / 2 ** 20)} MB, and at most ${most / 2 ** 20} MB are taken. It was not chosen.`
      : "";
    if (over) field.value = "";
  });
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
