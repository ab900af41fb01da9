// Reads {calendar, walls: {tzid: [[y, m, d, h, min, s], ...]}} from standard input; answers what ical.js makes of it.
import ICAL from "./ical.min.mjs";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { calendar, walls } = JSON.parse(Buffer.concat(chunks).toString("utf8"));

const root = new ICAL.Component(ICAL.parse(calendar));
const zones = Object.fromEntries(
  root.getAllSubcomponents("vtimezone").map((component) => {
    const zone = new ICAL.Timezone(component);
    return [zone.tzid, zone];
  }),
);
const instant = (time) => (time.isDate ? time.toString() : time.toUnixTime());
const offset = (zone, [year, month, day, hour, minute, second]) =>
  zone.utcOffset(new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, zone));

const answer = {
  events: root.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const starts = [];
    if (event.isRecurring()) {
      const iterator = event.iterator();
      for (let next = iterator.next(); next; next = iterator.next()) starts.push(instant(next));
    }
    return {
      uid: event.uid,
      start: instant(event.startDate),
      end: instant(event.endDate),
      starts,
      summary: event.summary,
      description: event.description,
      location: event.location,
      status: component.getFirstPropertyValue("status"),
      categories: component.getAllProperties("categories").flatMap((property) => property.getValues()),
    };
  }),
  offsets: Object.fromEntries(Object.entries(walls).map(([tzid, all]) => [tzid, all.map((wall) => offset(zones[tzid], wall))])),
};
process.stdout.write(JSON.stringify(answer));
