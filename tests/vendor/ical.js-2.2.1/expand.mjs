// Reads calendars from standard input as JSON [text, …]; answers the VEVENTs of each with the dates that its rule gives.
import ICAL from "./ical.min.mjs";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const calendars = JSON.parse(Buffer.concat(chunks).toString("utf8"));

const instant = (time) => (time.isDate ? time.toString() : time.toUnixTime());
const entry = (component) => {
  const event = new ICAL.Event(component);
  const starts = [];
  if (event.isRecurring()) {
    const iterator = event.iterator();
    for (let next = iterator.next(); next; next = iterator.next()) starts.push(instant(next));
  } else starts.push(instant(event.startDate));
  return {
    uid: event.uid,
    recurrence: event.recurrenceId ? instant(event.recurrenceId) : null,
    starts,
    first: instant(event.startDate),
    end: instant(event.endDate),
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    summary: event.summary ?? "",
    description: event.description ?? "",
    location: event.location ?? "",
    categories: component.getAllProperties("categories").flatMap((property) => property.getValues()),
    organizer: component.getFirstProperty("organizer")?.getFirstParameter("cn") ?? null,
  };
};
process.stdout.write(
  JSON.stringify(
    calendars.map((text) => {
      const root = new ICAL.Component(ICAL.parse(text));
      return { method: root.getFirstPropertyValue("method"), events: root.getAllSubcomponents("vevent").map(entry) };
    }),
  ),
);
