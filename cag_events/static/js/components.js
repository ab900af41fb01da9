// What the parts of pages do that templates/components print: one small script for all of them, so that a page asks once.
// Bound to: form[data-once], form[data-keep] (never form[data-guarded]), [data-focus]; [data-copy] around an input,
// [data-copy-button], [data-copy-status]; [data-opens="id"] (a link to the page that does the same), [data-close] in a
// <dialog>; details[data-menu]; a[data-key="n"], a[data-key="g k"], button[data-key="u"] (pressed), [data-keys-off]
// (a tick box), [data-keys-hint] (shown), #keys (opened by ?).

// ==== forms: send once, keep what was typed, put the focus where the answer is

const PRIVATE = new Set(["password", "hidden", "file"]);

// ---- forms, once: a second press of the button sends nothing

const sendOnce = (form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
};

const allowAgain = (form) => {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
};

// ---- forms, keep: the text stays in this tab until it is sent

const keptFields = (form) =>
  [...form.elements].filter((field) => field.name && !PRIVATE.has(field.type) && !field.closest(".honeypot"));

const storageKey = (form) => `keep:${location.pathname}:${form.dataset.keep}`;

const isUntouched = (field) => {
  if (field.type === "checkbox" || field.type === "radio") {
    return field.checked === field.defaultChecked;
  }
  if (field.options) {
    return [...field.options].every((option) => option.selected === option.defaultSelected || option.index === 0);
  }
  return field.value === field.defaultValue;
};

const save = (form) => {
  const kept = keptFields(form).map((field) => {
    if (field.type === "checkbox" || field.type === "radio") {
      return [field.name, field.value, field.checked];
    }
    return [field.name, null, field.value];
  });
  try {
    sessionStorage.setItem(storageKey(form), JSON.stringify(kept));
  } catch {
    // storage is off or full: nothing is kept, the form works all the same
  }
};

const forget = (form) => {
  try {
    sessionStorage.removeItem(storageKey(form));
  } catch {
    // storage is off: there was nothing
  }
};

// A form that is kept until saved is forgotten when another one is shown, as after saving: not on an error page, and not
// when the same form comes again, as after signing in anew.

const markSent = (form) => {
  try {
    sessionStorage.setItem(`sent:${storageKey(form)}`, "yes");
  } catch {
    // storage is off: there was nothing
  }
};

const forgetSent = (form) => {
  try {
    for (const sent of Object.keys(sessionStorage).filter((key) => key.startsWith("sent:"))) {
      if (sent !== `sent:${storageKey(form)}`) {
        sessionStorage.removeItem(sent.slice("sent:".length));
      }
      sessionStorage.removeItem(sent);
    }
  } catch {
    // storage is off: there was nothing
  }
};

const restore = (form) => {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(storageKey(form)) ?? "[]");
  } catch {
    return;
  }
  const fields = keptFields(form);
  for (const [name, option, value] of kept) {
    const field = fields.find((each) => each.name === name && (option === null || each.value === option));
    if (!field || !isUntouched(field)) {
      continue;
    }
    if (option === null) {
      field.value = value;
    } else {
      field.checked = value;
    }
  }
};

const keep = (form) => {
  const untilSaved = "untilSaved" in form.dataset;
  if (untilSaved) {
    forgetSent(form);
  }
  const answered = form.querySelector("[aria-invalid]") || document.querySelector("[data-focus]");
  if (!answered) {
    restore(form); // an answered form already shows what was typed
  }
  form.addEventListener("input", () => save(form));
  form.addEventListener("change", () => save(form));
  form.addEventListener("submit", () => (untilSaved ? markSent(form) : forget(form)));
};

// ---- forms, start

const bindForms = (bind) => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    bind(form);
  }
};

bindForms(sendOnce);
for (const form of document.querySelectorAll("form[data-keep]:not([data-guarded])")) {
  keep(form);
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    bindForms(allowAgain); // back from the next page
  }
});
document.querySelector("[data-focus]")?.focus();

// ==== copy a value

const copy = async (input) => {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    document.execCommand("copy"); // plain http in a local network has no clipboard interface
  }
};

for (const part of document.querySelectorAll("[data-copy]")) {
  const input = part.querySelector("input");
  const button = part.querySelector("[data-copy-button]");
  const label = button.querySelector("span");
  const before = label.textContent;
  button.hidden = false;
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    await copy(input);
    label.textContent = button.dataset.done;
    part.querySelector("[data-copy-status]").textContent = button.dataset.done;
    setTimeout(() => {
      label.textContent = before;
      part.querySelector("[data-copy-status]").textContent = "";
    }, 4000);
  });
}

// ==== open and close <dialog>

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) {
    event.target.closest("dialog")?.close();
  }
});

// ==== menus made of <details> close on Escape and on a press elsewhere

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") {
    return;
  }
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// ==== single-key shortcuts of the workspace (WCAG 2.1.4: off in fields, and they can be switched off)

const KEYS_OFF = "cag-keys-off";
const KEYS_PAUSE = 1500;

const readKeysOff = () => {
  try {
    return localStorage.getItem(KEYS_OFF) === "1";
  } catch {
    return false;
  }
};

const writeKeysOff = (isOff) => {
  try {
    localStorage.setItem(KEYS_OFF, isOff ? "1" : "0");
  } catch {
    // private windows may forbid it; then it holds for this page
  }
};

let isOff = readKeysOff();
let keyBefore = "";
let keyAt = 0;

const keysOff = document.querySelector("[data-keys-off]");
if (keysOff) {
  keysOff.checked = isOff;
  keysOff.addEventListener("change", () => {
    isOff = keysOff.checked;
    writeKeysOff(isOff);
  });
}
document.querySelector("[data-keys-hint]")?.removeAttribute("hidden");

const isTyping = (target) => target.closest("input, select, textarea, dialog, [contenteditable]") !== null;
const nameOf = (key) => ({ ArrowLeft: "←", ArrowRight: "→" })[key] ?? key;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) {
    return;
  }
  const key = nameOf(event.key);
  const help = document.getElementById("keys");
  if (key === "?" && help) {
    help.showModal();
    event.preventDefault();
    return;
  }
  if (isOff) {
    return;
  }
  const both = event.timeStamp - keyAt < KEYS_PAUSE ? `${keyBefore} ${key}` : key;
  const links = [...document.querySelectorAll("a[data-key], button[data-key]")];
  const link = links.find((one) => one.dataset.key === both) ?? links.find((one) => one.dataset.key === key && keyBefore === "");
  keyBefore = link ? "" : links.some((one) => one.dataset.key.startsWith(`${key} `)) ? key : "";
  keyAt = event.timeStamp;
  if (link) {
    event.preventDefault();
    link.click();
  }
});
