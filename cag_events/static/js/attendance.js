// Attendance on a phone: each tap is sent at once, and waits in line while there is no network.
// Bound to: [data-attendance] inside a form; the form works without it. Only what was tapped is sent, with how long ago.

const RETRY = 5000;

const start = (root) => {
  const form = root.closest("form");
  const meeting = form.elements.meeting.value;
  const status = root.querySelector("[data-status]");
  const count = root.querySelector("[data-count]");
  const store = `taps:${location.pathname}:${meeting}`;
  let line = [];
  let sending = false;

  const keep = () => {
    try {
      sessionStorage.setItem(store, JSON.stringify(line));
    } catch {
      // storage is off: the line lives as long as the page
    }
  };

  const say = (name) => {
    status.textContent = root.dataset[name] ?? "";
  };

  const boxes = () => [...root.querySelectorAll("[name=here]")];

  const recount = () => {
    if (count) {
      const people = boxes().filter((box) => box.checked).reduce((sum, box) => sum + Number(box.dataset.people), 0);
      count.textContent = `${people} ${count.dataset.count}`;
    }
  };

  const wasOf = (rowId) => [...root.querySelectorAll("[name=was]")].find((was) => was.value.startsWith(`${rowId}:`));

  const send = async () => {
    if (sending || !line.length) {
      return;
    }
    sending = true;
    const tap = line[0];
    const body = new URLSearchParams({
      csrf_token: form.elements.csrf_token.value,
      meeting,
      tap: "1",
      was: `${tap.who}:${tap.here ? 0 : 1}`,
      age: String(Math.max(0, Math.round((Date.now() - tap.at) / 1000))),
    });
    if (tap.here) {
      body.append("here", tap.who);
    }
    let answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    } catch {
      // no network: the line waits
    }
    sending = false;
    if (answer === null || answer.status >= 500) {
      say("waiting");
      setTimeout(send, RETRY);
      return;
    }
    line.shift();
    keep();
    if (answer.status === 204) {
      const was = wasOf(tap.who);
      if (was) {
        was.value = `${tap.who}:${tap.here ? 1 : 0}`;
      }
      say(line.length ? "waiting" : "saved");
    } else {
      say("failed");
    }
    send();
  };

  const tapped = (box) => {
    line = line.filter((tap) => tap.who !== box.value || tap === line[0]);
    line.push({ who: box.value, here: box.checked, at: Date.now() });
    keep();
    recount();
    send();
  };

  root.addEventListener("change", (event) => {
    if (event.target.name === "here") {
      tapped(event.target);
    }
  });

  root.querySelector("[name=do][value=all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const box of boxes().filter((one) => !one.checked)) {
      box.checked = true;
      tapped(box);
    }
  });

  addEventListener("online", send);

  try {
    line = JSON.parse(sessionStorage.getItem(store) ?? "[]");
  } catch {
    line = [];
  }
  for (const tap of line) {
    const box = boxes().find((one) => one.value === tap.who);
    if (box) {
      box.checked = tap.here;
    }
  }
  recount();
  send();
};

for (const root of document.querySelectorAll("[data-attendance]")) {
  start(root);
}
