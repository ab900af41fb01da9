// Follows an allocation that is under way, and shows the page anew when it is done.
const box = document.querySelector("[data-allocation]");
const bar = box?.querySelector("progress");

async function look() {
  try {
    const answer = await fetch(box.dataset.allocation, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { progress, done } = await answer.json();
    bar.value = progress;
    if (done) {
      location.reload();
      return;
    }
  } catch {
    // no answer now: the next look may have one
  }
  setTimeout(look, 700);
}

if (box) setTimeout(look, 400);
