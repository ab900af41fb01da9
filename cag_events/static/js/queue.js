// What is pressed without a net waits in line here and is sent in its order when there is one. Each press has an id of its
// own, so that one that is sent twice counts once. A press that is refused is kept and shown, never dropped.

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(15)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// A place in the browser's storage; where storage is off or full, the line lives as long as the page.
export const storedIn = (key, storage) => ({
  read() {
    try {
      return JSON.parse(storage().getItem(key)) ?? [];
    } catch {
      return [];
    }
  },
  write(line) {
    try {
      storage().setItem(key, JSON.stringify(line));
    } catch {
      // as said
    }
  },
});

export class Queue {
  // store: {read(), write(line)}, both may be asynchronous. send(batch) answers with {done: how many of the batch need not
  // be sent again, refused: [presses of them that were not accepted]}, or null where there is no net. told(queue): after
  // every change. batch: how many are sent at once; pause, again: milliseconds before sending, and before trying again.
  constructor({ store, send, told = () => {}, batch = 1, pause = 0, again = 8000 }) {
    Object.assign(this, { store, send, told, batch, pause, again });
    this.line = [];
    this.refused = [];
    this.isOnline = true;
    this.isSending = false;
    this.timer = 0;
  }

  async open() {
    const kept = (await this.store.read()).map((press) => ({ id: newId(), ...press }));
    this.line = kept.filter((press) => !press.refused);
    this.refused = kept.filter((press) => press.refused);
    addEventListener("online", () => this.later(0));
    document.addEventListener("visibilitychange", () => this.later(0));
    this.told(this);
    if (this.line.length) {
      this.later(0);
    }
    return this;
  }

  get waiting() {
    return this.line.length;
  }

  add(press) {
    const added = { id: newId(), at: Date.now(), ...press };
    this.line.push(added);
    this.keep();
    this.later(this.pause);
    return added;
  }

  // Take out presses that have not begun their way, as one that a later press makes void.
  drop(isVoid) {
    const sent = this.isSending ? this.batch : 0;
    this.line = this.line.filter((press, place) => place < sent || !isVoid(press));
    this.keep();
  }

  forgetRefused() {
    this.refused = [];
    this.keep();
  }

  keep() {
    const written = this.store.write([...this.line, ...this.refused]);
    this.told(this);
    return written;
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  async flush() {
    if (this.isSending || !this.line.length) {
      return;
    }
    this.isSending = true;
    const batch = this.line.slice(0, this.batch);
    let answer = null;
    try {
      answer = await this.send(batch);
    } catch {
      answer = null;
    }
    this.isSending = false;
    this.isOnline = answer !== null;
    if (answer) {
      const gone = new Set(batch.slice(0, answer.done).map((press) => press.id));
      this.line = this.line.filter((press) => !gone.has(press.id));
      this.refused.push(...(answer.refused ?? []).map((press) => ({ ...press, refused: true })));
    }
    await this.keep();
    if (this.line.length) {
      this.later(answer?.done ? this.pause : this.again);
    }
  }
}

// For pages whose forms are sent one press after the other: what an answer means. 400: the page is older than its session;
// what was pressed is kept, and sent by the new page.
export const readAnswer = (answer, press) => {
  if (answer.status === 400) {
    location.reload();
    return null;
  }
  if (answer.status === 429 || answer.status >= 500) {
    return null;
  }
  const isTaken = answer.ok || answer.type === "opaqueredirect";
  return { done: 1, refused: isTaken ? [] : [press] };
};
