// Copies a value. Bound to: [data-copy] around an input, [data-copy-button], [data-copy-status].

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
