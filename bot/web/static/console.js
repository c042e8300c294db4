// The console without a page load: the same form, answered by the same template.
const composer = document.getElementById("composer");
const box = document.getElementById("question");
const send = document.getElementById("send");
const thread = document.getElementById("thread");
const progress = document.getElementById("progress");
const refusal = document.getElementById("refusal");
const earlier = document.getElementById("earlier");
const count = document.getElementById("count");
const longest = Number(box.dataset.longest);
const MOST_EARLIER = 6;
const LONGEST_EARLIER = 1000;
let busy = false;

function tell(text, state) {
  progress.className = `progress ${state}`;
  progress.textContent = text;
}

function refuse(text) {
  refusal.replaceChildren();
  box.toggleAttribute("aria-invalid", Boolean(text));
  if (!text) return;
  const note = document.createElement("div");
  note.className = "refusal";
  note.textContent = text;
  refusal.append(note);
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

function remember(question) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "earlier";
  field.value = [...question].slice(0, LONGEST_EARLIER).join("");
  earlier.append(field);
  while (earlier.children.length > MOST_EARLIER) earlier.firstElementChild.remove();
}

function show(turn, question) {
  document.getElementById("welcome")?.remove();
  document.getElementById("question-label").textContent = "Ask a follow-up";
  document.getElementById("over").hidden = false;
  thread.append(turn);
  remember(question);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = still ? "auto" : "smooth";
  if (thread.querySelectorAll(".turn").length === 1) window.scrollTo({ top: 0, behavior });
  else turn.scrollIntoView({ behavior, block: "start" });
  const verdict = turn.querySelector(".badge-words").textContent;
  tell(`${verdict}. ${turn.querySelector(".summary").textContent}`, "told");
}

async function ask(question) {
  if (busy) return;
  busy = true;
  send.setAttribute("aria-disabled", "true");
  refuse("");
  tell("Reading the order…", "busy");
  const body = new URLSearchParams(new FormData(composer));
  body.set("question", question);
  try {
    const response = await fetch("/api/ask", { method: "POST", body });
    const answer = parse(await response.text());
    if (response.ok) {
      show(answer, question);
      if (box.value.trim() === question.trim()) box.value = "";
    } else {
      tell("", "");
      const said = answer?.matches("[data-refusal]") ? answer.textContent.trim() : "";
      refuse(said || "The assistant did not answer. Your question is still here; try again.");
    }
  } catch {
    tell("", "");
    refuse("The assistant cannot be reached. Your question is still here; try again.");
  } finally {
    busy = false;
    send.removeAttribute("aria-disabled");
    measure();
    box.focus({ preventScroll: true });
  }
}

function measure() {
  const length = [...box.value].length;
  const near = length > longest * 0.8;
  count.textContent = near ? `${length.toLocaleString("en")} now.` : "";
  count.classList.toggle("over", length > longest);
  if (!CSS.supports("field-sizing", "content")) {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(box.value);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

box.addEventListener("input", measure);

document.querySelector(".examples")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = event.submitter.value;
  if (!busy) box.value = question;
  ask(question);
});

measure();
if (matchMedia("(hover: hover)").matches) box.focus({ preventScroll: true });
