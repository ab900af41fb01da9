// The organisers' calendar by mouse, finger and keyboard: the one place that knows the library (vendor/event-calendar).
// Bound to: [data-calendar], the tables that the server made. They stay on phones, and where the library does not load.
// How entries and days look is looks.js's, what is sent and said moving.js's.

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay" };
const WIDE = window.matchMedia("(width >= 48rem)");
const PAPER = window.matchMedia("print");
const STEP = 15 * 60_000;

const planner = document.querySelector("[data-planner]");
// by the addresses that the page has them by, with their versions: by others they would be there twice
const { askConflicts, forgetConflicts, isSignedOut, move, openDialog, say, seen, signedOut, tell } = await import(planner.dataset.moving);
const { DAY, classes, clockOf, content, dayCell, dayHead, dayOf, hour, inWords, iso, later, locale, parsed, wall, walls } = await import(planner.dataset.looks);
const tables = document.querySelector("[data-calendar]");
const words = JSON.parse(planner.dataset.words);
const { view, home } = tables.dataset;
const isMonth = view === "month";

// ---- what the server knows

let calendar = null;
let focused = ""; // the entry that had the focus before it was drawn anew
let isAway = false; // it is not shown, and the focus stands elsewhere meanwhile
let pending = null; // what the keys have moved, and nobody has sent

const fetchEntries = async () => {
  const answer = await fetch(tables.dataset.entries, { redirect: "manual" });
  if (!answer.ok) {
    throw new Error(String(answer.status), { cause: answer });
  }
  const { entries } = await answer.json();
  seen(entries);
  return entries.map(parsed);
};

// the page brings those that it begins with, unless they are many

const firstEntries = async () => {
  const given = tables.dataset.first;
  if (!given) {
    return fetchEntries();
  }
  const entries = JSON.parse(given);
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

// an entry that was moved out of what is shown leaves the focus to the frame, and then to what undoes it

const refocus = () => {
  const [now, frame] = [document.activeElement, box.querySelector(".ec-main")];
  if (!focused || document.querySelector("dialog[open]") || (now && now !== document.body && now !== (isAway && frame))) {
    return;
  }
  const there = box.querySelector(`[data-entry="${CSS.escape(focused)}"]`);
  const instead = (!pending && document.querySelector("[data-toast]:not([hidden]) button")) || frame;
  isAway = !there;
  (there ?? instead)?.focus({ preventScroll: true });
};

// ---- moving

const when = ({ start, end, allDay }) => {
  if (allDay) {
    return { day: dayOf(start), last_day: dayOf(later(end, -DAY)) };
  }
  const isOneDay = dayOf(start) === dayOf(end) || (end - start < DAY && clockOf(end) <= clockOf(start));
  return { tz: home, day: dayOf(start), start: clockOf(start), end: clockOf(end), last_day: isOneDay ? "" : dayOf(end) };
};

// what the pointer does, counted from where the entry was: by the browser's own clocks an hour might be missing

const LONG = ({ days, seconds }) => days * DAY + seconds * 1000;
const NONE = { days: 0, seconds: 0 };

const moved = ({ event, oldEvent, delta = NONE, startDelta = delta, endDelta = delta }) => {
  const before = walls(oldEvent);
  return { ...event, start: later(before.start, LONG(startDelta)), end: later(before.end, LONG(endDelta)) };
};

const put = async (event, back) => {
  const entry = event.extendedProps;
  const there = when(event);
  focused = event.id;
  forgetConflicts();
  if (entry.is_series) {
    const address = `${entry.move_url}&${new URLSearchParams(there)}`;
    openDialog(address, (isMoved) => (isMoved ? undefined : (back(), say(words.back), refocus())));
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
let isHeld = false; // the pointer has got hold of an entry, or marks a time
let isGivenUp = false;

const allow = (event) => {
  isHeld = true;
  const now = `${event.start.getTime()} ${event.end.getTime()}`;
  if (now !== slot) {
    slot = now;
    look(event);
  }
  return true;
};

const letGo = () => {
  isHeld = false;
  forgetConflicts();
};

const dropped = (info) => (isGivenUp ? info.revert() : put(moved(info), info.revert));
const mayDrop = (info) => info.event.allDay === info.oldEvent.allDay && allow(moved(info)); // what has hours keeps them

// Escape lets go of it where it was; the library knows no such key. What the pointer does after that is no press.

const swallow = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

const giveUp = (event) => {
  if (event.key !== "Escape" || !isHeld) {
    return;
  }
  isGivenUp = true;
  window.dispatchEvent(new PointerEvent("pointerup", { isPrimary: true }));
  isGivenUp = false;
  letGo();
  say(words.back);
  swallow(event);
  window.addEventListener("click", swallow, { capture: true, once: true });
  window.addEventListener("pointerdown", () => window.removeEventListener("click", swallow, { capture: true }), { capture: true, once: true });
};

// ---- the keyboard: steps are shown at once and sent when Alt is let go

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

const find = (id) => {
  const event = calendar.getEventById(id);
  return event && walls(event);
};

const draw = (event) => calendar.updateEvent({ ...event, start: iso(event.start), end: iso(event.end) });

const press = (key, isLonger, id) => {
  const event = find(id);
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
  const there = { ...event, start, end };
  draw(there);
  refocusSoon();
  say(inWords(there));
  look(there);
};

const refocusSoon = () => requestAnimationFrame(refocus);

const takeBack = ({ id, before }) => {
  const event = find(id);
  if (event) {
    draw({ ...event, ...before });
    refocusSoon();
  }
};

const settle = () => {
  if (!pending) {
    return;
  }
  const held = pending;
  pending = null;
  const event = find(held.id);
  const isSame = !event || (+event.start === +held.before.start && +event.end === +held.before.end);
  if (isSame) {
    forgetConflicts();
  } else {
    put(event, () => takeBack(held));
  }
};

const onKey = (event) => {
  const id = event.target.closest?.("[data-entry]")?.dataset.entry ?? pending?.id;
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

// ---- making: drag over empty space, or press it twice

const plan = ({ start, end, allDay }) => {
  const last = allDay ? later(end, -DAY) : end;
  const isOneDay = dayOf(start) === dayOf(last) || (!allDay && end - start < DAY && clockOf(end) <= clockOf(start));
  const hours = allDay ? {} : { start: clockOf(start), end: clockOf(end) };
  const values = { day: dayOf(start), ...hours, ...(isOneDay ? {} : { last_day: dayOf(last) }) };
  openDialog(`${tables.dataset.plan}?${new URLSearchParams(values)}`, () => calendar.unselect());
};

const pressTwice = (event) => {
  const place = event.target.closest(".ec-event, a, button") ? null : calendar.dateFromPoint(event.clientX, event.clientY);
  if (place) {
    const start = wall(place.date);
    plan({ start, end: later(start, place.allDay ? DAY : 4 * STEP), allDay: place.allDay });
  }
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
  const [library, events] = await Promise.all([load(tables.dataset.library), firstEntries()]);
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
    dayCellFormat: dayCell,
    dayHeaderFormat: dayHead,
    slotEventOverlap: false,
    nowIndicator: false,
    events,
    eventContent: content,
    eventClassNames: classes,
    editable: mayMake,
    eventResizableFromStart: true,
    selectable: mayMake,
    dragConstraint: mayDrop,
    resizeConstraint: mayDrop,
    selectConstraint: (info) => allow(walls(info)),
    eventDrop: dropped,
    eventResize: dropped,
    eventDragStop: letGo,
    eventResizeStop: letGo,
    select: (info) => (letGo(), isGivenUp ? calendar.unselect() : plan(walls(info))),
    eventAllUpdated: () => (tidy(), refocus()),
    viewDidMount: tidy,
  });
  tables.hidden = true;
  planner.dataset.live = "yes";
  tidy();
  new MutationObserver(tidy).observe(box, { subtree: true, childList: true });
  box.addEventListener("keydown", onKey);
  window.addEventListener("keydown", giveUp, { capture: true });
  if (mayMake) {
    box.addEventListener("dblclick", pressTwice);
  }
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
  box.hidden = !WIDE.matches || PAPER.matches;
  tables.hidden = !box.hidden;
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
PAPER.addEventListener("change", stand); // on paper the tables, whole
begin();
