// Typing in the list on paper: the first letters of a code or a name, Enter ticks and clears. Presses wait in line without a
// net (see queue.js). Bound to: [data-type-in].
import { fold } from "./door-people.js";
import { element, say } from "./door-shown.js";
import { Queue, storedIn } from "./queue.js";

const root = document.querySelector("[data-type-in]");
const part = (name) => root.querySelector(`[data-${name}]`);
const words = JSON.parse(part("texts").textContent);
const text = (name, values) => say(words[name] ?? name, values);
const field = root.querySelector("#type");
const total = document.querySelector("[data-here-count]");
const guests = JSON.parse(part("guests").textContent).map(([code, name, party, here]) => ({
  code, name, party, here, folded: fold(name),
}));
const ticked = [];
let found = [];
let chosen = 0;

// The best first: a code that begins so, a name that begins so, a name that has it; who is not in before who is.
const search = (typed) => {
  const sought = fold(typed);
  if (!sought) return [];
  const rank = (guest) => {
    if (guest.code.toLowerCase().startsWith(sought)) return 0;
    if (guest.folded.startsWith(sought)) return 1;
    return guest.folded.includes(sought) ? 2 : 9;
  };
  return guests
    .map((guest) => [rank(guest) + (guest.here >= guest.party ? 4 : 0), guest])
    .filter(([place]) => place < 9)
    .sort(([one], [other]) => one - other)
    .slice(0, 6)
    .map(([, guest]) => guest);
};

const lineOf = (guest) => {
  const state = guest.here >= guest.party ? ` ✓ ${text("already_here")}` : guest.here ? ` ${text("part", guest)}` : "";
  return `${guest.code} ${guest.name}${guest.party > 1 ? ` (${guest.party})` : ""}${state}`;
};

const show = () => {
  found = search(field.value.replace(/\s\d+$/, "").trim());
  chosen = Math.min(chosen, Math.max(0, found.length - 1));
  part("found").replaceChildren(
    ...found.map((guest, place) => element("li", place === chosen ? { "aria-current": "true" } : {}, lineOf(guest))),
  );
};

const change = (guest, by) => {
  guest.here += by;
  total.textContent = String(Number(total.textContent) + by);
};

const told = ({ waiting, isOnline, refused }) => {
  const net = part("net");
  net.hidden = !waiting;
  net.dataset.tone = isOnline ? "ok" : "warn";
  net.textContent = waiting ? text("waiting", { num: waiting }) : "";
  part("refused").hidden = !refused.length;
  part("refused").replaceChildren(
    ...refused.map((press) => element("li", {}, text("refused", { who: press.shown, why: text(`why_${press.reason}`) }))),
  );
};

const send = async (batch) => {
  const now = Date.now();
  const answer = await fetch(root.dataset.address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": root.querySelector("[name=csrf_token]").value },
    body: JSON.stringify(
      batch.map(({ id, what, who, people, undoes, at }) => ({
        id, what, who, people: people ?? null, undoes: undoes ?? "", ago: Math.max(0, (now - at) / 1000),
      })),
    ),
  });
  if (answer.redirected || answer.status === 400) {
    location.reload(); // signed out, or another session: what was typed is kept, and sent by the new page
    return null;
  }
  if (!answer.ok) return null;
  const { results } = await answer.json();
  const reasons = new Map(results.map((result) => [result.id, result.outcome === "refused" ? result.reason : ""]));
  const refused = batch.filter((press) => reasons.get(press.id)).map((press) => ({ ...press, reason: reasons.get(press.id) }));
  return { done: batch.length, refused };
};

const queue = new Queue({
  store: storedIn(`typed:${root.dataset.key}`, () => sessionStorage),
  send,
  told,
  batch: 100,
  pause: 300,
});

const tick = () => {
  const guest = found[chosen];
  const typed = field.value.trim();
  if (!guest) {
    part("said").textContent = typed ? text("nobody") : "";
    return;
  }
  const number = Number(typed.match(/\s(\d+)$/)?.[1] ?? guest.party);
  const took = Math.max(0, Math.min(number, guest.party - guest.here));
  const shown = `${guest.code} ${guest.name}`;
  if (took) {
    change(guest, took);
    const press = queue.add({ what: "arrive", who: guest.code, people: took, shown });
    ticked.push({ press, guest, took });
    part("log").prepend(element("li", { "data-press": press.id }, `${shown}${guest.party > 1 ? ` (${took})` : ""}`));
    part("undo").disabled = false;
  }
  part("said").textContent = took ? `✓ ${shown}` : `${shown}: ${text("already_here")}`;
  field.value = "";
  chosen = 0;
  show();
};

const undo = () => {
  const last = ticked.pop();
  if (!last) return;
  change(last.guest, -last.took);
  queue.add({ what: "undo", who: last.guest.code, undoes: last.press.id, shown: last.press.shown });
  part("log").querySelector(`[data-press="${last.press.id}"]`)?.remove();
  part("undo").disabled = !ticked.length;
  part("said").textContent = `${last.press.shown}: ${text("undone")}`;
  show();
  field.focus();
};

field.addEventListener("input", () => {
  chosen = 0;
  show();
});
field.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key === "Enter") tick();
  else if (event.key in steps) chosen = Math.min(Math.max(0, chosen + steps[event.key]), Math.max(0, found.length - 1));
  else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !field.value) undo();
  else return;
  event.preventDefault();
  show();
});
part("undo").addEventListener("click", undo);
root.hidden = false;
document.querySelector("#by-list").hidden = !document.querySelector("#by-list .field__error");
queue.open();
field.focus();
