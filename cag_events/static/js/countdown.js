// Counts down to when a speaker's time ends, by the server's clock. Bound to: [data-countdown] with data-ends, data-now,
// data-over (words), and inside it [data-countdown-left].

const two = (number) => String(number).padStart(2, "0");

for (const part of document.querySelectorAll("[data-countdown]")) {
  const ends = Date.parse(part.dataset.ends);
  const ahead = Date.parse(part.dataset.now) - Date.now(); // how far the server's clock is before this one
  const left = part.querySelector("[data-countdown-left]");
  const show = () => {
    const seconds = Math.round((ends - Date.now() - ahead) / 1000);
    const rest = Math.abs(seconds);
    const time = `${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
    left.textContent = seconds < 0 ? `−${time} ${part.dataset.over}` : time;
    part.classList.toggle("caller__clock--over", seconds < 0);
  };
  left.hidden = false;
  show();
  setInterval(show, 1000);
}
