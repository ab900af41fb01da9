// Light, dark or as the system says. A plain script in the head, so that the page never flashes in the wrong colours.
// Bound to: [data-theme-switch] (radio buttons named colour-scheme).
(() => {
  const KEY = "colour-scheme";
  const root = document.documentElement;

  const read = () => {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto"; // storage is off: the system decides
    }
  };

  const apply = (value) => {
    if (value === "light" || value === "dark") {
      root.dataset.theme = value;
    } else {
      delete root.dataset.theme;
    }
  };

  const keep = (value) => {
    try {
      if (value === "auto") {
        localStorage.removeItem(KEY);
      } else {
        localStorage.setItem(KEY, value);
      }
    } catch {
      // storage is off: the choice holds for this page
    }
  };

  apply(read());
  document.addEventListener("DOMContentLoaded", () => {
    for (const set of document.querySelectorAll("[data-theme-switch]")) {
      const chosen = read();
      for (const radio of set.querySelectorAll("input")) {
        radio.checked = radio.value === chosen;
      }
      set.addEventListener("change", (event) => {
        apply(event.target.value);
        keep(event.target.value);
      });
      set.hidden = false;
    }
  });
})();
