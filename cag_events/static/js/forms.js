// What every form does: send once, keep what was typed, put the focus where the answer is.
// Bound to: form[data-once], form[data-keep] (never form[data-guarded]), [data-focus].

const PRIVATE = new Set(["password", "hidden", "file"]);

// ---- once: a second press of the button sends nothing

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

// ---- keep: the text stays in this tab until it is sent

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

// ---- start

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
