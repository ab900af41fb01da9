// Reads {calendar, attendee, partstat, stamp} from standard input; writes what a calendar program on ical.js answers.
import ICAL from "./ical.min.mjs";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { calendar, attendee, partstat, stamp } = JSON.parse(Buffer.concat(chunks).toString("utf8"));

const asked = new ICAL.Component(ICAL.parse(calendar)).getFirstSubcomponent("vevent");
const root = new ICAL.Component(["vcalendar", [], []]);
root.updatePropertyWithValue("version", "2.0");
root.updatePropertyWithValue("prodid", "-//Example//ical.js//EN");
root.updatePropertyWithValue("method", "REPLY");
const event = new ICAL.Component("vevent");
for (const name of ["uid", "sequence", "dtstart", "dtend", "summary", "organizer"]) {
  const property = asked.getFirstProperty(name);
  if (property) event.addProperty(ICAL.Property.fromString(property.toICALString()));
}
event.updatePropertyWithValue("dtstamp", ICAL.Time.fromDateTimeString(stamp));
const who = new ICAL.Property("attendee");
who.setParameter("partstat", partstat);
who.setValue(`mailto:${attendee}`);
event.addProperty(who);
root.addSubcomponent(event);
process.stdout.write(root.toString());
