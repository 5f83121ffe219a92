/** Schemas von JSON-Feldern. */
export const schema = {
  "schema.add": "Schema hinzufügen",
  "schema.edit": "Schema",
  "schema.title": "Schema von {name}",
  "schema.text":
    "Ein JSON-Schema, gegen das Werte von {name} geprüft werden, während Sie sie hier " +
    "bearbeiten. Es wird nur für Sie aufbewahrt, und der Server setzt es nicht durch: Was " +
    "nicht passt, lässt sich trotzdem speichern.",
  "schema.infer": "Aus Datensätzen ableiten",
  "schema.inferred.one":
    "Aus {count} Datensatz abgeleitet. Sehen Sie es durch, bevor Sie es behalten.",
  "schema.inferred.other":
    "Aus {count} Datensätzen abgeleitet. Sehen Sie es durch, bevor Sie es behalten.",
  "schema.noRecords": "Noch kein Datensatz hat hier einen Wert.",
  "schema.keep": "Behalten",
  "schema.remove": "Schema entfernen",
  "schema.notObject": "Ein Schema ist ein JSON-Objekt.",
  "schema.unusable": "Das Schema lässt sich nicht verwenden: {reason}",
  "schema.fits": "Es passt zum Schema.",
  "schema.misfits.one":
    "{count} Sache passt nicht zum Schema. Speichern geht trotzdem: Der Server prüft das nicht.",
  "schema.misfits.other":
    "{count} Sachen passen nicht zum Schema. Speichern geht trotzdem: Der Server prüft das nicht.",
  "schema.more.one": "{count} weitere",
  "schema.more.other": "{count} weitere",
  "schema.type": "Das muss vom Typ {demanded} sein.",
  "schema.required": "Hier fehlt „{name}“.",
  "schema.unknown": "Das Schema hat hier kein „{name}“.",
  "schema.enum": "Das muss eines davon sein: {demanded}.",
  "schema.minimum": "Das muss {demanded} oder mehr sein.",
  "schema.exclusiveMinimum": "Das muss mehr als {demanded} sein.",
  "schema.maximum": "Das muss {demanded} oder weniger sein.",
  "schema.exclusiveMaximum": "Das muss weniger als {demanded} sein.",
  "schema.multipleOf": "Das muss ein Vielfaches von {demanded} sein.",
  "schema.minLength": "Das braucht mindestens {demanded} Zeichen.",
  "schema.maxLength": "Das darf höchstens {demanded} Zeichen haben.",
  "schema.minItems": "Das braucht mindestens {demanded} Elemente.",
  "schema.maxItems": "Das darf höchstens {demanded} Elemente haben.",
  "schema.uniqueItems": "Kein Element darf zweimal da sein.",
  "schema.pattern": "Das muss {demanded} entsprechen.",
  "schema.format": "Das muss vom Format {demanded} sein.",
  "schema.anyOf": "Das passt zu keiner der möglichen Formen oder zu mehr als einer.",
  "schema.other": "Das hält „{keyword}“ des Schemas nicht ein.",
};
