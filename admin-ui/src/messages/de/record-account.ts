/** Das Konto, das ein Auth-Datensatz ist. */
export const recordAccount = {
  "recordAccount.mails": "Mails",
  "recordAccount.mailsText": "Gehen an {email}.",
  "recordAccount.noAddress": "Dieses Konto hat keine Adresse, an die sie gehen könnten.",
  "recordAccount.sendVerification": "Bestätigung senden",
  "recordAccount.sendReset": "Neues Passwort anbieten",
  "recordAccount.mailSent": "Eine Mail an {email} ist unterwegs.",

  "recordAccount.sessions": "Sitzungen",
  "recordAccount.sessionsText": "Wo dieses Konto angemeldet ist, die zuletzt benutzte zuerst.",
  "recordAccount.noSessions": "Nirgends angemeldet.",
  "recordAccount.endAll": "Überall abmelden",
  "recordAccount.sessionEnded": "Diese Sitzung ist beendet.",
  "recordAccount.allEnded": "Überall abgemeldet. Jedes bisher ausgegebene Token ist wertlos.",

  "recordAccount.passkeys": "Passkeys",
  "recordAccount.passkeysText": "Geräte, die sich ohne Passwort bei diesem Konto anmelden.",
  "recordAccount.noPasskeys": "Keine Passkeys.",
  "recordAccount.passkeyRemoved": "{name} meldet nicht mehr an.",

  "recordAccount.app": "Authenticator-App",
  "recordAccount.appText": "Verlangt bei jeder Anmeldung mit Passwort einen Code.",
  "recordAccount.appOn": "An seit {since}.",
  "recordAccount.appOff": "Aus.",
  "recordAccount.recoveryCodes.one": "{count} Wiederherstellungscode ist übrig.",
  "recordAccount.recoveryCodes.other": "{count} Wiederherstellungscodes sind übrig.",
  "recordAccount.removeApp": "Ausschalten",
  "recordAccount.appRemoved": "Codes werden nicht mehr verlangt.",

  "recordAccount.links": "Verknüpfte Konten",
  "recordAccount.linksText": "Anbieter, über die man sich bei diesem Konto anmeldet.",
  "recordAccount.noLinks": "Keine verknüpften Konten.",
  "recordAccount.unlink": "Trennen",
  "recordAccount.unlinkOne": "{provider} trennen",
  "recordAccount.unlinked": "{provider} meldet nicht mehr bei diesem Konto an.",

  "recordAccount.impersonate": "Als dieses Konto handeln",
  "recordAccount.impersonateText":
    "Ein Token mit allen Rechten dieses Kontos, nicht mehr. Es lässt sich nicht erneuern.",
  "recordAccount.lifetime": "Gültig für",
  "recordAccount.quarter": "15 Minuten",
  "recordAccount.hour": "1 Stunde",
  "recordAccount.day": "1 Tag",
  "recordAccount.month": "30 Tage",
  "recordAccount.standard": "So lange wie eine Anmeldung",
  "recordAccount.makeToken": "Token erzeugen",
  "recordAccount.tokenOnce": "Kopiere es jetzt: Es wird nicht noch einmal gezeigt.",
  "recordAccount.endAsk": "{device} wird sofort abgemeldet. Eine neue Anmeldung ist möglich.",
  "recordAccount.endAllAsk":
    "Jedes Gerät wird sofort abgemeldet, und jedes bisher ausgestellte Token ist wertlos.",
  "recordAccount.remove": "Entfernen",
  "recordAccount.passkeyAsk": "Wer {name} hat, kann sich damit nicht mehr anmelden.",
  "recordAccount.removeAppName": "Ausschalten der Authenticator-App",
  "recordAccount.removeAppAsk":
    "Dieses Konto meldet sich von da an ohne Code an, und seine " +
    "Wiederherstellungscodes sind wertlos.",
  "recordAccount.unlinkAsk": "{provider} führt nicht mehr zu diesem Konto.",
  "recordAccount.explore": "API öffnen",
  "recordAccount.exploreOf": "API von",
  "recordAccount.exploreText":
    "Oder senden Sie Anfragen als dieses Konto und sehen, was es bekommt.",
};
