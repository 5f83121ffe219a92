// What the pages look like.

const SPECIAL = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => `${text}`.replace(/[&<>"']/g, (letter) => SPECIAL[letter]);

/** An answer with a page. */
export function html(body, status = 200) {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Notes</title>
<script type="importmap">{"imports":{"@luge/client":"/client/index.js",
"@luge/client/live":"/client/live/index.js"}}</script></head><body>${body}</body></html>`;
  return new Response(page, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

export function signInPage(problem) {
  return `<h1>Notes</h1>${problem ? `<p role="alert">${escaped(problem)}</p>` : ""}
<form method="post" action="/sign-in">
<label>E-mail address <input name="email" type="email" required></label>
<label>Password <input name="password" type="password" required></label>
<button>Sign in</button></form>`;
}

export function notesPage(user, notes) {
  const items = notes.map(({ text }) => `<li>${escaped(text)}</li>`).join("");
  return `<h1>Notes of ${escaped(user.email)}</h1><ul id="notes">${items}</ul>
<form method="post" action="/notes">
<label>Note <input name="text" required autocomplete="off"></label><button>Add</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<script type="module" src="/client/page.js"></script>`;
}
