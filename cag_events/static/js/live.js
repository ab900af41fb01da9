// Keeps the figures of a page fresh: [data-live] is fetched again now and then while somebody looks at it.
const EVERY = 10000;

const refresh = async () => {
  const old = document.querySelector("[data-live]");
  if (document.hidden || !old || old.contains(document.activeElement)) return;
  try {
    const answer = await fetch(location.href.split("#")[0]);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
  } catch {
    // no net: what is shown stays
  }
};

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
