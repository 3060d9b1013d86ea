// The service worker: keeps the page to draw on and all that it needs, of one version, and gives it where the server
// cannot be reached. The server writes DIGEST, PAGE, KEPT and FIXED before this text, so that it changes with them.

/* global DIGEST, PAGE, KEPT, FIXED */

const PREFIX = "numink-";
const NAME = PREFIX + DIGEST;

/** All or nothing. Without cookies: what is kept on a device is nobody's page. */
async function keep() {
  const cache = await caches.open(NAME);
  await cache.addAll(
    KEPT.map((address) => new Request(address, {
      credentials: "omit",
      cache: address.startsWith(FIXED) ? "default" : "reload",
    })),
  );
  await self.skipWaiting();
}

/** Older versions go; pages that are open have loaded theirs. */
async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** The server's page, or where there is no connection the one to draw on. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await kept(PAGE)) ?? Response.error();
  }
}

/** What has the digest in its address never changes; the rest is the server's where that can be reached. */
async function part(request) {
  const held = await kept(request);
  if (held && new URL(request.url).pathname.startsWith(FIXED)) return held;
  try {
    return await fetch(request);
  } catch {
    return held ?? Response.error();
  }
}

async function kept(request) {
  return (await caches.open(NAME)).match(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event));
  else if (KEPT.includes(pathname + search)) event.respondWith(part(event.request));
});
