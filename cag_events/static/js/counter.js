// The counter on a phone: counts at once, gathers presses, sends them when there is a net. Each press has an id of its
// own, so that one that is sent twice counts once. Bound to: [data-counter], form[data-press].

const PAUSE = 700; // milliseconds between a press and sending, so that a group of visitors is one message
const AGAIN = 8000; // until it is tried again without a net

const counter = document.querySelector("[data-counter]");
const forms = [...counter.querySelectorAll("form[data-press]")];
const storage = `counter:${counter.dataset.key}`;
const net = counter.querySelector("[data-net]");
const told = counter.querySelector("[data-told]");
let queue = read();
let timer = 0;
let isSending = false;

function read() {
  try {
    return JSON.parse(localStorage.getItem(storage)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    localStorage.setItem(storage, JSON.stringify(queue));
  } catch {
    // storage is off or full: what was pressed lives as long as the page
  }
}

const newId = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

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

function press(event) {
  event.preventDefault();
  const values = new FormData(event.currentTarget);
  const by = Number(values.get("change"));
  if (show(values.get("segment"), by)) {
    queue.push({ id: newId(), change: by, segment: values.get("segment"), at: Date.now() });
    keep();
    later(PAUSE);
  }
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(send, wait);
}

async function send() {
  if (isSending || queue.length === 0) {
    return;
  }
  isSending = true;
  const batch = queue.slice(0, 400);
  const now = Date.now();
  const body = new FormData();
  body.set("csrf_token", forms[0].elements.csrf_token.value);
  const taps = batch.map(({ at, ...tap }) => ({ ...tap, ago: Math.max(0, (now - at) / 1000) }));
  body.set("taps", JSON.stringify(taps));
  let answer = null;
  try {
    answer = await fetch(forms[0].action, { method: "POST", body });
  } catch {
    answer = null;
  }
  isSending = false;
  net.hidden = answer !== null;
  if (answer?.ok) {
    const sent = new Set(batch.map((tap) => tap.id));
    queue = queue.filter((tap) => !sent.has(tap.id));
    keep();
    if (queue.length === 0) {
      settle(await answer.json());
    }
  } else if (answer?.status === 400) {
    location.reload(); // the page is older than its session: what was pressed is kept, and sent by the new one
    return;
  }
  if (queue.length > 0) {
    later(answer?.ok ? PAUSE : AGAIN);
  }
}

// Others may count the same visitors' day with phones of their own: what the server says is what is shown.
function settle({ total, segments }) {
  if (queue.length > 0) {
    return;
  }
  counter.querySelector("[data-total]").textContent = String(total);
  for (const element of counter.querySelectorAll("[data-people]")) {
    element.textContent = String(segments[element.dataset.people] ?? 0);
  }
}

for (const form of forms) {
  form.addEventListener("submit", press);
}
addEventListener("online", () => later(0));
document.addEventListener("visibilitychange", () => later(0));
if (queue.length > 0) {
  for (const tap of queue) {
    show(tap.segment, tap.change);
  }
  later(0);
}
