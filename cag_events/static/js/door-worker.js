// The service worker of the door, of nothing else: its page opens without a net once it has been loaded.
const CACHE = "door-1";
const PAGE = /^\/door\/[^/.]+$/;
const SLOW = 4000; // milliseconds after which the kept page is shown

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) {
      if (name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(old());
});

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// The link is dead: what the phone has kept by it goes (the name is made as in door-kept.js).
const wipe = async (path) => {
  const answer = await fetch(`${path}/people.json`).catch(() => null);
  const told = answer?.status === 404 ? await answer.json().catch(() => null) : null;
  if (!told?.closed) return;
  await (await caches.open(CACHE)).delete(path, { ignoreSearch: true });
  const token = path.split("/")[2];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`kept ${token}`));
  indexedDB.deleteDatabase(`door-${hex(digest).slice(0, 24)}`);
};

const page = async (event, url) => {
  const cache = await caches.open(CACHE);
  const kept = () => cache.match(url.pathname, { ignoreSearch: true });
  const fresh = fetch(event.request).then(async (answer) => {
    if (answer.ok && !url.searchParams.has("q")) await cache.put(url.pathname, answer.clone());
    if (answer.status === 404) await wipe(url.pathname);
    return answer;
  });
  const slow = new Promise((resolve) => setTimeout(() => resolve(kept()), SLOW));
  event.waitUntil(fresh.catch(() => {}));
  try {
    return (await Promise.race([fresh, slow])) ?? (await fresh);
  } catch {
    return (await kept()) ?? Response.error();
  }
};

const file = async (request) => {
  const cache = await caches.open(CACHE);
  const isFixed = new URL(request.url).searchParams.has("v") || request.url.includes("/vendor/");
  const kept = await cache.match(request);
  const fresh = () =>
    fetch(request).then(async (answer) => {
      if (answer.status === 200) await cache.put(request, answer.clone());
      return answer;
    });
  if (kept && isFixed) return kept;
  return fresh().catch((fault) => {
    if (kept) return kept;
    throw fault;
  });
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && PAGE.test(url.pathname)) event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
