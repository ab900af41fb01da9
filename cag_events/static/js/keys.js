// Single-key shortcuts of the workspace (WCAG 2.1.4: off in fields, and they can be switched off).
// Bound to: a[data-key="n"], a[data-key="g k"], button[data-key="u"] (pressed), [data-keys-off] (a tick box),
// [data-keys-hint] (shown), #keys (opened by ?).

const STORE = "cag-keys-off";
const PAUSE = 1500;

const read = () => {
  try {
    return localStorage.getItem(STORE) === "1";
  } catch {
    return false;
  }
};

const write = (isOff) => {
  try {
    localStorage.setItem(STORE, isOff ? "1" : "0");
  } catch {
    // private windows may forbid it; then it holds for this page
  }
};

let isOff = read();
let before = "";
let at = 0;

const box = document.querySelector("[data-keys-off]");
if (box) {
  box.checked = isOff;
  box.addEventListener("change", () => {
    isOff = box.checked;
    write(isOff);
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
  if (key === "?") {
    document.getElementById("keys")?.showModal();
    event.preventDefault();
    return;
  }
  if (isOff) {
    return;
  }
  const both = event.timeStamp - at < PAUSE ? `${before} ${key}` : key;
  const links = [...document.querySelectorAll("a[data-key], button[data-key]")];
  const link = links.find((one) => one.dataset.key === both) ?? links.find((one) => one.dataset.key === key && before === "");
  before = link ? "" : links.some((one) => one.dataset.key.startsWith(`${key} `)) ? key : "";
  at = event.timeStamp;
  if (link) {
    event.preventDefault();
    link.click();
  }
});
