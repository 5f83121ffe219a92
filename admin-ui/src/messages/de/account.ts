/** Das eigene Konto. */
export const account = {
  "account.title": "Konto",
  "account.passkeys": "Passkeys",
  "account.passkeysText":
    "Ein Passkey meldet dich mit der Sperre deines Geräts an, ohne Passwort.",
  "account.passkeysOff":
    "Die Superuser dieses Servers haben keine Passkeys: Sie sind ausgeschaltet.",
  "account.noPasskeys": "Noch keine Passkeys",
  "account.noPasskeysText": "Füge auf jedem Gerät einen hinzu, mit dem du arbeitest.",
  "account.addPasskey": "Passkey hinzufügen",
  "account.passkeyName": "Name des Passkeys",
  "account.passkeyTimes": "Hinzugefügt {created}, zuletzt benutzt {used}",
  "account.passkeyAdded": "{name} wurde hinzugefügt.",
  "account.rename": "{name} umbenennen",
  "account.remove": "{name} entfernen",
  "account.save": "Speichern",
  "account.removeTitle": "Den Passkey {name} entfernen?",
  "account.removeText":
    "Er meldet dich dann nicht mehr an. Das Gerät behält ihn, bis du ihn dort löschst.",
  "account.removeConfirm": "Passkey entfernen",
  "account.confirmTitle": "Bist du es noch?",
  "account.confirmText":
    "Das ändert, wie du dich anmeldest, und deine letzte Anmeldung ist eine Weile her. Melde " +
    "dich noch einmal an, um fortzufahren.",
  "account.confirm": "Weiter",
  "account.usePasskey": "Passkey benutzen",
  "account.sessions": "Sitzungen",
  "account.sessionsText":
    "Wo du angemeldet bist. Wann zuletzt, ist auf fünf Minuten genau bekannt.",
  "account.sessionTimes": "Seit {created}, zuletzt benutzt {used}",
  "account.current": "Diese Sitzung",
  "account.device": "{browser} auf {system}",
  "account.deviceUnknown": "Unbekanntes Gerät",
  "account.byPassword": "mit Passwort",
  "account.byPasskey": "mit Passkey",
  "account.end": "Beenden",
  "account.endSession": "Die Sitzung von {device} beenden, seit {created}",
  "account.endOthers.one": "{count} andere Sitzung beenden",
  "account.endOthers.other": "{count} andere Sitzungen beenden",
  "account.ended": "Die anderen Sitzungen wurden beendet.",
};
