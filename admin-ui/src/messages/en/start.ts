/** First steps and templates. */
export const start = {
  "start.title": "First steps",
  "start.done": "Done",
  "start.toDo": "To do",
  "start.progress": "{done} of {all} done",
  "start.create": "Create a collection",
  "start.createText": "Name it, add its fields, and decide who may use it.",
  "start.template": "Load a template",
  "start.templateText": "A blog, a to-do list, a chat or a shop, with rules and records.",
  "start.import": "Bring your data",
  "start.importText": "CSV, JSON and NDJSON become a collection with one command.",
  "start.importPocketBase":
    "Collections of a PocketBase: its exported JSON, or its data.db. Records and files come " +
    "with the command.",
  "start.importFile": "Choose the exported file or data.db",
  "start.imported.one": "{count} collection has been imported.",
  "start.imported.other": "{count} collections have been imported.",
  "start.wouldChange":
    "These are here already, and the import would change them: {names}. Nothing was imported.",
  "start.compare": "Compare them, and choose what changes",
  "start.nothingNew": "Everything in it is here already, the same.",
  "start.textsStay": "The texts of their mails differ, and stay as they are here: {names}.",
  "start.connect": "Connect an app",
  "start.connectText": "The client gives you typed records and sign-in.",
  "start.invite": "Invite an admin",
  "start.inviteText": "Somebody else who can see and change everything.",
  "start.mail": "Set up mail",
  "start.mailText": "So that links and codes reach people. Until then mails are kept here.",

  "invite.title": "Invite an admin",
  "invite.text":
    "The invited person gets a mail with a link to choose a password, and can then see and " +
    "change everything.",
  "invite.submit": "Invite",
  "invite.done": "{email} has been invited.",
  "invite.unsent":
    "{email} is a superuser now, but the mail could not be sent: {reason} Ask for a new " +
    "password at the sign-in.",

  "templates.title": "Templates",
  "templates.text":
    "Collections with rules, indexes and about 20 records each, to look at and to go on from. " +
    "Accounts in them have passwords that nobody knows: set one to sign in.",
  "templates.blog": "Blog",
  "templates.blogText": "Authors write posts, and comments on those that are published.",
  "templates.todo": "To-do list",
  "templates.todoText": "Lists and tasks that only their owner sees.",
  "templates.chat": "Chat",
  "templates.chatText": "Rooms whose members see messages as they are written.",
  "templates.shop": "Shop",
  "templates.shopText": "Products for everybody to see, and orders of one's own.",
  "templates.load": "Load {name}",
  "templates.remove": "Remove {name}",
  "templates.loading": "{done} of {all} records",
  "templates.loaded": "{name} is loaded.",
  "templates.removed": "{name} has been removed.",
  "templates.taken": "There are collections of these names already: {names}.",
  "templates.referred":
    "{name} stays: other collections refer to it ({names}). Remove those relations first.",
  "templates.removeTitle": "Remove {name}?",
  "templates.removeText": "These collections go, with everything in them:",
  "templates.collection": "{name}: {records}",
  "templates.records.one": "{count} record",
  "templates.records.other": "{count} records",
  "templates.confirm": "Remove them",
} as const;
