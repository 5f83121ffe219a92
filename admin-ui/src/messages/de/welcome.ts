/** Die Einrichtung eines Servers: was auf ihr Formular folgt, und was es ersetzt. */
export const welcome = {
  "elsewhere.title": "Kommst du von einer Sicherung oder von PocketBase?",
  "elsewhere.backup":
    "Spiele alles aus einer Sicherung zurück. Dazu braucht es oben den Einrichtungscode:",
  "elsewhere.backupText":
    "Danach melden sich die Superuser der Sicherung an: Eine Einrichtung ist nicht nötig. Im " +
    "Terminal des Servers geht es so:",
  "elsewhere.file": "Sicherung wählen",
  "elsewhere.fileHelp":
    "Sie wird erst ganz gelesen und geprüft. Nichts ändert sich, bis du es sagst.",
  "elsewhere.sending": "{name} ({size}) wird gesendet und geprüft …",
  "elsewhere.nobody":
    "Sie enthält keinen Superuser: Der Server wartet danach wieder auf seine Einrichtung, mit " +
    "einem anderen Code.",
  "elsewhere.restore": "Diese Sicherung zurückspielen",
  "elsewhere.restored":
    "Die Sicherung ist zurückgespielt, und der Server startet neu. Gleich folgt die Anmeldung.",
  "elsewhere.restoredEmpty":
    "Die Sicherung ist zurückgespielt, und der Server startet neu. Er zeigt einen anderen " +
    "Einrichtungscode.",
  "elsewhere.pocketbase": "Lies den Datenordner von PocketBase ein, bevor der Server startet:",
  "elsewhere.pocketbaseText":
    "Sammlungen, Datensätze, Dateien, Einstellungen und Superuser kommen mit.",

  "welcome.title": "Füge einen Passkey hinzu",
  "welcome.intro":
    "Du bist angemeldet. Mit einem Passkey meldest du dich nächstes Mal mit Finger, Gesicht " +
    "oder PIN dieses Geräts an.",
  "welcome.add": "Passkey hinzufügen",
  "welcome.skip": "Nicht jetzt",
  "welcome.address":
    "Passkeys sind an die Adresse der Anwendung gebunden. Sie ist jetzt {app} und wird {here}, " +
    "wenn du einen hinzufügst.",
};
