// The counter on a phone: counts at once, gathers presses, sends them when there is a net (see queue.js).
// Bound to: [data-counter], form[data-press].
import { Queue, storedIn } from "./queue.js";

const counter = document.querySelector("[data-counter]");
const forms = [...counter.querySelectorAll("form[data-press]")];
const net = counter.querySelector("[data-net]");
const lost = counter.querySelector("[data-refused]");
const told = counter.querySelector("[data-told]");

function change(element, by) {
  if (element) {
    element.textContent = String(Math.max(0, Number(element.textContent) + by));
  }
}

const peopleOf = (segment) =>
  [...counter.querySelectorAll("[data-people]")].find((element) => element.dataset.people === segment);

function show(segment, by) {
  const people = peopleOf(segment);
  if (by < 0 && people && Number(people.textContent) === 0) {
    return false;
  }
  change(people, by);
  change(counter.querySelector("[data-total]"), by);
  told.textContent = counter.querySelector("[data-total]").textContent;
  return true;
}

async function send(batch) {
  const now = Date.now();
  const body = new FormData();
  body.set("csrf_token", forms[0].elements.csrf_token.value);
  const taps = batch.map(({ id, change: by, segment, at }) => ({ id, change: by, segment, ago: Math.max(0, (now - at) / 1000) }));
  body.set("taps", JSON.stringify(taps));
  const answer = await fetch(forms[0].action, { method: "POST", body });
  if (answer.ok) {
    latest = await answer.json();
    return { done: batch.length };
  }
  if (answer.status === 400) {
    location.reload(); // the page is older than its session: what was pressed is kept, and sent by the new one
    return null;
  }
  return answer.status === 429 || answer.status >= 500 ? null : { done: batch.length, refused: batch };
}

// Others may count the same visitors' day with phones of their own: what the server says is what is shown.
function settle({ waiting, isOnline, refused }) {
  net.hidden = isOnline;
  if (lost) {
    lost.hidden = refused.length === 0;
    lost.querySelector("[data-number]").textContent = String(refused.length);
  }
  if (waiting > 0 || !latest) {
    return;
  }
  counter.querySelector("[data-total]").textContent = String(latest.total);
  for (const element of counter.querySelectorAll("[data-people]")) {
    element.textContent = String(latest.segments[element.dataset.people] ?? 0);
  }
  latest = null;
}

let latest = null;
const queue = await new Queue({
  store: storedIn(`counter:${counter.dataset.key}`, () => localStorage),
  send,
  told: settle,
  batch: 400,
  pause: 700, // so that a group of visitors is one message
}).open();
for (const tap of queue.line) {
  show(tap.segment, tap.change);
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const by = Number(values.get("change"));
    if (show(values.get("segment"), by)) {
      queue.add({ change: by, segment: values.get("segment") });
    }
  });
}
