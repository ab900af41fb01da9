// Moves, makes and takes back what stands in the calendar: dialogs, what is sent, what is said. Knows no library.
// Bound to: a[data-dialog] (opens the form of its page in a dialog), [data-planner] (words, addresses, where is said).
// Every change is the server's: what it answers is said, and `moved` on document asks those who show it to ask again.

const planner = document.querySelector("[data-planner]");
const words = planner ? JSON.parse(planner.dataset.words) : {};
const part = (name) => planner?.querySelector(`[data-${name}]`);

// ---- what is said: to those who listen, and in a line that stays until the next

export const say = (text) => {
  const line = part("said");
  if (line) {
    line.textContent = text;
  }
};

const button = (text, act, kind, key) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button button--${kind}`;
  made.textContent = text;
  if (key) {
    made.dataset.key = key;
    made.setAttribute("aria-keyshortcuts", key);
  }
  made.addEventListener("click", async () => {
    made.disabled = true; // a second press sends nothing
    await act();
  });
  return made;
};

export const tell = ({ text, told, undo, send, url }, isFault = false) => {
  const line = part("toast");
  if (!line) {
    return;
  }
  const shown = document.createElement("p");
  shown.textContent = [text, told].filter(Boolean).join(" ");
  const actions = document.createElement("div");
  actions.className = "planner-toast__actions";
  if (undo) {
    actions.append(button(words.undo, () => follow(planner.dataset.undo, undo), "secondary", "u"));
  }
  if (send) {
    actions.append(button(words.send, () => follow(planner.dataset.send, send), "quiet"));
  }
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.className = "button button--secondary";
    link.textContent = words.open;
    actions.append(link);
  }
  actions.append(button(words.close, () => clear(), "quiet"));
  line.replaceChildren(shown, actions);
  line.classList.toggle("planner-toast--fault", isFault);
  line.hidden = false;
  say(shown.textContent);
};

const clear = () => {
  const line = part("toast");
  const held = line.contains(document.activeElement);
  line.hidden = true;
  line.replaceChildren();
  if (held) {
    document.dispatchEvent(new CustomEvent("moved:focus"));
  }
};

// ---- what is sent: an answer, or in words why there is none

const SIGNED_OUT = new Set([400, 401]); // the session is over, or its token

export const isSignedOut = (answer) => answer.type === "opaqueredirect" || SIGNED_OUT.has(answer.status);
export const signedOut = () => ({ status: 401, text: words.signed_out, url: planner.dataset.login });

export const post = async (address, values) => {
  const body = new URLSearchParams(values);
  body.set("csrf_token", planner.dataset.token);
  let answer;
  try {
    answer = await fetch(address, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
  } catch {
    return { status: 0, text: words.offline };
  }
  if (isSignedOut(answer)) {
    return signedOut();
  }
  try {
    return { status: answer.status, ...(await answer.json()) };
  } catch {
    return { status: answer.status || 500, text: words[`on_${answer.status}`] ?? words.failed };
  }
};

const isDone = (answer) => answer.status >= 200 && answer.status < 300;
const changed = (detail = {}) => document.dispatchEvent(new CustomEvent("moved", { detail }));

const follow = async (address, values) => {
  const answer = await post(address, values);
  tell(answer, !isDone(answer));
  changed();
};

// Moves one after the other: the next one waits, so that it knows the version that the one before has made.

let last = Promise.resolve();
const versions = new Map();

export const seen = (entries) => {
  versions.clear();
  for (const entry of entries.filter((each) => each.event)) {
    versions.set(entry.event, entry.version);
  }
};

export const move = (values) => {
  const done = last.then(async () => {
    const version = versions.get(values.event) ?? values.version;
    const answer = await post(planner.dataset.move, { ...values, version });
    if (answer.undo) {
      versions.set(values.event, answer.undo.version);
    }
    tell(answer, !isDone(answer));
    return isDone(answer);
  });
  last = done.catch(() => undefined);
  return done;
};

// ---- what speaks against a time: asked when the pointer rests on it, the question before is dropped

const REST = 120; // milliseconds
let timer = 0;
let asking = null;
let pointer = 0; // how far from the left it is

window.addEventListener("pointermove", (event) => (pointer = event.clientX), { passive: true });

export const forgetConflicts = () => {
  clearTimeout(timer);
  asking?.abort();
  planner?.classList.remove("planner--warns");
  const panel = part("conflicts");
  if (panel) {
    panel.hidden = true;
    panel.replaceChildren();
  }
};

const listed = (conflicts) => {
  const list = document.createElement("ul");
  for (const { level, text, url } of conflicts) {
    const item = document.createElement("li");
    item.className = `conflicts__one conflicts__one--${level === "warn" ? "warn" : "note"}`;
    const inner = url ? document.createElement("a") : document.createElement("span");
    inner.textContent = text;
    if (url) {
      inner.href = url;
    }
    item.append(inner);
    list.append(item);
  }
  return list;
};

const ask = async (values, show) => {
  asking?.abort();
  asking = new AbortController();
  try {
    const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null && value !== ""));
    const answer = await fetch(`${planner.dataset.ask}?${query}`, { signal: asking.signal, redirect: "manual" });
    if (answer.ok) {
      show((await answer.json()).conflicts);
    }
  } catch {
    // dropped for a newer question, or no net: hints are hints
  }
};

export const askConflicts = (values, heading) => {
  clearTimeout(timer);
  timer = setTimeout(
    () =>
      ask(values, (conflicts) => {
        const panel = part("conflicts");
        const title = document.createElement("p");
        title.className = "conflicts__title";
        title.textContent = heading;
        panel.classList.toggle("conflicts--left", pointer > window.innerWidth / 2); // never over what is held
        panel.replaceChildren(title, conflicts.length ? listed(conflicts) : words.free);
        panel.hidden = false;
        const warns = conflicts.some((one) => one.level === "warn");
        planner.classList.toggle("planner--warns", warns);
        panel.classList.toggle("conflicts--warn", warns);
        panel.classList.toggle("conflicts--free", conflicts.length === 0);
        say([`${heading}.`, ...conflicts.map((one) => one.text)].join(" "));
      }),
    REST,
  );
};

// ---- the dialog: the form of a page, in its place

const box = document.getElementById("planner-dialog");
let after = null;

const fill = (page, form, address) => {
  const body = box.querySelector(".dialog__body");
  box.querySelector(".dialog__title").textContent = page.querySelector("h1").textContent.trim();
  body.replaceChildren(form);
  for (const script of body.querySelectorAll("script")) {
    script.remove(); // the page's own; what they do is done here
  }
  const sent = body.querySelector("form");
  sent?.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(sent, event.submitter, address);
  });
  for (const back of body.querySelectorAll("[data-dialog-back]")) {
    back.addEventListener("click", (event) => {
      event.preventDefault();
      box.close();
    });
  }
  const hint = body.querySelector("[data-conflicts-shown]");
  if (hint && sent.elements.day) {
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(() => lookUp(sent, hint), REST);
    };
    sent.addEventListener("input", look);
    look();
  }
};

const lookUp = (form, hint) => {
  const { event, occurrence, day, start, end, last_day: until } = form.elements;
  if (!day.value || (start && !(start.value && end.value))) {
    return;
  }
  const values = start
    ? { starts: `${day.value}T${start.value}`, ends: `${endDay(day, start, end, until)}T${end.value}` }
    : { starts: `${day.value}T00:00`, ends: `${until.value || day.value}T23:59` };
  ask({ event: event?.value ?? "", occurrence: occurrence?.value ?? "", ...values }, (conflicts) => {
    hint.hidden = conflicts.length === 0;
    hint.replaceChildren(listed(conflicts));
  });
};

const endDay = (day, start, end, until) => {
  if (until?.value || end.value > start.value) {
    return until?.value || day.value;
  }
  const next = new Date(`${day.value}T00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
};

// What is wrong stands at its field, as on the page; what belongs to none of them, above.

const mark = (form, fields = {}) => {
  for (const shown of form.querySelectorAll(".field__error")) {
    shown.remove();
  }
  for (const field of form.elements) {
    field.removeAttribute("aria-invalid");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.endsWith("-error"));
    field.toggleAttribute("aria-describedby", described.length > 0);
    if (described.length) {
      field.setAttribute("aria-describedby", described.join(" "));
    }
    field.closest(".field")?.classList.remove("field--wrong");
  }
  const wrong = Object.keys(fields).map((name) => form.elements[name]).filter((field) => field?.setAttribute);
  for (const field of wrong) {
    const shown = document.createElement("p");
    shown.className = "field__error";
    shown.id = `${field.id}-error`;
    shown.textContent = fields[field.name];
    field.before(shown);
    field.closest(".field")?.classList.add("field--wrong");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${shown.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
  }
  return wrong;
};

const submit = async (form, submitter, address) => {
  if (form.dataset.busy) {
    return;
  }
  if (submitter?.name === "do" && submitter.value === "more") {
    location.assign(`${submitter.dataset.url}?${new URLSearchParams(new FormData(form))}`);
    return;
  }
  form.dataset.busy = "yes";
  const answer = await post(form.action || address, new FormData(form));
  delete form.dataset.busy;
  if (isDone(answer)) {
    const done = after;
    after = null;
    box.close();
    done?.(true);
    tell(answer);
    changed(answer);
    return;
  }
  const wrong = mark(form, answer.fields);
  box.querySelector("[data-fault]")?.remove();
  if (!wrong.length) {
    const fault = document.createElement("p");
    fault.dataset.fault = "";
    fault.className = "banner banner--error";
    fault.setAttribute("role", "alert");
    fault.textContent = answer.text;
    form.prepend(fault);
  }
  (wrong[0] ?? submitter)?.focus();
  if (answer.version && form.elements.version) {
    form.elements.version.value = answer.version;
  }
};

export const openDialog = async (address, done = null) => {
  let page;
  try {
    const answer = await fetch(address, { redirect: "manual", headers: { Accept: "text/html" } });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    location.assign(address); // the page itself says what is wrong
    return;
  }
  const form = page.querySelector("[data-dialog-part]");
  if (!form) {
    location.assign(address);
    return;
  }
  forgetConflicts();
  after = done;
  fill(page, document.adoptNode(form), address);
  box.showModal();
  box.querySelector("[autofocus], input:not([type=hidden]), select")?.focus();
};

box?.addEventListener("close", () => {
  const done = after;
  after = null;
  done?.(false); // closed without moving: it goes back to where it was
});

if (box) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openDialog(link.href);
    }
  });
}

// Where the tables of the server stand, the page is asked for again; it says what was moved, and offers to undo it.

document.addEventListener("moved", ({ detail }) => {
  if (planner && !planner.dataset.live) {
    const there = new URL(location.href);
    there.hash = "";
    for (const name of ["moved", "before"]) {
      there.searchParams.delete(name);
    }
    if (detail.undo) {
      there.searchParams.set("moved", detail.undo.event);
      there.searchParams.set("before", detail.undo.before);
    }
    location.assign(there);
  }
});
