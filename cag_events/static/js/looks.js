// What stands in the organisers' calendar, as it is shown and said: times in words, entries as links, heads of days, hours.
// Times are wall times of the zone at home, kept as if they were UTC, so that no clock change of a browser touches them.
// Bound to: [data-planner] (words), [data-calendar] (which view, addresses), [data-shapes], [data-plus]. Changes nothing.

const planner = document.querySelector("[data-planner]");
const tables = document.querySelector("[data-calendar]");
const words = JSON.parse(planner.dataset.words);
const lang = document.documentElement.lang;
const isMonth = tables.dataset.view === "month";

const MINUTE = 60_000;
export const DAY = 1440 * MINUTE;

// ---- times: the library tells wall times by the clocks of the browser's own zone, whichever that is

export const wall = (date) =>
  new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()));
export const walls = (event) => ({ ...event, start: wall(event.start), end: wall(event.end) });
export const iso = (date) => date.toISOString().slice(0, 16);
export const dayOf = (date) => iso(date).slice(0, 10);
export const clockOf = (date) => iso(date).slice(11);
export const later = (date, step) => new Date(date.getTime() + step);
export const locale = lang === "en" ? "en-GB" : lang; // the day before the month, as everywhere here
const shown = (date, style) => new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...style }).format(date);
const clock = (date) => clockOf(date).replace(":", words.separator);

export const inWords = ({ start, end, allDay }) => {
  const day = { weekday: "long", day: "numeric", month: "long" };
  if (allDay) {
    const last = later(end, -DAY);
    return dayOf(last) > dayOf(start) ? `${shown(start, day)} – ${shown(last, day)}` : shown(start, day);
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

export const content = (info) => {
  const event = walls(info.event);
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

export const classes = ({ event }) => {
  const { token, sort, status } = event.extendedProps;
  return [`theme--${token || "none"}`, `entry--${sort || "new"}`, ...(status ? [`entry--${status}`] : [])];
};

export const parsed = (entry) => ({
  id: entry.id,
  allDay: entry.all_day,
  start: entry.start,
  end: entry.end,
  title: entry.title,
  startEditable: Boolean(entry.move_url),
  durationEditable: Boolean(entry.move_url),
  extendedProps: entry,
});

// ---- heads of days, with a way to make an event there, and hours

export const dayCell = (date) => ({ domNodes: dayLink(wall(date)) });
export const dayHead = (date) => (isMonth ? shown(wall(date), { weekday: "short" }) : dayCell(date));

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

export const hour = (told) => {
  const date = wall(told);
  const line = span("", clock(date));
  if (tables.dataset.also) {
    line.append(span("hour__also", clock(later(date, Number(tables.dataset.also) * MINUTE))));
  }
  return { domNodes: [line] };
};
