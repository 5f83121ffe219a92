/** The setup of a server: what comes after its form, and instead of it. */
export const welcome = {
  "elsewhere.title": "Coming from a backup, or from PocketBase?",
  "elsewhere.backup": "Put everything of a backup in place, in the terminal of the server:",
  "elsewhere.backupText":
    "The superusers of the backup sign in afterwards: no setup is needed. Not from this page: " +
    "nobody is known here yet who may do that.",
  "elsewhere.pocketbase": "Read the data folder of PocketBase, before the server is started:",
  "elsewhere.pocketbaseText": "Collections, records, files, settings and superusers come along.",

  "welcome.title": "Add a passkey",
  "welcome.intro":
    "You are signed in. With a passkey you sign in by a finger, a face or a PIN of this device " +
    "next time.",
  "welcome.add": "Add a passkey",
  "welcome.skip": "Not now",
  "welcome.address":
    "Passkeys are bound to the address of the application. It is {app} now, and becomes {here} " +
    "when you add one.",
} as const;
