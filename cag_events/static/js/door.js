// The door on a phone: lets people in at once, with or without a net, and hands over what was pressed when there is one.
// Bound to: [data-door] (see templates/door/phone.html). Nothing of it is needed while the page works by its forms.
import { openKept, sha256 } from "./door-kept.js";
import { element, iconOf, say, signal } from "./door-shown.js";
import { People } from "./door-people.js";
import { Queue } from "./queue.js";

const BEAT = 15000; // milliseconds between two questions whether others have let somebody in
const LOGGED = 12;
const LETTERS = 2; // from which on is searched

const root = document.querySelector("[data-door]");
const part = (name) => root.querySelector(`[data-${name}]`);
const read = (name) => JSON.parse(part(name).textContent);
const { here, lang, tz, wasm, sprite } = root.dataset;
const words = read("texts");
const segments = read("segments");
const text = (name, values) => say(words[name] ?? name, values);
const clock = new Intl.DateTimeFormat(lang === "sv" ? "sv-SE" : lang, { hour: "2-digit", minute: "2-digit", timeZone: tz });
const timeOf = (seconds) => (lang === "sv" ? clock.format(seconds * 1000).replace(":", ".") : clock.format(seconds * 1000));
const icon = (name) => iconOf(sprite, name);

const people = new People();
const log = [];
let kept = null;
let queue = null;
let csrf = root.querySelector("[name=csrf_token]").value;
let offlineSince = 0;
let isClosed = false;
let camera = null;

// --- what is shown ---

const showStanding = () => {
  const standing = people.standing;
  part("here-count").textContent = String(standing.here);
  part("seats").textContent = String(standing.seats);
  for (const row of root.querySelectorAll("[data-walk]")) {
    row.querySelector("[data-number]").textContent = String(standing.walk_ins[row.dataset.walk] ?? 0);
  }
  part("heads").querySelector("[data-number]").textContent = String(standing.heads);
};

const showNet = () => {
  const net = part("net");
  const waiting = queue.waiting ? text("waiting", { num: queue.waiting }) : "";
  const state = offlineSince ? text("offline", { time: timeOf(offlineSince) }) : text("online");
  const lasting = kept.isKept ? "" : text("not_kept");
  net.hidden = false;
  net.dataset.tone = offlineSince || queue.waiting || lasting ? "warn" : "ok";
  const said = [state, waiting, lasting].filter(Boolean).join(" · ");
  if (net.textContent !== said) net.textContent = said;
  const refused = part("refused");
  refused.hidden = !queue.refused.length;
  refused.replaceChildren(
    ...queue.refused.map((press) =>
      element("li", {}, text("refused", { who: press.shown || press.who || press.segment || "–", why: text(`why_${press.reason}`) })),
    ),
  );
};

const ICONS = { ok: "check", warn: "warn", error: "error" };

const showVerdict = (tone, title, detail, press = null) => {
  const box = part("verdict");
  box.hidden = false;
  box.dataset.tone = tone;
  box.replaceChildren(icon(ICONS[tone]), element("strong", {}, title), element("span", {}, detail));
  const guest = press && people.get(press.who);
  if (press?.what === "arrive" && tone === "ok" && guest?.party > 1 && press.took > 1) {
    const row = element("div", { class: "door__row door__fewer" }, element("span", {}, text("fewer")));
    for (let number = 1; number < Math.min(press.took, 7); number += 1) {
      row.append(button(String(number), "secondary", () => adjust(press, number), guest.name));
    }
    box.append(row);
  }
  signal(tone);
};

const button = (label, kind, act, about = "", name = "") => {
  const made = element("button", { type: "button", class: `button button--${kind} door__button` });
  if (name) made.append(icon(name));
  made.append(element("span", {}, label, about && element("span", { class: "sr-only" }, `: ${about}`)));
  made.addEventListener("click", act);
  return made;
};

const guestRow = (guest) => {
  const who = element("p", { class: "door__who" }, element("strong", {}, guest.name || guest.code), " ");
  who.append(element("span", { class: "door__code" }, guest.code), " ");
  if (guest.party > 1) who.append(element("span", {}, text("party", { num: guest.party })), " ");
  if (guest.segment) who.append(element("span", {}, segments[guest.segment] ?? ""), " ");
  if (guest.needs) who.append(element("span", { class: "door__needs" }, iconOf(sprite, "access", text("needs"))), " ");
  const row = element("li", { class: "door__guest" }, who);
  row.dataset.code = guest.code;
  if (guest.state !== "seat") {
    who.append(element("span", { class: "door__why" }, icon("error"), text(`why_${guest.state}`)));
    return row;
  }
  const left = guest.party - guest.here;
  row.classList.toggle("door__guest--in", left <= 0);
  if (guest.here) {
    const state = left > 0 ? text("part", { here: guest.here, party: guest.party }) : text("tick");
    who.append(element("span", { class: "door__in" }, icon("checked-in"), `${state} ${timeOf(guest.at)}`));
  }
  const buttons = element("div", { class: "door__row" });
  if (left > 1) buttons.append(button(text("one"), "secondary", () => arrive(guest, 1), guest.name));
  if (left > 0) {
    const label = guest.party === 1 ? text("tick") : text("all", { num: left });
    buttons.append(button(label, "primary", () => arrive(guest), guest.name, "check"));
  }
  if (guest.here) buttons.append(button(text("undo"), "quiet", () => takeOut(guest), guest.name, "undo"));
  row.append(buttons);
  return row;
};

const showFound = () => {
  const typed = part("search").elements.q.value.trim();
  const list = part("list");
  const active = document.activeElement?.closest?.("[data-code]")?.dataset.code;
  const found = typed.length < LETTERS ? [] : people.search(typed);
  list.hidden = false;
  list.replaceChildren(...found.map(guestRow));
  const none = typed.length < LETTERS ? (typed ? text("letters") : "") : found.length ? "" : text("nobody");
  part("search-hint").textContent = none || text("letters");
  if (active) list.querySelector(`[data-code="${CSS.escape(active)}"] button`)?.focus();
};

const showLog = () => {
  part("log").hidden = !log.length;
  part("log-list").replaceChildren(
    ...log.map((entry) => element("li", { "data-tone": entry.tone }, `${timeOf(entry.at)} ${entry.title} – ${entry.detail}`)),
  );
  part("undo").disabled = !log.some((entry) => entry.press && !entry.isUndone);
};

const note = (tone, title, detail, press = null) => {
  log.unshift({ tone, title, detail, press, at: Math.floor(Date.now() / 1000) });
  log.length = Math.min(log.length, LOGGED);
  showLog();
  showVerdict(tone, title, detail, press);
};

const show = () => {
  showStanding();
  showFound();
  showLog();
};

// --- what is pressed ---

const nameOf = (guest) => (guest.name ? `${guest.name} ${guest.code}` : guest.code);

const detailOf = (guest) => [text("ok"), guest.segment ? segments[guest.segment] : "", guest.party > 1 ? text("part", guest) : ""].filter(Boolean);

const arrive = (guest, number) => {
  if (guest.state !== "seat") {
    note("error", nameOf(guest), text(`why_${guest.state}`));
    return;
  }
  const before = guest.at;
  const took = people.letIn(guest, number);
  const press = queue.add({ what: "arrive", who: guest.code, shown: nameOf(guest), took, ...(number && { people: number }) });
  if (took) {
    note("ok", nameOf(guest), [...detailOf(guest), guest.needs ? text("needs") : ""].filter(Boolean).join(" · "), press);
  } else {
    note("warn", nameOf(guest), before ? text("already", { time: timeOf(before) }) : text("already_here"));
  }
  keepPeople();
  show();
};

const adjust = (press, number) => {
  const guest = people.get(press.who);
  undo(press);
  if (guest) arrive(guest, number);
};

const undo = (press) => {
  const entry = log.find((one) => one.press === press);
  if (entry) entry.isUndone = true;
  people.takeBack(press);
  queue.add({ what: "undo", undoes: press.id, who: press.who ?? "", shown: press.shown ?? "" });
  note("ok", press.shown || text(press.what), text("undone"));
  keepPeople();
  show();
};

const takeOut = (guest) => {
  people.letOut(guest);
  queue.add({ what: "undo", who: guest.code, shown: nameOf(guest) });
  note("ok", nameOf(guest), text("undone"));
  keepPeople();
  show();
};

const undoLast = () => {
  const entry = log.find((one) => one.press && !one.isUndone);
  if (entry) undo(entry.press);
};

const count = (what, segment, number) => {
  const took = people.count(what, segment, number);
  if (!took) return;
  const press = queue.add({ what, segment, people: took, shown: what === "walk_in" ? segments[segment] : text("heads") });
  note("ok", `${text(what)} ${took > 0 ? "+" : "−"}${Math.abs(took)}`, what === "walk_in" ? segments[segment] : "", press);
  keepPeople();
  show();
};

const scanned = async (code) => {
  const token = code.trim().split("/").pop();
  let guest = people.byTicket((await sha256(token)).slice(0, 32)) ?? people.get(token.toUpperCase());
  if ((!guest || guest.state !== "seat") && !offlineSince) {
    await fetchPeople(); // somebody may have got a seat since
    guest = people.byTicket((await sha256(token)).slice(0, 32)) ?? people.get(token.toUpperCase());
  }
  if (guest) arrive(guest);
  else note("error", text("unreadable"), text("why_unknown"));
};

// --- what is sent and fetched ---

const keepPeople = () => kept.write("people", { ...people.kept(), until: kept.until });

const setOnline = (isOnline) => {
  offlineSince = isOnline ? 0 : offlineSince || Math.floor(Date.now() / 1000);
  showNet();
};

const closed = async () => {
  isClosed = true;
  camera?.stop();
  people.clear();
  log.length = 0;
  queue.line = [];
  queue.refused = [];
  await kept.wipe(here);
  show();
  part("net").hidden = true;
  for (const one of root.querySelectorAll("button, input")) one.disabled = true;
  showVerdict("warn", text("closed"), "");
};

const ask = async (path, how) => {
  const answer = await fetch(`${here}/${path}`, how);
  if (answer.status === 404 && (await answer.json().catch(() => ({}))).closed) {
    await closed();
    return null;
  }
  return answer;
};

const fetchPeople = async () => {
  try {
    const answer = await ask("people.json");
    if (!answer?.ok) {
      if (!isClosed) setOnline(false);
      return;
    }
    const told = await answer.json();
    csrf = told.csrf;
    kept.until = Date.now() + told.seconds * 1000;
    if (!queue.waiting) people.take(told);
    else people.standing.version = "";
    await keepPeople();
    setOnline(true);
    show();
  } catch {
    setOnline(false);
  }
};

const settle = (press, result) => {
  const entry = log.find((one) => one.press?.id === press.id);
  if (press.what === "arrive" && result.outcome === "already" && press.took) {
    const time = result.first_at ? timeOf(result.first_at) : "";
    const detail = result.first_by ? text("already_by", { time, by: result.first_by }) : text("already", { time });
    if (entry) entry.isUndone = true;
    note("warn", press.shown, detail);
  }
  if (result.outcome === "refused" && entry) entry.isUndone = true;
};

const send = async (batch) => {
  const now = Date.now();
  const body = batch.map(({ id, what, who, people: number, segment, undoes, at }) => ({
    id, what, who: who ?? "", people: number ?? null, segment: segment ?? "", undoes: undoes ?? "", ago: Math.max(0, (now - at) / 1000),
  }));
  const answer = await ask("sync", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(body),
  });
  if (answer?.status === 400) {
    csrf = (await (await fetch(`${here}/people.json`)).json()).csrf ?? csrf; // the session is another than the page's
    setTimeout(() => queue.flush(), 0);
    return null;
  }
  if (!answer?.ok) return null;
  const told = await answer.json();
  const results = new Map(told.results.map((result) => [result.id, result]));
  for (const press of batch) settle(press, results.get(press.id) ?? { outcome: "refused", reason: "unknown" });
  const refused = batch.filter((press) => results.get(press.id)?.outcome === "refused");
  latest = told;
  return { done: batch.length, refused: refused.map((press) => ({ ...press, reason: results.get(press.id).reason })) };
};

let latest = null;

const told = () => {
  if (!kept || isClosed) return;
  setOnline(queue.isOnline);
  if (queue.waiting || !latest) return;
  const { version, standing, over } = latest;
  latest = null;
  if (over) {
    late();
  } else if (version !== people.standing.version) {
    fetchPeople();
  } else {
    people.standing = { ...standing, version };
    show();
  }
};

const beat = async () => {
  if (isClosed || document.hidden) return;
  if (kept.until && Date.now() > kept.until) {
    late();
    return;
  }
  if (queue.waiting) {
    queue.flush();
    return;
  }
  try {
    const answer = await send([]);
    queue.isOnline = answer !== null;
  } catch {
    queue.isOnline = false;
  }
  told();
};

// The event is over: the names go; what was not sent yet stays until it is.
const late = async () => {
  people.clear();
  await kept.drop("people");
  show();
  showVerdict("warn", text("late"), "");
};

// --- the camera ---

const scanButton = part("scan");

const scan = async () => {
  const hint = part("camera-hint");
  if (camera) {
    camera.stop();
    camera = null;
    part("video").hidden = true;
    hint.hidden = true;
    part("torch").hidden = true;
    part("scan-text").textContent = text("start");
    return;
  }
  hint.hidden = false;
  hint.textContent = text("camera_wait");
  part("video").hidden = false;
  try {
    const { startScan } = await import("./door-scan.js");
    camera = await startScan(part("video"), wasm, scanned);
    hint.textContent = text("camera_on");
    part("scan-text").textContent = text("stop");
    part("torch").hidden = !camera.torch;
  } catch {
    part("video").hidden = true;
    hint.textContent = text("camera_no");
    part("search").elements.q.focus();
  }
};

let isLit = false;
const light = () => {
  isLit = !isLit;
  camera?.torch?.(isLit);
  part("torch").setAttribute("aria-pressed", String(isLit));
};

// --- beginning ---

const keys = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "/") part("search").elements.q.focus();
  else if (event.key === "z") undoLast();
  else if (event.key === " " && !event.target.closest("button, a, summary")) scan();
  else return;
  event.preventDefault();
};

// So that it opens without a net: the page, what it loads, and the decoder where the browser has none.
const keepFiles = async () => {
  if (!("serviceWorker" in navigator) || !kept.isKept) return;
  await navigator.serviceWorker.register("/door/worker.js", { scope: "/door/" });
  const { needsDecoder } = await import("./door-scan.js");
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const files = [...loaded.filter((name) => new URL(name).pathname.startsWith("/static/"))];
  if (await needsDecoder()) {
    files.push(wasm, "reader/index.js", "share.js");
  }
  const vendor = new URL(wasm, location.href);
  const cache = await caches.open("door-1");
  await Promise.all(
    files.map(async (name) => {
      const address = new URL(name, name.startsWith("http") ? undefined : vendor).href;
      if (!(await cache.match(address))) await cache.add(address);
    }),
  );
  const fresh = await fetch(`${here}?lang=${lang}`);
  if (fresh.ok) await cache.put(here, fresh);
  root.dataset.offline = "ready";
};

const start = async () => {
  kept = await openKept(here.split("/").pop());
  const before = await kept.read("people");
  queue = new Queue({ store: { read: async () => (await kept.read("presses")) ?? [], write: (line) => kept.write("presses", line) }, send, told, batch: 100, pause: 150, again: 5000 });
  if (before && before.until > Date.now()) {
    kept.until = before.until;
    people.restore(before);
  } else if (before) {
    await kept.drop("people");
  }
  await queue.open();
  for (const form of root.querySelectorAll("[data-press=walk_in], [data-press=heads]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = form.elements;
      count(fields.what.value, fields.segment?.value ?? "", Number(fields.people.value));
    });
  }
  part("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const [only, other] = people.search(part("search").elements.q.value.trim());
    if (only && !other && only.state === "seat" && only.here < only.party) {
      arrive(only);
      part("search").elements.q.select();
    }
  });
  part("search").elements.q.addEventListener("input", showFound);
  part("camera").hidden = false;
  scanButton.addEventListener("click", scan);
  part("torch").addEventListener("click", light);
  part("undo").addEventListener("click", undoLast);
  part("empty").hidden = false;
  part("empty").addEventListener("click", async () => {
    await queue.flush();
    await closed();
    showVerdict("warn", text("emptied"), "");
  });
  document.addEventListener("keydown", keys);
  addEventListener("offline", () => setOnline(false));
  addEventListener("online", beat);
  if (people.size) show();
  await fetchPeople();
  if (isClosed) return;
  show();
  root.dataset.ready = "";
  setInterval(beat, BEAT);
  await keepFiles().catch(() => {});
};

start();
