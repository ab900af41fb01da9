// The head count on a phone: numbers change at once; presses that could not be sent are kept and sent again, each once.
const box = document.querySelector("[data-counter]");
const key = `heads:${location.pathname}`;
const status = box?.querySelector("[data-counter-status]");
let sending = false;

const read = () => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
};

const write = (steps) => {
  try {
    if (steps.length) localStorage.setItem(key, JSON.stringify(steps));
    else localStorage.removeItem(key);
  } catch {
    // a phone that keeps nothing still counts while it is online
  }
  status.textContent = steps.length && !sending ? `${status.dataset.waiting} ${steps.length}` : "";
};

let steps = read();

const send = async () => {
  if (sending || !steps.length) return;
  sending = true;
  while (steps.length) {
    const body = new FormData();
    for (const [name, value] of Object.entries(steps[0])) body.set(name, value);
    body.set("csrf_token", box.querySelector("[name=csrf_token]").value);
    let answer;
    try {
      answer = await fetch(location.pathname, { method: "POST", body, redirect: "manual" });
    } catch {
      break;
    }
    if (answer.status === 400) {
      location.reload(); // the page is older than its session: what was pressed is kept, and sent by the new one
      return;
    }
    if (answer.type !== "opaqueredirect" && (answer.status === 429 || answer.status >= 500)) break;
    steps = steps.slice(1);
    write(steps);
  }
  sending = false;
  write(steps);
};

const show = (row, change) => {
  const number = row.querySelector("[data-counter-number]");
  const before = Number(number.textContent);
  const after = Math.max(0, before + change);
  number.textContent = String(after);
  const total = box.querySelector("[data-counter-total]");
  total.textContent = String(Number(total.textContent) + after - before);
};

box?.addEventListener("submit", (event) => {
  const form = event.target;
  const row = form.closest("[data-counter-row]");
  if (!row || !event.submitter) return;
  event.preventDefault();
  const change = event.submitter.value;
  show(row, Number(change));
  steps.push({
    occurrence: form.elements.occurrence.value,
    segment: form.elements.segment.value,
    change,
    step: Array.from(crypto.getRandomValues(new Uint8Array(15)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  });
  write(steps);
  send();
});

if (box) {
  addEventListener("online", send);
  setInterval(send, 15000);
  send();
}
