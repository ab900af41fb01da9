// The organisers' calendar by mouse, finger and keyboard: the one place that knows the library (vendor/event-calendar).
// Bound to: [data-calendar], the tables that the server made. They stay on phones, and where the library does not load.
// Times are wall times of the zone at home; the library is told that they are UTC, so that no clock change touches them.

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay" };
const WIDE = window.matchMedia("(width >= 48rem)");
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const STEP = 15 * MINUTE;

const planner = document.querySelector("[data-planner]");
// by the address that the page has it by, with its version: by another it would be there twice
const { askConflicts, forgetConflicts, isSignedOut, move, openDialog, say, seen, signedOut, tell } = await import(planner.dataset.moving);
const tables = document.querySelector("[data-calendar]");
const words = JSON.parse(planner.dataset.words);
const lang = document.documentElement.lang;
const { view, home } = tables.dataset;
const isMonth = view === "month";

// ---- times

const iso = (date) => date.toISOString().slice(0, 16);
const dayOf = (date) => iso(date).slice(0, 10);
const clockOf = (date) => iso(date).slice(11);
const later = (date, step) => new Date(date.getTime() + step);
const locale = lang === "en" ? "en-GB" : lang; // the day before the month, as everywhere here
const shown = (date, style) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...style }).format(date);
const clock = (date) => clockOf(date).replace(":", words.separator);

const inWords = ({ start, end, allDay }) => {
  const day = { weekday: "long", day: "numeric", month: "long" };
  if (allDay) {
    return `${shown(start, day)} – ${shown(later(end, -DAY), day)}`;
  }
  return `${shown(start, day)} ${clock(start)}–${clock(end)}`;
};

// ---- an entry: a link with all that must be known of it

const span = (cls, text, isHidden = false) => {
  const made = document.createElement("span");
  made.className = cls;
  made.textContent = text;
  if (isHidden) {
    made.setAttribute("aria-hidden", "true");
  }
  return made;
};

const mark = (token) => {
  const svg = document.querySelector("[data-shapes]")?.content.querySelector(`[data-shape="${token || "none"}"]`);
  return svg ? [svg.firstElementChild.cloneNode(true)] : [];
};

const content = ({ event }) => {
  const entry = event.extendedProps;
  if (!entry.url) {
    return { domNodes: [span("entry__title", words.new)] };
  }
  const link = document.createElement("a");
  link.href = entry.url;
  link.className = "entry";
  link.draggable = false; // it is the library that drags
  link.dataset.entry = event.id;
  const title = span("entry__title", entry.title);
  if (entry.lang) {
    title.lang = entry.lang;
  }
  const notes = [entry.status_label, entry.note, ...(isMonth ? [] : entry.also)].filter(Boolean).join(" · ");
  link.append(...mark(entry.token));
  if (!event.allDay) {
    const time = isMonth ? clock(event.start) : `${clock(event.start)}–${clock(event.end)}`;
    link.append(span("entry__time", time, true), " ");
  }
  link.append(title);
  if (notes) {
    link.append(" ", span("entry__note", notes, true));
  }
  link.append(span("sr-only", `, ${event.display === "auto" ? entry.words : inWords(event)}`));
  if (entry.move_url) {
    link.setAttribute("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight Shift+M");
    link.setAttribute("aria-describedby", "planner-keys");
  }
  return { domNodes: [link] };
};

const classes = ({ event }) => {
  const { token, sort, status } = event.extendedProps;
  return [`theme--${token || "none"}`, `entry--${sort || "new"}`, ...(status ? [`entry--${status}`] : [])];
};

const parsed = (entry) => ({
  id: entry.id,
  allDay: entry.all_day,
  start: entry.start,
  end: entry.end,
  title: entry.title,
  startEditable: Boolean(entry.move_url),
  durationEditable: Boolean(entry.move_url),
  extendedProps: entry,
});

// ---- what the server knows

let calendar = null;
let focused = ""; // the entry that had the focus before it was drawn anew

const fetchEntries = async () => {
  const answer = await fetch(tables.dataset.entries, { redirect: "manual" });
  if (!answer.ok) {
    throw new Error(String(answer.status), { cause: answer });
  }
  const { entries } = await answer.json();
  seen(entries);
  return entries.map(parsed);
};

const refresh = async () => {
  focused = document.activeElement?.dataset?.entry ?? focused;
  try {
    calendar.setOption("events", await fetchEntries());
  } catch (fault) {
    tell(fault.cause && isSignedOut(fault.cause) ? signedOut() : { text: words.offline }, true);
  }
};

const refocus = () => {
  if (focused && !document.querySelector("dialog[open]") && (!document.activeElement || document.activeElement === document.body)) {
    box.querySelector(`[data-entry="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
};

// ---- moving

const when = ({ start, end, allDay }) => {
  if (allDay) {
    return { day: dayOf(start), last_day: dayOf(later(end, -DAY)) };
  }
  const isOneDay = dayOf(start) === dayOf(end) || (end - start < DAY && clockOf(end) <= clockOf(start));
  return { tz: home, day: dayOf(start), start: clockOf(start), end: clockOf(end), last_day: isOneDay ? "" : dayOf(end) };
};

const put = async (event, back) => {
  const entry = event.extendedProps;
  const there = when(event);
  focused = event.id;
  forgetConflicts();
  if (entry.is_series) {
    const address = `${entry.move_url}&${new URLSearchParams(there)}`;
    openDialog(address, (isMoved) => (isMoved ? undefined : (back(), refocus())));
    return;
  }
  const isMoved = await move({ event: entry.event, occurrence: entry.occurrence ?? "", version: entry.version, ...there });
  if (!isMoved) {
    back();
  }
  await refresh();
};

const look = (event) => {
  const { event: key = "", occurrence = "" } = event.extendedProps ?? {};
  const starts = event.allDay ? `${dayOf(event.start)}T00:00` : iso(event.start);
  const ends = event.allDay ? `${dayOf(later(event.end, -DAY))}T23:59` : iso(event.end);
  askConflicts({ event: key, occurrence: occurrence ?? "", starts, ends, tz: home }, inWords(event));
};

let slot = "";
const allow = (event, before) => {
  if (before && event.allDay !== before.allDay) {
    return false; // what has hours keeps them
  }
  const now = `${event.start.getTime()} ${event.end.getTime()}`;
  if (now !== slot) {
    slot = now;
    look(event);
  }
  return true;
};

const dropped = ({ event, revert }) => put(event, revert);

// ---- the keyboard: steps are shown at once and sent when Alt is let go

let pending = null;

const steps = {
  ArrowLeft: [-DAY, -DAY],
  ArrowRight: [DAY, DAY],
  ArrowUp: [-STEP, -7 * DAY],
  ArrowDown: [STEP, 7 * DAY],
};

const stepOf = (key, event) => {
  const [inGrid, inMonth] = steps[key];
  const step = isMonth ? inMonth : inGrid;
  return event.allDay && Math.abs(step) < DAY ? 0 : step;
};

const press = (key, isLonger, id) => {
  const event = calendar.getEventById(id);
  const step = event ? stepOf(key, event) : 0;
  if (!event || !step) {
    return;
  }
  const before = pending?.id === id ? pending.before : { start: event.start, end: event.end };
  const start = isLonger ? event.start : later(event.start, step);
  const end = later(event.end, step);
  if (end - start < (event.allDay ? DAY : STEP)) {
    return;
  }
  pending = { id, before };
  focused = id;
  const moved = { ...event, start, end };
  calendar.updateEvent(moved);
  refocusSoon();
  say(inWords(moved));
  look(moved);
};

const refocusSoon = () => requestAnimationFrame(refocus);

const takeBack = ({ id, before }) => {
  const event = calendar.getEventById(id);
  if (event) {
    calendar.updateEvent({ ...event, ...before });
    refocusSoon();
  }
};

const settle = () => {
  if (!pending) {
    return;
  }
  const held = pending;
  pending = null;
  const event = calendar.getEventById(held.id);
  const isSame = !event || (+event.start === +held.before.start && +event.end === +held.before.end);
  if (isSame) {
    forgetConflicts();
  } else {
    put(event, () => takeBack(held));
  }
};

const onKey = (event) => {
  const id = event.target.closest?.("[data-entry]")?.dataset.entry;
  const entry = id && calendar.getEventById(id)?.extendedProps;
  if (event.key === "Escape" && pending) {
    takeBack(pending);
    pending = null;
    forgetConflicts();
    say(words.back);
  } else if (!entry?.move_url) {
    return;
  } else if (event.altKey && event.key in steps && !event.ctrlKey && !event.metaKey) {
    press(event.key, event.shiftKey, id);
  } else if (event.key === "M" && !event.altKey && !event.ctrlKey && !event.metaKey) {
    focused = id;
    openDialog(entry.move_url, refocusSoon);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
};

// ---- making: drag over empty space

const plan = ({ start, end, allDay }) => {
  const last = allDay ? later(end, -DAY) : end;
  const isOneDay = dayOf(start) === dayOf(last) || (!allDay && end - start < DAY && clockOf(end) <= clockOf(start));
  const hours = allDay ? {} : { start: clockOf(start), end: clockOf(end) };
  const values = { day: dayOf(start), ...hours, ...(isOneDay ? {} : { last_day: dayOf(last) }) };
  openDialog(`${tables.dataset.plan}?${new URLSearchParams(values)}`, () => calendar.unselect());
};

// ---- what the library says of itself that is not so: it is no table, and its bars are no landmarks

const tidy = () => {
  for (const one of box.querySelectorAll("[role]:not([data-ours]), [aria-colindex], [aria-rowindex], aside")) {
    one.removeAttribute("role");
    for (const { name } of [...one.attributes].filter((each) => /^aria-(col|row)/.test(each.name))) {
      one.removeAttribute(name);
    }
    if (one.localName === "aside") {
      one.setAttribute("role", "presentation");
      one.dataset.ours = "";
    }
  }
  const main = box.querySelector(".ec-main");
  if (main && !main.dataset.ours) {
    Object.assign(main, { tabIndex: 0 });
    main.setAttribute("role", "region");
    main.setAttribute("aria-label", tables.dataset.title);
    main.dataset.ours = "";
  }
};

const dayLink = (date) => {
  const day = dayOf(date);
  const link = document.createElement("a");
  link.href = tables.dataset.day.replace("DAY", day);
  const text = isMonth ? shown(date, { day: "numeric" }) : `${shown(date, { weekday: "short" })} ${date.getUTCDate()}`;
  link.append(span("", text, true), span("sr-only", shown(date, { dateStyle: "full" })));
  if (!tables.dataset.plan) {
    return [link];
  }
  const plus = document.createElement("a");
  plus.href = `${tables.dataset.plan}?day=${day}`;
  plus.dataset.dialog = "";
  plus.className = "month-day__new";
  plus.setAttribute("aria-label", words.new_on.replace("DAY", shown(date, { dateStyle: "full" })));
  plus.append(document.querySelector("[data-plus]").content.cloneNode(true));
  return [link, plus];
};

const hour = (date) => {
  const line = span("", clock(date));
  if (tables.dataset.also) {
    line.append(span("hour__also", clock(later(date, Number(tables.dataset.also) * MINUTE))));
  }
  return { domNodes: [line] };
};

// ---- start

const box = document.createElement("div");
box.className = "calendar";

const load = (address) =>
  new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.EventCalendar));
    script.addEventListener("error", () => reject(new Error(address)));
    document.head.append(script);
  });

const start = async () => {
  const [library, events] = await Promise.all([load(tables.dataset.library), fetchEntries()]);
  tables.after(box);
  const mayMake = Boolean(tables.dataset.plan);
  calendar = library.create(box, {
    view: VIEWS[view],
    date: tables.dataset.date,
    timeZone: "UTC",
    headerToolbar: { start: "", center: "", end: "" },
    locale,
    firstDay: 1,
    weekNumbers: isMonth,
    weekNumberContent: ({ week }) => words.week.replace("%", week),
    height: isMonth ? undefined : "max(34rem, calc(100dvh - 9rem))",
    scrollTime: "08:00:00",
    slotDuration: "00:30:00",
    slotHeight: 22,
    snapDuration: "00:15:00",
    allDayContent: words.all_day,
    slotLabelFormat: hour,
    dayCellFormat: (date) => ({ domNodes: dayLink(date) }),
    dayHeaderFormat: (date) => (isMonth ? shown(date, { weekday: "short" }) : { domNodes: dayLink(date) }),
    slotEventOverlap: false,
    nowIndicator: false,
    events,
    eventContent: content,
    eventClassNames: classes,
    editable: mayMake,
    eventResizableFromStart: true,
    selectable: mayMake,
    dragConstraint: ({ event, oldEvent }) => allow(event, oldEvent),
    resizeConstraint: ({ event, oldEvent }) => allow(event, oldEvent),
    selectConstraint: (info) => allow(info),
    eventDrop: dropped,
    eventResize: dropped,
    eventDragStop: forgetConflicts,
    eventResizeStop: forgetConflicts,
    select: (info) => (forgetConflicts(), plan(info)),
    eventAllUpdated: () => (tidy(), refocus()),
    viewDidMount: tidy,
  });
  tables.hidden = true;
  planner.dataset.live = "yes";
  tidy();
  new MutationObserver(tidy).observe(box, { subtree: true, childList: true });
  box.addEventListener("keydown", onKey);
  document.addEventListener("keyup", (event) => event.key === "Alt" && settle());
  window.addEventListener("blur", settle);
  document.addEventListener("moved", refresh);
  document.addEventListener("moved:focus", refocusSoon);
  planner.dataset.ready = "yes";
};

const stand = () => {
  if (!calendar) {
    return;
  }
  box.hidden = !WIDE.matches;
  tables.hidden = WIDE.matches;
  planner.toggleAttribute("data-live", WIDE.matches);
};

const begin = async () => {
  if (WIDE.matches && !calendar) {
    try {
      await start();
    } catch {
      planner.dataset.ready = "no"; // the tables stay, and so do their links
    }
  }
  stand();
};

WIDE.addEventListener("change", begin);
begin();
