/** The setup of a server: what comes after its form, and instead of it. */
export const welcome = {
  "elsewhere.title": "Coming from a backup, or from PocketBase?",
  "elsewhere.backup": "Put everything of a backup in place. The setup code above is needed:",
  "elsewhere.backupText":
    "The superusers of the backup sign in afterwards: no setup is needed. In the terminal of " +
    "the server it is:",
  "elsewhere.file": "Choose the backup",
  "elsewhere.fileHelp": "It is read and checked wholly first. Nothing changes until you say so.",
  "elsewhere.sending": "{name} ({size}) is being sent and checked…",
  "elsewhere.nobody":
    "It holds no superuser: the server will wait for its setup again, with another code.",
  "elsewhere.restore": "Restore this backup",
  "elsewhere.restored":
    "The backup is in place, and the server starts again. The sign-in follows in a moment.",
  "elsewhere.restoredEmpty":
    "The backup is in place, and the server starts again. It prints another setup code.",
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
