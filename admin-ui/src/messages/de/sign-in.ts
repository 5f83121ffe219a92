/** Einrichtung, Anmeldung, und wohin Links in Mails führen. */
export const signIn = {
  "auth.done.title": "Du bist angemeldet",
  "auth.done.text": "Du kannst dieses Fenster schließen und zur App zurückkehren.",
  "auth.failed.title": "Die Anmeldung ist nicht gelungen",
  "auth.failed.text":
    "Schließe dieses Fenster, kehre zur App zurück und versuche es noch einmal.",

  "setup.title": "Richte deinen Server ein",
  "setup.intro": "Lege den ersten Superuser an. Er kann alles sehen und ändern.",
  "setup.code": "Einrichtungscode",
  "setup.codeHelp": "Er steht im Terminal, in dem der Server läuft, und gilt 30 Minuten.",
  "setup.email": "E-Mail-Adresse",
  "setup.password": "Passwort",
  "setup.submit": "Superuser anlegen",
  "setup.strength.none": "Mindestens 8 Zeichen; gut sind ein paar Wörter ohne Zusammenhang.",
  "setup.strength.short": "Zu kurz: mindestens 8 Zeichen.",
  "setup.strength.weak": "Schwach: leicht zu erraten.",
  "setup.strength.fair": "Brauchbar: Etwas länger wäre besser.",
  "setup.strength.good": "Gut.",
  "setup.strength.strong": "Stark.",
  "setup.strength.label": "Stärke des Passworts",

  "signIn.title": "Anmelden",
  "signIn.intro": "Für Superuser dieses Servers.",
  "signIn.email": "E-Mail-Adresse",
  "signIn.password": "Passwort",
  "signIn.submit": "Anmelden",
  "signIn.refused": "Die E-Mail-Adresse oder das Passwort ist falsch.",
  "signIn.ended": "Deine Sitzung ist abgelaufen. Melde dich wieder an, um fortzufahren.",
  "signIn.untold":
    "Hier bist du abgemeldet, aber der Server weiß es nicht. Melde dich an, um sie zu beenden.",
  "signIn.passkey": "Mit einem Passkey anmelden",
  "signIn.passkeyRefused":
    "Der Server hat diesen Passkey nicht angenommen. Vielleicht wurde er entfernt: Nimm einen " +
    "anderen.",

  "second.title": "Noch ein Schritt",
  "second.submit": "Weiter",
  "second.app": "Dieses Konto verlangt einen Code seiner Authenticator-App.",
  "second.appCode": "Code der App",
  "second.recovery": "Ein Wiederherstellungscode ersetzt die App, einmal.",
  "second.recoveryCode": "Wiederherstellungscode",
  "second.mail": "An die E-Mail-Adresse des Kontos wurde ein Code geschickt.",
  "second.mailCode": "Code aus der Mail",
  "second.refused": "Dieser Code ist falsch oder wurde schon benutzt.",
  "second.useRecovery": "Wiederherstellungscode benutzen",
  "second.useApp": "App benutzen",
  "second.over": "Von vorn beginnen",

  "passkey.declined":
    "Kein Passkey wurde benutzt: abgebrochen, zu lange gewartet, oder keiner hier passt.",
  "passkey.known": "Dieses Gerät hat schon einen Passkey dieses Kontos.",
  "passkey.elsewhere":
    "Die Passkeys dieses Servers sind an {domain} gebunden: Öffne das Dashboard dort.",
  "passkey.unsupported":
    "Passkeys funktionieren hier nicht: Der Browser kann sie nicht, oder die Seite kam nicht " +
    "über HTTPS.",
  "passkey.failed": "Das Gerät konnte keinen Passkey geben. Versuche es noch einmal.",

  "mailed.bad":
    "Dieser Link ist unvollständig. Kopiere ihn ganz aus der Mail, oder fordere einen neuen an.",
  "mailed.ended":
    "Dieser Link ist abgelaufen oder wurde schon benutzt. Fordere einen neuen an.",

  "verify.title": "Bestätige deine Adresse",
  "verify.intro": "Bestätige, dass {email} deine E-Mail-Adresse ist.",
  "verify.submit": "Bestätigen",
  "verify.done": "Deine E-Mail-Adresse ist bestätigt. Du kannst diese Seite schließen.",

  "reset.title": "Wähle ein neues Passwort",
  "reset.intro": "Für das Konto von {email}. Es wird überall abgemeldet.",
  "reset.password": "Neues Passwort",
  "reset.submit": "Passwort speichern",
  "reset.done": "Dein Passwort ist geändert. Melde dich mit dem neuen an.",

  "change.title": "Bestätige deine neue Adresse",
  "change.intro":
    "Dein Konto bekommt die E-Mail-Adresse {email} und wird überall abgemeldet.",
  "change.password": "Dein Passwort",
  "change.submit": "Adresse ändern",
  "change.done": "Deine E-Mail-Adresse ist geändert. Melde dich mit der neuen an.",
};
