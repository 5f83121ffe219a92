/** Wie man sich bei einer Sammlung anmeldet. */
export const ways = {
  "ways.pageTitle": "Anmeldung bei {name}",
  "ways.noAccounts":
    "{name} hat keine Konten: Anmelden kann man sich nur bei Auth-Sammlungen.",
  "ways.part": "Bereich",
  "ways.parts": "Teile der Anmeldung",
  "ways.noPart": "Kein Teil heißt so. Wähle einen aus der Liste.",
  "ways.groupWays": "Wege der Anmeldung",
  "ways.groupMore": "Zweiter Schritt",
  "ways.groupAfter": "Nach der Anmeldung",
  "ways.on": "An",
  "ways.off": "Aus",
  "ways.nothing": "nichts",
  "ways.noField": "Kein Feld",
  "ways.saved": "Gespeichert. Es gilt ab jetzt.",
  "ways.willChange": "Was das Speichern ändert",
  "ways.hasChanged": "Was geändert wurde",
  "ways.becomes": "wird zu",

  "ways.password": "Passwort",
  "ways.passwordText": "Eine Kennung, etwa die E-Mail-Adresse, und ein Passwort.",
  "ways.passkeys": "Passkeys",
  "ways.passkeysText":
    "Das Gerät weist aus, wer da ist: mit Finger, Gesicht oder PIN. Nichts zu merken, nichts " +
    "zu stehlen.",
  "ways.providers": "Anbieter",
  "ways.providersHow": "Wie es funktioniert",
  "ways.providersText":
    "Was mit denen geschieht, die von einem Anbieter kommen. Felder werden bei neuen Konten " +
    "ausgefüllt.",
  "ways.codes": "Einmalcodes",
  "ways.codesText": "Ein Code geht an die E-Mail-Adresse und wird eingetippt.",
  "ways.links": "Links per Mail",
  "ways.linksText":
    "Ein Link geht an die E-Mail-Adresse. Er führt zu einer Seite der Anwendung, die anmeldet.",
  "ways.anonymous": "Anonyme Konten",
  "ways.anonymousText":
    "Man beginnt ohne Adresse und gibt sie später an. Ist das Gerät weg, ist es auch das Konto.",
  "ways.second": "Zweiter Weg",
  "ways.secondText":
    "Nach dem ersten Weg ist noch ein anderer nötig. Passkeys zählen für beide.",
  "ways.apps": "Authenticator-Apps",
  "ways.appsText":
    "Jedes Konto kann eine App hinzufügen, die Codes zeigt. Von da an wird bei jeder Anmeldung " +
    "außer mit Passkey nach einem gefragt. Einzustellen gibt es nichts: Jeder fügt sie selbst " +
    "hinzu, entfernt sie selbst und bekommt zehn Wiederherstellungscodes.",
  "ways.tokens": "Zeiten",
  "ways.tokensText": "Wie lange Anmeldungen, Links und Adressen von Dateien gelten.",
  "ways.cookies": "Cookies",
  "ways.cookiesText":
    "Für Anwendungen, deren Seiten auf einem Server entstehen: Eine Anmeldung kann ein Cookie " +
    "verlangen, das Skripte nicht lesen können.",
  "ways.alerts": "Hinweise",
  "ways.alertsText":
    "Eine Mail meldet eine Anmeldung von einem Ort, der bisher nicht vorkam.",
  "ways.mails": "Mails",

  "way.passwordAuth.enabled": "Anmelden mit Passwort",
  "way.passwordAuth.identityFields": "Kennungen",
  "wayHelp.passwordAuth.identityFields":
    "Felder mit einem Index, durch den es jeden Wert nur einmal gibt.",
  "way.passkey.enabled": "Anmelden mit Passkey",
  "way.passkey.rpId": "Domain",
  "wayHelp.passkey.rpId":
    "Passkeys sind an sie gebunden; ändert sie sich, gehen die bisherigen nicht mehr. " +
    "Ist sie leer, gilt die Domain der Adresse der Anwendung.",
  "way.passkey.origins": "Seiten, die danach fragen dürfen",
  "wayHelp.passkey.origins":
    "Eine je Zeile, etwa https://app.example.com. Ohne Eintrag gelten die der Adresse der " +
    "Anwendung. Sie brauchen eine Domain.",
  "way.oauth2.enabled": "Anmelden über Anbieter",
  "way.oauth2.mappedFields.name": "Feld für den Namen",
  "way.oauth2.mappedFields.username": "Feld für den Benutzernamen",
  "way.oauth2.mappedFields.avatarURL": "Feld für das Bild",
  "way.oauth2.mappedFields.id": "Feld für die ID beim Anbieter",
  "way.oauth2.redirectURLs": "Seiten für die Rückkehr",
  "wayHelp.oauth2.redirectURLs":
    "Eine je Zeile, neben denen der Adresse der Anwendung. Für Anwendungen anderswo.",
  "way.otp.enabled": "Anmelden mit Code per Mail",
  "way.otp.duration": "Wie lange ein Code gilt",
  "way.otp.length": "Länge eines Codes",
  "wayHelp.otp.length": "In Ziffern. Acht sind schwer zu erraten.",
  "way.magicLink.enabled": "Anmelden mit Link per Mail",
  "way.magicLink.duration": "Wie lange ein Link gilt",
  "way.anonymous.enabled": "Konten ohne Adresse erlauben",
  "wayHelp.anonymous.enabled": "Die Anlegen-Regel der Sammlung entscheidet trotzdem.",
  "way.mfa.enabled": "Einen zweiten Weg verlangen",
  "wayHelp.mfa.enabled": "Von Passwort, Einmalcodes und Anbietern müssen zwei an sein.",
  "way.mfa.duration": "Zeit für den zweiten Weg",
  "way.mfa.rule": "Nur für Konten mit dieser Regel",
  "wayHelp.mfa.rule": "Ein Ausdruck, etwa verified = true. Ist er leer: alle Konten.",
  "way.authToken.duration": "Eine Anmeldung gilt",
  "wayHelp.authToken.duration":
    "Eine Anwendung, die benutzt wird, erneuert sie. Nach einem Jahr endet sie.",
  "way.verificationToken.duration": "Ein Link, der eine Adresse bestätigt, gilt",
  "way.passwordResetToken.duration": "Ein Link, der ein Passwort ersetzt, gilt",
  "way.emailChangeToken.duration": "Ein Link, der eine Adresse ändert, gilt",
  "way.fileToken.duration": "Die Adresse einer geschützten Datei gilt",
  "way.cookie.enabled": "Anmelden mit Cookie",
  "wayHelp.cookie.enabled": "Wo eine Anmeldung danach fragt. Browser verlangen HTTPS.",
  "way.cookie.sameSite": "Von Seiten anderer Websites",
  "same.lax": "Wenn man einem Link folgt",
  "same.strict": "Nie",
  "way.cookie.origins": "Seiten, die damit handeln dürfen",
  "wayHelp.cookie.origins":
    "Eine je Zeile, etwa https://app.example.com, neben der Adresse der Anwendung.",
  "way.authAlert.enabled": "Anmeldungen von neuen Orten melden",

  "try.title": "Probiere es aus",
  "try.signIn": "Ausprobieren",
  "try.signedIn": "Es geht: Angemeldet wurde {who}, und gleich wieder abgemeldet.",
  "try.second": "So weit geht es: Vom Konto wird ein zweiter Weg verlangt.",
  "try.secondOf": "So weit geht es: Vom Konto wird ein zweiter Weg verlangt ({methods}).",
  "try.passwordText": "Meldet eines der Konten an und wieder ab. Du bleibst angemeldet.",
  "try.identity": "Kennung",
  "try.passkeyText":
    "Meldet mit einem Passkey dieses Geräts an und wieder ab. Du bleibst angemeldet.",
  "try.passkeySnippet": "Biete Passkeys an, wo die Adresse eingetippt wird:",
  "try.codeText":
    "Schickt einem der Konten einen Code und meldet damit an. Nimm eines mit bestätigter " +
    "Adresse: Sonst wird sie dadurch bestätigt und das Passwort entfernt.",
  "try.codeAsk": "Code schicken",
  "try.codeSent": "Ein Code ist unterwegs an {email}, falls ein Konto diese Adresse hat.",
  "try.linkText": "Schickt einem der Konten einen Link.",
  "try.linkAsk": "Link schicken",
  "try.linkSent": "Ein Link ist unterwegs an {email}, falls ein Konto diese Adresse hat.",
  "try.mailHint": "Ohne Mailserver bleiben Mails hier liegen und lassen sich lesen:",

  "bound.title": "Wo Passkeys funktionieren",
  "bound.text": "Ein Passkey ist an eine Domain gebunden und geht auf keiner anderen.",
  "bound.app": "Adresse der Anwendung",
  "bound.domain": "Domain",
  "bound.pages": "Seiten",
  "bound.fits": "Hier, unter {here}, funktionieren Passkeys.",
  "bound.address":
    "Passkeys brauchen den Namen einer Domain: Eine Netzadresse wie 127.0.0.1 ist keiner.",
  "bound.host": "Du bist unter {here}, wo Passkeys von {domain} nicht funktionieren.",
  "bound.insecure": "Du bist unter {here}: Passkeys funktionieren nur über HTTPS.",
  "bound.origin":
    "Du bist unter {here}: Das ist keine der Seiten, die nach einem Passkey fragen dürfen.",
  "bound.fix": "Adresse der Anwendung ändern",

  "signOutAll.title": "Alle abmelden",
  "signOutAll.text":
    "Beendet jede Anmeldung, wenn Tokens in falsche Hände geraten sein könnten.",
  "signOutAll.action": "Alle abmelden …",
  "signOutAll.question":
    "Jede Anmeldung bei {name} endet jetzt, auf allen Geräten; auch API-Schlüssel der Konten " +
    "enden. Alle müssen sich neu anmelden.",
  "signOutAll.confirm": "Alle abmelden",
  "signOutAll.done": "Alle wurden abgemeldet.",

  "provider.title": "Anbieter",
  "provider.steps": "Zwei Schritte; danach lässt es sich ausprobieren.",
  "provider.text": "Man meldet sich mit einem Konto an, das man anderswo hat.",
  "provider.none": "Noch keine Anbieter",
  "provider.noneText": "Füge einen hinzu, registriere dort diesen Server, und probiere es aus.",
  "provider.add": "Anbieter hinzufügen",
  "provider.search": "Anbieter suchen",
  "provider.notFound": "Diesen Anbieter gibt es nicht. Die meisten anderen funktionieren als OIDC.",
  "provider.edit": "{name} ändern",
  "provider.remove": "{name} entfernen",
  "provider.removeTitle": "{name} entfernen?",
  "provider.removeText":
    "Niemand kann sich mehr mit {name} anmelden. Konten bleiben, auch ihre Verknüpfungen damit.",
  "provider.removed": "{name} wurde entfernt.",
  "provider.save": "{name} speichern",
  "provider.saved": "{name} wurde gespeichert. Probiere es aus, bevor andere es benutzen.",
  "provider.register": "1. Registriere diesen Server bei {name}",
  "provider.console": "Seite für Entwickler bei {name} öffnen",
  "provider.redirects": "Dort wird gefragt, wohin es zurückgeht. Das sind die Adressen:",
  "provider.redirectPopup": "Für ein Fenster, das sich öffnet (die meisten Apps)",
  "provider.redirectPage": "Für Seiten, die man verlässt und zu denen man zurückkehrt",
  "provider.elsewhere":
    "Sie beginnen mit der Adresse der Anwendung, {app}, aber du bist unter {here}. Wenn man " +
    "dich hier erreicht, ändere sie zuerst.",
  "provider.keys": "2. Kopiere, was du dort bekommst",
  "provider.clientId": "Client-ID",
  "provider.clientSecret": "Client-Secret",
  "provider.secretKept":
    "Bleibt, wie es ist, solange du nichts eintippst. Es wird nie wieder gezeigt.",
  "provider.secretOnce": "Ist es gespeichert, wird es nie wieder gezeigt.",
  "provider.displayName": "Name auf dem Button",
  "provider.issuer": "Aussteller (Issuer)",
  "provider.issuerHelp": "Etwa https://accounts.example.com: Alles Weitere findet sich von dort.",
  "provider.addresses": "Adressen",
  "provider.addressesText": "Nur für Anbieter, die anderswo laufen als üblich.",
  "provider.authURL": "Wo man sich anmeldet",
  "provider.tokenURL": "Wo Codes eingetauscht werden",
  "provider.userInfoURL": "Wo das Konto gelesen wird",
  "provider.jwksURL": "Schlüssel, mit denen Tokens signiert sind",
  "provider.pkce": "Nachweis desselben Browsers (PKCE)",
  "provider.pkceHelp":
    "Damit ist ein gestohlener Code nichts wert. Lass es so, wenn der Anbieter es nicht ablehnt.",
  "provider.pkceUsual": "Wie beim Anbieter üblich",
  "provider.pkceOn": "An",
  "provider.pkceOff": "Aus",
  "provider.try": "Anmeldung mit {name} ausprobieren",
  "provider.tryTitle": "{name} ausprobieren",
  "provider.tryText":
    "Meldet dich dort in einem Fenster an. Hier wird nichts geschrieben: Du siehst, was kam.",
  "provider.tryOpen": "{name} öffnen",
  "provider.tryWaiting": "Mach im Fenster weiter.",
  "provider.scopes": "Fragt nach",
  "provider.noWindow":
    "Der Browser ließ kein Fenster zu. Erlaube es für diese Seite, und versuche es noch einmal.",
  "provider.windowClosed": "Das Fenster wurde geschlossen, bevor {name} antwortete.",
  "provider.declined": "{name} antwortete: {reason}",
  "provider.claims": "Was {name} sagt",
  "provider.mapped": "Was ein neues Konto bekommt",
  "provider.mappedNone": "Kein Feld wird ausgefüllt.",
  "provider.person": "Wer es ist",
  "provider.found": "Das Konto {id} würde angemeldet.",

  "template.title": "Mails",
  "template.text":
    "Was verschickt wird. Platzhalter in geschweiften Klammern werden beim Senden ausgefüllt.",
  "template.which": "Mail",
  "template.verificationTemplate": "Adresse bestätigen",
  "template.resetPasswordTemplate": "Passwort ersetzen",
  "template.confirmEmailChangeTemplate": "Adresse ändern",
  "template.otp.emailTemplate": "Einmalcode",
  "template.authAlert.emailTemplate": "Anmeldung von einem neuen Ort",
  "template.magicLink.emailTemplate": "Link zur Anmeldung",
  "template.subject": "Betreff",
  "template.body": "Text, in HTML",
  "template.insert": "Platzhalter einfügen",
  "template.preview": "Vorschau",
  "template.mail": "Mail",
  "template.plain": "Reiner Text",
  "template.wide": "Breit",
  "template.narrow": "Handy",
  "template.frame": "Wie die Mail aussieht",
  "template.plainText":
    "Für alle, die Mails ohne Formatierung lesen; aus dem HTML-Text gemacht.",
  "template.sendTo": "An mich schicken",
  "template.sent": "Sie ging an {email}.",
  "template.saveFirst": "Speichere zuerst: Verschickt wird, was gespeichert ist.",
  "template.missing": "Ohne {placeholder} nützt diese Mail nichts.",
  "template.edited": "Geändert",
  "template.asIs": "Wie gespeichert",
};
