/** Die Hülle, und was jede Seite sagt. */
export const app = {
  "app.loading": "Wird geladen …",
  "app.skip": "Zum Inhalt springen",

  "action.cancel": "Abbrechen",
  "action.copy": "Kopieren",
  "action.copied": "Kopiert",
  "action.retry": "Noch einmal versuchen",
  "action.close": "Schließen",
  "action.dismiss": "Diese Liste ausblenden",

  "problem.network":
    "Der Server ist nicht erreichbar. Prüfe, ob er läuft, und versuche es noch einmal.",
  "problem.timeout": "Der Server hat zu lange gebraucht. Versuche es noch einmal.",
  "problem.wait": "Zu viele Versuche. In {seconds} s geht es wieder.",
  "problem.request": "Anfrage {id}",
  "problem.page":
    "Diese Seite ließ sich nicht laden. Vielleicht wurde das Dashboard erneuert: Lade es neu.",

  "gone.title": "Der Server antwortet nicht.",
  "gone.wait": "Nächster Versuch in {seconds} s.",
  "gone.now": "Neuer Versuch …",

  "password.show": "Passwort anzeigen",
  "password.hide": "Passwort verbergen",

  "nav.label": "Hauptmenü",
  "nav.home": "Start",
  "nav.map": "Karte",
  "nav.logs": "Protokoll",
  "nav.settings": "Einstellungen",
  "nav.collections": "Sammlungen",
  "nav.system": "System",
  "nav.search": "Sammlungen suchen",
  "nav.none": "Keine Sammlung heißt so.",
  "nav.new": "Neue Sammlung",
  "nav.open": "Menü öffnen",
  "nav.menu": "Menü",

  "nav.pinned": "Angeheftet",
  "nav.ungrouped": "In keiner Gruppe",
  "nav.locked": "Gesperrt",
  "nav.publicReads": "Öffentlich: alle lesen",
  "nav.publicWrites": "Öffentlich: alle schreiben",
  "nav.holds": "enthält {count}",
  "nav.menuOf": "Menü von {name}",
  "nav.newRecord": "Neuer Datensatz",
  "nav.copyName": "Namen kopieren",
  "nav.copyJson": "Als JSON kopieren",
  "nav.copyTypes": "Als TypeScript kopieren",
  "nav.saveJson": "Definition als JSON speichern",
  "nav.pin": "Oben anheften",
  "nav.unpin": "Nicht mehr anheften",
  "nav.toGroup": "In die Gruppe {name}",
  "nav.toNone": "Aus der Gruppe nehmen",
  "nav.newGroup": "Neue Gruppe",
  "nav.renameGroup": "Gruppe umbenennen",
  "nav.groupUp": "Gruppe nach oben",
  "nav.groupDown": "Gruppe nach unten",
  "nav.removeGroup": "Gruppe auflösen",
  "nav.groupName": "Name der Gruppe",
  "nav.keepGroup": "Übernehmen",

  "user.menu": "Konto und Aussehen",
  "user.theme": "Farben",
  "user.language": "Sprache",
  "user.account": "Konto",
  "user.signOut": "Abmelden",

  "theme.system": "Wie das System",
  "theme.light": "Hell",
  "theme.dark": "Dunkel",

  "notFound.title": "Hier ist nichts",
  "notFound.text":
    "Keine Seite hat diese Adresse. Vielleicht wurde sie umbenannt oder gelöscht.",
  "notFound.home": "Zu den Sammlungen",
};
