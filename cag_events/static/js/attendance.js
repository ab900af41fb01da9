// Attendance on a phone: each tap is sent at once, and waits in line while there is no network (see queue.js).
// Bound to: [data-attendance] inside a form; the form works without it. Only what was tapped is sent, with how long ago.
import { Queue, readAnswer, storedIn } from "./queue.js";

const start = async (root) => {
  const form = root.closest("form");
  const meeting = form.elements.meeting.value;
  const status = root.querySelector("[data-status]");
  const count = root.querySelector("[data-count]");
  let wasSent = false;

  const boxes = () => [...root.querySelectorAll("[name=here]")];

  const recount = () => {
    if (count) {
      const people = boxes().filter((box) => box.checked).reduce((sum, box) => sum + Number(box.dataset.people), 0);
      count.textContent = `${people} ${count.dataset.count}`;
    }
  };

  const wasOf = (rowId) => [...root.querySelectorAll("[name=was]")].find((was) => was.value.startsWith(`${rowId}:`));

  const send = async ([tap]) => {
    const body = new URLSearchParams({
      csrf_token: form.elements.csrf_token.value,
      meeting,
      tap: "1",
      was: `${tap.who}:${tap.here ? 0 : 1}`,
      age: String(Math.max(0, Math.round((Date.now() - tap.at) / 1000))),
    });
    if (tap.here) {
      body.append("here", tap.who);
    }
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (answer.status === 204) {
      wasSent = true;
      const was = wasOf(tap.who);
      if (was) {
        was.value = `${tap.who}:${tap.here ? 1 : 0}`;
      }
    }
    const read = readAnswer(answer, tap);
    return read && { ...read, refused: answer.status === 204 ? [] : [tap] };
  };

  const told = ({ waiting, isOnline, refused }) => {
    const name = refused.length ? "failed" : waiting && !isOnline ? "waiting" : !waiting && wasSent ? "saved" : "";
    if (name || !waiting) {
      status.textContent = root.dataset[name] ?? "";
    }
  };

  const queue = new Queue({
    store: storedIn(`taps:${location.pathname}:${meeting}`, () => sessionStorage),
    send,
    told,
    again: 5000,
  });

  const tapped = (box) => {
    queue.drop((tap) => tap.who === box.value);
    queue.refused = queue.refused.filter((tap) => tap.who !== box.value);
    queue.add({ who: box.value, here: box.checked });
    recount();
  };

  root.addEventListener("change", (event) => {
    if (event.target.name === "here") {
      tapped(event.target);
    }
  });

  root.querySelector("[name=do][value=all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes().filter((one) => !one.checked)) {
      box.checked = true;
      tapped(box);
    }
  });

  await queue.open();
  for (const tap of queue.line) {
    const box = boxes().find((one) => one.value === tap.who);
    if (box) {
      box.checked = tap.here;
    }
  }
  recount();
};

for (const root of document.querySelectorAll("[data-attendance]")) {
  start(root);
}
