// The service worker: caches one version of the offline page with all its files, and serves it where the server cannot
// be reached. The server prepends the constants DIGEST, PAGE, CACHED and VERSIONED_PATH, so that the text changes with
// them and browsers notice a new version.

/* global DIGEST, PAGE, CACHED, VERSIONED_PATH */

const PREFIX = "numink-";
const CACHE_NAME = PREFIX + DIGEST;

/** Caches all files or none; without cookies, since the cached page must not depend on the visitor. */
async function fillCache() {
  const cache = await caches.open(CACHE_NAME);
  await cache.addAll(
    CACHED.map((address) => new Request(address, {
      credentials: "omit",
      cache: address.startsWith(VERSIONED_PATH) ? "default" : "reload",
    })),
  );
  await self.skipWaiting();
}

/** Deletes older versions; open pages have loaded their files already. */
async function deleteOldCaches() {
  const names = await caches.keys();
  const oldNames = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE_NAME);
  await Promise.all(oldNames.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

/** Responds with the server's page, or with the offline page where there is no connection. */
async function respondWithPage(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await fromCache(PAGE)) ?? Response.error();
  }
}

/** Responds with a file: versioned ones from the cache, others from the server where it can be reached. */
async function respondWithFile(request) {
  const cached = await fromCache(request);
  if (cached && new URL(request.url).pathname.startsWith(VERSIONED_PATH)) return cached;
  try {
    return await fetch(request);
  } catch {
    return cached ?? Response.error();
  }
}

async function fromCache(request) {
  return (await caches.open(CACHE_NAME)).match(request);
}

self.addEventListener("install", (event) => event.waitUntil(fillCache()));
self.addEventListener("activate", (event) => event.waitUntil(deleteOldCaches()));
self.addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(respondWithPage(event));
  else if (CACHED.includes(pathname + search)) event.respondWith(respondWithFile(event.request));
});
