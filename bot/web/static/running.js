// How far a run of the questions is, looked up every two seconds; said aloud at each tenth.
const EVERY = 2000;
const address = document.querySelector("[data-again]").getAttribute("href");
const said = document.querySelector("[data-said]");
const run = document.querySelector("[data-run]").dataset.run;
let tenth = 0;

async function look() {
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(`[data-run="${run}"] [data-now]`);
    if (!now) {
      location.assign(`${address}?run=${run}#run-result`);
      return;
    }
    const before = document.querySelector("[data-now]");
    const bar = now.querySelector("progress");
    before.querySelector("progress").value = bar.value;
    before.querySelector("p").textContent = now.querySelector("p").textContent;
    if (Math.floor(bar.position * 10) > tenth) {
      tenth = Math.floor(bar.position * 10);
      said.textContent = now.querySelector("p").textContent;
    }
  } catch {
    // The next look may reach the server again; “Look again” is there without it.
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
