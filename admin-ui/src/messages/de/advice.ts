/** Was den Server sicherer machen würde. */
export const advice = {
  "advice.title": "Worauf zu achten ist",
  "advice.text":
    "Dinge, die oft schiefgehen, gefunden in den Einstellungen und Regeln dieses Servers.",
  "advice.none": "Nichts gefunden",
  "advice.noneText":
    "Keine der Regeln und Einstellungen, bei denen oft etwas schiefgeht, fällt auf.",
  "advice.serious": "Ernst",
  "advice.worth": "Einen Blick wert",
  "advice.home.one": "{count} ernster Punkt zur Sicherheit dieses Servers:",
  "advice.home.other": "{count} ernste Punkte zur Sicherheit dieses Servers:",
  "advice.homeLink": "ansehen, was zu tun ist",

  "advice.publicWrite": "Alle dürfen schreiben",
  "advice.publicWriteText": "Jeder im Netz kann Datensätze von {name} ohne Anmeldung {actions}.",
  "advice.create": "anlegen",
  "advice.update": "ändern",
  "advice.delete": "löschen",
  "advice.publicWriteFix": "Regeln von {name}",
  "advice.publicManage": "Alle dürfen Konten verwalten",
  "advice.publicManageText":
    "Mit der Verwalten-Regel von {name} kann jeder Passwörter und Adressen anderer ändern.",
  "advice.publicManageFix": "Regeln von {name}",
  "advice.publicAccounts": "Konten sind öffentlich",
  "advice.publicAccountsText": "Jeder im Netz kann die Konten von {name} lesen.",
  "advice.publicAccountsFix": "Regeln von {name}",
  "advice.plain": "Unterwegs nicht verschlüsselt",
  "advice.plainText":
    "{here} ist nicht HTTPS: Passwörter und Tokens lassen sich unterwegs lesen. Nimm luge serve " +
    "mit einer Domain, oder einen Proxy mit Zertifikat.",
  "advice.plainFix": "Adresse der Anwendung",
  "advice.plainApp": "Die Adresse der Anwendung ist nicht HTTPS",
  "advice.plainAppText":
    "Links in Mails führen zu {app}, wo sich Tokens unterwegs lesen lassen.",
  "advice.plainAppFix": "Adresse der Anwendung",
  "advice.address": "Die Adresse der Anwendung ist eine andere",
  "advice.addressText":
    "Sie ist {app}, und du bist unter {here}. Links in Mails, Passkeys und Anbieter richten sich " +
    "nach ihr.",
  "advice.addressFix": "Adresse der Anwendung",
  "advice.sender": "Mails kommen von einer Beispieladresse",
  "advice.senderText": "Der Absender ist {sender}: Mails von dort gelten als Spam.",
  "advice.senderFix": "Absender",
  "advice.mail": "Mails erreichen niemanden",
  "advice.mailText":
    "Es gibt keinen Mailserver; Links und Codes bleiben daher nur hier liegen.",
  "advice.mailFix": "Mailserver",
  "advice.backup": "Keine automatischen Sicherungen",
  "advice.backupText": "Ohne Zeitplan sind mit der Festplatte auch die Daten verloren.",
  "advice.backupFix": "Zeitplan der Sicherungen",
  "advice.superuser": "Du meldest dich nur mit einem Passwort an",
  "advice.superuserText":
    "Wer es erfährt, kann alles sehen und ändern. Ein Passkey lässt sich nicht verraten.",
  "advice.superuserFix": "Passkey hinzufügen",
  "advice.limits": "Anfragen sind nicht begrenzt",
  "advice.limitsText":
    "Jeder kann so oft fragen, wie er will. Falsche Passwörter müssen trotzdem warten.",
  "advice.limitsFix": "Anfragelimits",
  "advice.proxy": "Ein Proxy ist nicht bekannt",
  "advice.proxyText":
    "Anfragen kommen mit {header}, dem nicht geglaubt wird: Alle Clients scheinen dieselbe " +
    "Adresse zu haben und warten aufeinander.",
  "advice.proxyFix": "Proxy",
  "advice.leftmost": "Clients können ihre Adresse erfinden",
  "advice.leftmostText":
    "Die Adresse ganz links im Header des Proxys ist, was der Client geschrieben hat.",
  "advice.leftmostFix": "Proxy",
  "advice.unlogged": "Nichts wird protokolliert",
  "advice.unloggedText": "Was geschehen ist, lässt sich im Nachhinein nicht herausfinden.",
  "advice.unloggedFix": "Protokoll",
};
