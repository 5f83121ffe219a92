/** Erste Schritte und Vorlagen. */
export const start = {
  "start.title": "Erste Schritte",
  "start.done": "Erledigt",
  "start.toDo": "Noch zu tun",
  "start.progress": "{done} von {all} erledigt",
  "start.create": "Lege eine Sammlung an",
  "start.createText": "Gib ihr Namen und Felder, und bestimme, wer sie benutzen darf.",
  "start.template": "Lade eine Vorlage",
  "start.templateText":
    "Ein Blog, eine Aufgabenliste, ein Chat oder ein Shop, mit Regeln und Datensätzen.",
  "start.import": "Lade deine Daten",
  "start.importText": "CSV, JSON und NDJSON werden mit einem Befehl zu einer Sammlung.",
  "start.importPocketBase":
    "Sammlungen aus PocketBase: sein exportiertes JSON oder seine data.db. Datensätze und " +
    "Dateien kommen mit dem Befehl.",
  "start.importFile": "Exportierte Datei oder data.db wählen",
  "start.imported.one": "{count} Sammlung wurde importiert.",
  "start.imported.other": "{count} Sammlungen wurden importiert.",
  "start.wouldChange":
    "Diese gibt es hier schon, und der Import würde sie ändern: {names}. Nichts ist importiert.",
  "start.compare": "Vergleiche sie und wähle, was sich ändert",
  "start.nothingNew": "Alles darin gibt es hier schon genauso.",
  "start.textsStay":
    "Die Texte ihrer Mails unterscheiden sich und bleiben, wie sie hier sind: {names}.",
  "start.connect": "Verbinde eine App",
  "start.connectText": "Der Client gibt dir typisierte Datensätze und Anmeldung.",
  "start.invite": "Lade einen Admin ein",
  "start.inviteText": "Noch jemand, der alles sehen und ändern kann.",
  "start.mail": "Richte Mail ein",
  "start.mailText": "Damit Links und Codes ankommen. Bis dahin bleiben Mails hier liegen.",

  "invite.title": "Admin einladen",
  "invite.text":
    "Wer eingeladen ist, bekommt eine Mail mit einem Link, um ein Passwort zu wählen, und kann " +
    "dann alles sehen und ändern.",
  "invite.submit": "Einladen",
  "invite.done": "{email} wurde eingeladen.",
  "invite.unsent":
    "{email} ist jetzt Superuser, aber die Mail ließ sich nicht verschicken: {reason} Fordere " +
    "bei der Anmeldung ein neues Passwort an.",

  "templates.title": "Vorlagen",
  "templates.text":
    "Sammlungen mit Regeln, Indizes und je etwa 20 Datensätzen, zum Ansehen und Weiterbauen. " +
    "Konten darin haben Passwörter, die niemand kennt: Setze eines, um dich anzumelden.",
  "templates.blog": "Blog",
  "templates.blogText": "Autoren schreiben Beiträge, und Kommentare zu veröffentlichten.",
  "templates.todo": "Aufgabenliste",
  "templates.todoText": "Listen und Aufgaben, die nur ihr Besitzer sieht.",
  "templates.chat": "Chat",
  "templates.chatText": "Räume, deren Mitglieder Nachrichten sehen, sobald sie geschrieben sind.",
  "templates.shop": "Shop",
  "templates.shopText": "Produkte, die alle sehen, und eigene Bestellungen.",
  "templates.load": "{name} laden",
  "templates.remove": "{name} entfernen",
  "templates.loading": "{done} von {all} Datensätzen",
  "templates.loaded": "{name} ist geladen.",
  "templates.removed": "{name} wurde entfernt.",
  "templates.taken": "Es gibt schon Sammlungen mit diesen Namen: {names}.",
  "templates.referred":
    "{name} bleibt: Andere Sammlungen verweisen darauf ({names}). Entferne zuerst diese " +
    "Beziehungen.",
  "templates.removeTitle": "{name} entfernen?",
  "templates.removeText": "Diese Sammlungen gehen, mit allem, was darin ist:",
  "templates.collection": "{name}: {records}",
  "templates.records.one": "{count} Datensatz",
  "templates.records.other": "{count} Datensätze",
  "templates.confirm": "Entfernen",
};
