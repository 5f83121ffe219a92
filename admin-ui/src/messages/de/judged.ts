/** Wie über eine Anfrage entschieden wurde, wie Datensätze gefunden wurden, und was Zeit nahm. */
export const judged = {
  "judged.rule": "Entschieden von",
  "judged.query": "Gefunden durch",
  "judged.times": "Zeit",
  "judged.rules": "Alle befragten Regeln: {rules}",
  "judged.looked": "{looked} angesehen, {returned} gezeigt",
  "judged.missing": "Ein Index auf {columns} würde das meiste davon ersparen.",
  "judged.makeIndex": "Diesen Index anlegen",
  "judged.waitMs": "{time} auf andere gewartet",
  "judged.ruleMs": "{time} für die Regel",
  "judged.readMs": "{time} gelesen",
  "judged.commitMs": "{time}, bis es auf der Platte war",
  "judged.verdict.public": "öffentlich",
  "judged.verdict.superuser": "Superuser",
  "judged.verdict.allowed": "erlaubt",
  "judged.verdict.filtered": "gefiltert",
  "judged.verdict.unasked": "nicht befragt",
  "judged.verdict.denied": "von der Regel verweigert",
  "judged.verdict.locked": "gesperrt",
  "judged.verdict.out of scope": "nicht im Umfang",
  "judged.because.public": "Die Regel lässt alle zu.",
  "judged.because.superuser": "Über Superuser entscheidet keine Regel.",
  "judged.because.allowed": "Die Regel galt für den Datensatz.",
  "judged.because.filtered": "Die Regel wählte aus, was die Liste zeigt.",
  "judged.because.unasked": "Es gab keinen solchen Datensatz, zu dem die Regel zu befragen wäre.",
  "judged.because.denied":
    "Die Regel galt nicht; die Antwort sagt daher, dass es den Datensatz nicht gibt.",
  "judged.because.locked": "Das dürfen nur Superuser.",
  "judged.because.out of scope": "Der API-Schlüssel ist dafür nicht gedacht.",

  "queries.title": "Abfragen, die viel ansehen",
  "queries.text":
    "Listen, die weit mehr Datensätze ansahen, als sie zeigten; zuerst die, die am meisten " +
    "Zeit nahmen.",
  "queries.noFilter": "kein Filter",
  "queries.cost":
    "{plan} · {looked} angesehen, {returned} gezeigt · {requests} · 95 von 100 in {p95}",
};
