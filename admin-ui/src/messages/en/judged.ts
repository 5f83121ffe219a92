/** How a request was judged, how its records were found, and what took time. */
export const judged = {
  "judged.rule": "Decided by",
  "judged.query": "Found by",
  "judged.times": "Time",
  "judged.rules": "All rules that were asked: {rules}",
  "judged.looked": "looked at {looked}, showed {returned}",
  "judged.missing": "An index on {columns} would spare most of this.",
  "judged.makeIndex": "Make this index",
  "judged.waitMs": "{time} waiting for others",
  "judged.ruleMs": "{time} for the rule",
  "judged.readMs": "{time} reading",
  "judged.commitMs": "{time} until it was on the disk",
  "judged.verdict.public": "public",
  "judged.verdict.superuser": "superuser",
  "judged.verdict.allowed": "allowed",
  "judged.verdict.filtered": "filtered",
  "judged.verdict.unasked": "not asked",
  "judged.verdict.denied": "denied by the rule",
  "judged.verdict.locked": "locked",
  "judged.verdict.out of scope": "out of scope",
  "judged.because.public": "The rule lets everybody.",
  "judged.because.superuser": "No rule judges superusers.",
  "judged.because.allowed": "The rule held for the record.",
  "judged.because.filtered": "The rule chose what the list shows.",
  "judged.because.unasked": "There was no such record to ask the rule of.",
  "judged.because.denied":
    "The rule did not hold, so the answer says that there is no such record.",
  "judged.because.locked": "Only superusers may do this.",
  "judged.because.out of scope": "The API key is not for this.",

  "queries.title": "Queries that look at much",
  "queries.text":
    "Lists that looked at far more records than they showed, those first that took most time.",
  "queries.noFilter": "no filter",
  "queries.cost":
    "{plan} · looked at {looked}, showed {returned} · {requests} · 95 of 100 within {p95}",
} as const;
