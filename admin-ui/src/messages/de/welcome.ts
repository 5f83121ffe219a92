/** Die Einrichtung eines Servers: was auf ihr Formular folgt, und was es ersetzt. */
export const welcome = {
  "elsewhere.title": "Kommst du von einer Sicherung oder von PocketBase?",
  "elsewhere.backup": "Spiele alles aus einer Sicherung zurück, im Terminal des Servers:",
  "elsewhere.backupText":
    "Danach melden sich die Superuser der Sicherung an: Eine Einrichtung ist nicht nötig. Von " +
    "dieser Seite aus geht es nicht: Noch ist hier niemand bekannt, der das darf.",
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
