// Shows an event's own questions when they are asked: after the answer, or for the groups, that they depend on.
// Bound to: [data-questions] around [data-when][data-reply] and [data-segments] (replies and groups with spaces between
// them). Without it all stand there, in words.

const valuesOf = (form, name) =>
  [...form.elements]
    .filter((field) => field.name === name)
    .filter((field) => (field.type === "radio" || field.type === "checkbox" ? field.checked : true))
    .map((field) => field.value);

const isAsked = (one, form, box) => {
  const { when, reply, segments } = one.dataset;
  if (segments && !valuesOf(form, "segment").some((value) => segments.split(" ").includes(value))) return false;
  if (!when) return true;
  const earlier = box.querySelector(`[name="${CSS.escape(when)}"]`)?.closest(".own-questions__one");
  return Boolean(earlier) && !earlier.hidden && valuesOf(form, when).some((value) => reply.split(" ").includes(value));
};

// A question with a message stays in sight, and so does one that somebody is in.
const mayGo = (one) => !one.querySelector(".field--wrong, .field__error") && !one.contains(document.activeElement);

const look = (box, form) => {
  for (const one of box.querySelectorAll("[data-when], [data-segments]")) {
    one.hidden = !isAsked(one, form, box) && mayGo(one);
  }
};

for (const box of document.querySelectorAll("[data-questions]")) {
  const form = box.closest("form");
  if (form) {
    form.addEventListener("change", () => look(box, form));
    look(box, form);
    addEventListener("pageshow", () => look(box, form));
  }
}
