// What speaks against the time that is typed in an event's editor, asked for while one types. Without it the button
// “Check the time” does the same.
// Bound to: [data-conflicts] with data-url, data-event, data-minutes; its templates hold what is said and shown.

const PAUSE = 400;
const MINUTE = 60 * 1000;
const WATCHED = /^(occurrences-|people-|segments$|partners$|languages$|place$|tz$|mode$|setup_minutes$|clear_minutes$)/;

const box = document.querySelector("[data-conflicts]");
const form = box?.closest("form");
let timer = 0;
let asked = 0;

const value = (name) => form.elements[name]?.value ?? "";

const checked = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((field) => field.value);

// A wall time so many minutes later, without any zone.
const later = (wall, minutes) => new Date(Date.parse(`${wall}Z`) + minutes * MINUTE).toISOString().slice(0, 16);

const dates = () =>
  [...form.querySelectorAll('[name^="occurrences-"][name$="-day"]')].flatMap((field) => {
    const row = field.name.slice(0, -"day".length);
    const [day, start, end] = [field.value, value(`${row}start`), value(`${row}end`)];
    if (!day || !/^\d\d:\d\d/.test(start)) {
      return [];
    }
    const starts = `${day}T${start.slice(0, 5)}`;
    const last = value(`${row}last_day`) || day;
    const ends = /^\d\d:\d\d/.test(end) ? `${last}T${end.slice(0, 5)}` : later(starts, Number(box.dataset.minutes) || 90);
    return starts < ends ? [[starts, ends]] : [];
  });

const question = () => {
  const query = new URLSearchParams();
  if (box.dataset.event) {
    query.set("event", box.dataset.event);
  }
  for (const [starts, ends] of dates()) {
    query.append("starts", starts);
    query.append("ends", ends);
  }
  const [venue, room = ""] = value("place").split("/");
  query.set("venue", venue);
  query.set("room", room);
  for (const [name, short] of [["tz", "tz"], ["setup_minutes", "setup"], ["clear_minutes", "clear"]]) {
    query.set(short, value(name));
  }
  query.set("mode", checked("mode")[0] ?? "");
  const people = [...form.querySelectorAll('[name^="people-"][name$="-who"]')].map((field) => field.value);
  for (const [name, values] of [
    ["person", people],
    ["segment", checked("segments")],
    ["partner", checked("partners")],
    ["language", checked("languages")],
  ]) {
    for (const one of values.length ? values : [""]) {
      query.append(name, one);
    }
  }
  return query;
};

const part = (name) => box.querySelector(`[data-conflicts-${name}]`).content.cloneNode(true);

const item = (conflict) => {
  const row = document.createElement("li");
  row.className = `against__one against__one--${conflict.level}`;
  row.append(part(conflict.level === "warn" ? "warn" : "note"));
  const words = document.createElement("span");
  words.append(...row.querySelectorAll(".sr-only"), conflict.text);
  if (conflict.url) {
    const link = part("link").firstElementChild;
    link.href = conflict.url;
    words.append(" ", link);
  }
  row.append(words);
  return row;
};

const show = (conflicts) => {
  const place = box.querySelector("[data-conflicts-list]");
  if (!conflicts.length) {
    place.replaceChildren(part("none"));
    return;
  }
  const list = document.createElement("ul");
  list.className = "against__list";
  list.append(...conflicts.map(item));
  place.replaceChildren(list);
};

const ask = async () => {
  const number = ++asked;
  if (!dates().length) {
    return;
  }
  try {
    const answer = await fetch(`${box.dataset.url}?${question()}`, { headers: { Accept: "application/json" } });
    if (answer.ok && number === asked) {
      show((await answer.json()).conflicts);
    }
  } catch {
    // no network: what is shown stays, and the button still checks
  }
};

form?.addEventListener("change", (event) => {
  if (WATCHED.test(event.target.name ?? "")) {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }
});
