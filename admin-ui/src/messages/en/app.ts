/** The shell, and what every page says. */
export const app = {
  "app.name": "Luge",
  "app.loading": "Loading…",
  "app.skip": "Skip to the content",

  "action.cancel": "Cancel",
  "action.copy": "Copy",
  "action.copied": "Copied",
  "action.retry": "Try again",
  "action.close": "Close",
  "action.dismiss": "Hide this list",

  "problem.network": "The server could not be reached. Check that it is running, then try again.",
  "problem.timeout": "The server took too long to answer. Try again.",
  "problem.wait": "Too many attempts. Try again in {seconds} s.",
  "problem.request": "Request {id}",
  "problem.page": "This page could not be loaded. The dashboard may have been updated: reload it.",

  "gone.title": "The server does not answer.",
  "gone.wait": "Trying again in {seconds} s.",
  "gone.now": "Trying now…",

  "password.show": "Show the password",
  "password.hide": "Hide the password",

  "nav.label": "Main",
  "nav.home": "Home",
  "nav.map": "Map",
  "nav.logs": "Logs",
  "nav.settings": "Settings",
  "nav.collections": "Collections",
  "nav.system": "System",
  "nav.search": "Search collections",
  "nav.none": "No collection of that name.",
  "nav.new": "New collection",
  "nav.open": "Open the menu",
  "nav.menu": "Menu",

  "user.menu": "Account and appearance",
  "user.theme": "Theme",
  "user.language": "Language",
  "user.account": "Account",
  "user.signOut": "Sign out",

  "theme.system": "System",
  "theme.light": "Light",
  "theme.dark": "Dark",

  "notFound.title": "Nothing here",
  "notFound.text": "No page has this address. It may have been renamed or deleted.",
  "notFound.home": "Go to the collections",
} as const;
