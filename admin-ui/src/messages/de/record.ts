/** Ein Datensatz, wie er bearbeitet wird. */
export const record = {
  "record.new": "Neuer Datensatz in {collection}",
  "record.missing": "Es gibt keinen Datensatz {id}. Vielleicht wurde er gelöscht.",
  "record.path": "Wo du bist",
  "record.page": "Auf einer eigenen Seite öffnen",
  "record.previous": "Voriger Datensatz",
  "record.next": "Nächster Datensatz",
  "record.width": "Breite des Bereichs",
  "record.tabs": "Teile des Datensatzes",
  "record.tabFields": "Felder",
  "record.tabAccount": "Konto",
  "record.tabCode": "Code",

  "record.required": "Pflicht",
  "record.hidden": "Verborgen",
  "record.hiddenHelp": "Nur Superuser sehen dieses Feld.",
  "record.changed": "Geändert",
  "record.undo": "Änderung von {name} rückgängig machen",
  "record.groupAccount": "Anmeldung",
  "record.groupFields": "Felder",
  "record.groupServer": "Vom Server geführt",

  "record.save": "Speichern",
  "record.create": "Anlegen",
  "record.saved": "Gespeichert.",
  "record.unsaved.one": "{count} Änderung ist nicht gespeichert.",
  "record.unsaved.other": "{count} Änderungen sind nicht gespeichert.",
  "record.discard": "Verwerfen",
  "record.failed.one": "Ein Feld braucht deine Aufmerksamkeit.",
  "record.failed.other": "{count} Felder brauchen deine Aufmerksamkeit.",
  "record.restored": "Deine Änderungen vom {at} sind wieder da. Gespeichert sind sie noch nicht.",

  "record.shownElsewhere":
    "Jemand anderes hat diesen Datensatz geändert. Du siehst ihn, wie er jetzt ist.",
  "record.changedElsewhere": "Jemand anderes hat diesen Datensatz geändert: {names}.",
  "record.deletedElsewhere": "Jemand anderes hat diesen Datensatz gelöscht.",
  "record.keepAsNew": "Als neuen Datensatz behalten",
  "record.compare": "Vergleichen",
  "record.conflictTitle": "Von jemand anderem geändert",
  "record.conflictText":
    "Nichts von dir hat die anderen Werte überschrieben. Wähle je Feld einen und speichere.",
  "record.mine": "Deiner",
  "record.theirs": "Der andere",
  "record.takeOver": "Diese Werte übernehmen",

  "record.leaveTitle": "Änderungen sind nicht gespeichert",
  "record.leaveText":
    "Hebe sie für später auf, und sie sind da, wenn du den Datensatz wieder öffnest.",
  "record.leaveLoses":
    "Für später aufgehoben, sind sie da, wenn du den Datensatz wieder öffnest, außer Dateien " +
    "und Passwörtern.",
  "record.leaveSave": "Speichern und weiter",
  "record.leaveKeep": "Für später aufheben",
  "record.leaveStay": "Hier bleiben",

  "record.more": "Mehr",
  "record.duplicate": "Duplizieren",
  "record.copyJson": "Als JSON kopieren",
  "record.copiedJson": "Der Datensatz wurde als JSON kopiert.",
  "record.copyId": "ID kopieren",
  "record.copiedId": "Die ID wurde kopiert.",
  "record.delete": "Löschen …",
  "record.deleteTitle": "Diesen Datensatz löschen?",
  "record.deleteText": "{id} aus {collection} wird endgültig gelöscht.",
  "record.deleteLooking": "Es wird geprüft, was auf ihn verweist …",
  "record.deleteFiles.one": "{count} Datei wird mitgelöscht.",
  "record.deleteFiles.other": "{count} Dateien werden mitgelöscht.",
  "record.delete-deleted.one": "{count} Datensatz wird mitgelöscht.",
  "record.delete-deleted.other": "{count} Datensätze werden mitgelöscht.",
  "record.delete-unlinked.one": "{count} Datensatz verliert seinen Verweis.",
  "record.delete-unlinked.other": "{count} Datensätze verlieren ihren Verweis.",
  "record.delete-refused.one":
    "{count} Datensatz braucht ihn. Wo es der einzige Verweis ist, wird nichts gelöscht.",
  "record.delete-refused.other":
    "{count} Datensätze brauchen ihn. Wo es der einzige Verweis ist, wird nichts gelöscht.",
  "record.deleteNothing": "Sonst verweist nichts auf ihn.",
  "record.deleteConfirm": "Löschen",

  "record.codeIntro":
    "Derselbe Datensatz von anderswo. Melde dich dort an, oder benutze einen API-Schlüssel.",
  "record.codeView": "Lesen",
  "record.codeCreate": "Anlegen",
  "record.codeUpdate": "Ändern",
  "record.codeDelete": "Löschen",
  "record.codeUnsaved": "Mit den Änderungen, die noch nicht gespeichert sind.",
};
