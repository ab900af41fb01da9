// While people tick applicants: how many seats that takes, and what it adds to each segment. The page works without.

const page = document.querySelector("[data-selection]");

function fill(words, people, free) {
  return words.replace("{people}", people).replace("{free}", free);
}

function count() {
  const free = Number(page.dataset.free);
  const added = new Map();
  let people = 0;
  for (const box of page.querySelectorAll("[name=choose]:checked")) {
    const number = Number(box.dataset.people);
    people += number;
    added.set(box.dataset.of, (added.get(box.dataset.of) ?? 0) + number);
  }
  for (const row of page.querySelectorAll("[data-segment]")) {
    const number = added.get(row.dataset.segment);
    row.querySelector("[data-plus]").textContent = number ? ` +${number}` : "";
  }
  const live = page.querySelector("[data-live]");
  const isOver = people > free;
  live.hidden = people === 0;
  live.dataset.state = isOver ? "over" : "fits";
  live.textContent = people ? fill(isOver ? live.dataset.over : live.dataset.words, people, free) : "";
}

if (page) {
  page.addEventListener("change", count);
  count();
}
