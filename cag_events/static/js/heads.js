// The head count on a phone: numbers change at once, presses wait in line until there is a net (see queue.js).
import { Queue, readAnswer, storedIn } from "./queue.js";

const box = document.querySelector("[data-counter]");

const send = async ([press]) => {
  const body = new FormData();
  for (const name of ["occurrence", "segment", "change", "step"]) body.set(name, press[name] ?? press.id);
  body.set("csrf_token", box.querySelector("[name=csrf_token]").value);
  return readAnswer(await fetch(location.pathname, { method: "POST", body, redirect: "manual" }), press);
};

const told = ({ waiting, isSending, refused }) => {
  const status = box.querySelector("[data-counter-status]");
  const said = [];
  if (waiting && !isSending) said.push(`${status.dataset.waiting} ${waiting}`);
  if (refused.length) said.push(`${status.dataset.refused} ${refused.length}`);
  status.textContent = said.join(" · ");
};

const show = (row, change) => {
  const number = row.querySelector("[data-counter-number]");
  const before = Number(number.textContent);
  const after = Math.max(0, before + change);
  number.textContent = String(after);
  const total = box.querySelector("[data-counter-total]");
  total.textContent = String(Number(total.textContent) + after - before);
};

if (box) {
  const queue = new Queue({ store: storedIn(`heads:${location.pathname}`, () => localStorage), send, told, again: 15000 });
  box.addEventListener("submit", (event) => {
    const form = event.target;
    const row = form.closest("[data-counter-row]");
    if (!row || !event.submitter) return;
    event.preventDefault();
    const change = event.submitter.value;
    show(row, Number(change));
    queue.add({ occurrence: form.elements.occurrence.value, segment: form.elements.segment.value, change });
  });
  queue.open();
}
