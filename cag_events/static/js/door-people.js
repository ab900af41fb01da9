// Who is expected, as the phone at the door knows them, and what presses make of it until the server says otherwise.

// As domain/texts.fold on the server: lower case, no diacritics, ß as ss; Cyrillic й and ё stay letters.
export const fold = (text) =>
  text
    .toLowerCase()
    .replaceAll("ß", "ss")
    .normalize("NFC")
    .replaceAll("й", "\ue000")
    .replaceAll("ё", "\ue001")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("\ue000", "й")
    .replaceAll("\ue001", "ё");

const NOBODY = { here: 0, seats: 0, walk_ins: {}, heads: 0, version: "" };
const MOST_FOUND = 30;

const guestOf = ([code, ticket, state, name, party, segment, here, at, needs]) => ({
  code, ticket, state, name, party, segment, here, at, needs, folded: fold(name),
});

export class People {
  constructor() {
    this.clear();
  }

  clear() {
    this.rows = [];
    this.standing = { ...NOBODY, walk_ins: {} };
    this.index();
  }

  index() {
    this.guests = this.rows.map(guestOf);
    this.codes = new Map(this.guests.map((guest) => [guest.code, guest]));
    this.tickets = new Map(this.guests.map((guest) => [guest.ticket, guest]));
  }

  get size() {
    return this.guests.length;
  }

  // What the server told.
  take({ people, standing, version }) {
    this.rows = people;
    this.standing = { ...standing, version };
    this.index();
  }

  kept() {
    const rows = this.guests.map(({ code, ticket, state, name, party, segment, here, at, needs }) => [
      code, ticket, state, name, party, segment, here, at, needs,
    ]);
    return { people: rows, standing: this.standing };
  }

  restore({ people, standing }) {
    this.rows = people;
    this.standing = standing;
    this.index();
  }

  get(code) {
    return this.codes.get(code);
  }

  byTicket(hash) {
    return this.tickets.get(hash);
  }

  // Those whose name or code has what was typed; names that begin with it come first.
  search(typed) {
    const sought = fold(typed);
    if (!sought) return [];
    const found = this.guests.filter(
      (guest) =>
        (guest.state === "seat" && guest.folded.includes(sought)) ||
        (sought.length > 2 ? guest.code.toLowerCase().startsWith(sought) && guest.state === "seat" : false) ||
        guest.code.toLowerCase() === sought,
    );
    const first = (guest) => (guest.folded.startsWith(sought) ? 0 : 1);
    return found.sort((one, other) => first(one) - first(other)).slice(0, MOST_FOUND);
  }

  // Let in so many of a party, or all who are not in; returns how many came in by it.
  letIn(guest, number) {
    const left = guest.party - guest.here;
    const took = left <= 0 ? 0 : Math.min(number ?? left, left);
    guest.here += took;
    this.standing.here += took;
    if (took && !guest.at) guest.at = Math.floor(Date.now() / 1000);
    return took;
  }

  letOut(guest, number = guest.here) {
    const took = Math.min(number, guest.here);
    guest.here -= took;
    this.standing.here -= took;
    if (!guest.here) guest.at = 0;
  }

  // Returns by how many it changed, below 0 for less.
  count(what, segment, number) {
    const { standing } = this;
    const before = what === "heads" ? standing.heads : (standing.walk_ins[segment] ?? 0);
    const after = Math.max(0, before + number);
    if (what === "heads") standing.heads = after;
    else standing.walk_ins[segment] = after;
    return after - before;
  }

  takeBack(press) {
    const guest = this.get(press.who);
    if (press.what === "arrive" && guest) this.letOut(guest, press.took);
    else if (press.what !== "arrive") this.count(press.what, press.segment, -press.people);
  }
}
