// Keeps the page itself: from the server while it answers, else as it was.

const PAGE = ["./", "todo.js", "todo.css", "/sdk/luge.js"];

self.addEventListener("install", (event) => {
  const kept = caches.open("page").then((cache) => cache.addAll(PAGE));
  event.waitUntil(kept.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).pathname.startsWith("/api/")) return;
  // Answers vary by `Origin`, which a module's request has and the one that kept it had not.
  const asKept = () => caches.match(request, { ignoreVary: true });
  event.respondWith(fetch(request).catch(async () => (await asKept()) ?? Response.error()));
});
