/** Cómo se juzgó una petición, cómo se encontraron sus registros y qué llevó tiempo. */
export const judged = {
  "judged.rule": "Decidió",
  "judged.query": "Encontrado por",
  "judged.times": "Tiempo",
  "judged.rules": "Todas las reglas consultadas: {rules}",
  "judged.looked": "miró {looked}, mostró {returned}",
  "judged.missing": "Un índice sobre {columns} ahorraría la mayor parte.",
  "judged.makeIndex": "Crear este índice",
  "judged.waitMs": "{time} esperando a otros",
  "judged.ruleMs": "{time} para la regla",
  "judged.readMs": "{time} leyendo",
  "judged.commitMs": "{time} hasta estar en el disco",
  "judged.verdict.public": "pública",
  "judged.verdict.superuser": "superusuario",
  "judged.verdict.allowed": "permitido",
  "judged.verdict.filtered": "filtrado",
  "judged.verdict.unasked": "sin consultar",
  "judged.verdict.denied": "denegado por la regla",
  "judged.verdict.locked": "bloqueado",
  "judged.verdict.out of scope": "fuera de alcance",
  "judged.because.public": "La regla deja pasar a todos.",
  "judged.because.superuser": "Ninguna regla juzga a los superusuarios.",
  "judged.because.allowed": "La regla se cumplió para el registro.",
  "judged.because.filtered": "La regla eligió lo que muestra la lista.",
  "judged.because.unasked": "No había tal registro sobre el que consultar la regla.",
  "judged.because.denied":
    "La regla no se cumplió, así que la respuesta dice que no existe el registro.",
  "judged.because.locked": "Solo los superusuarios pueden hacerlo.",
  "judged.because.out of scope": "La clave de API no es para esto.",

  "queries.title": "Consultas que miran mucho",
  "queries.text":
    "Listas que miraron muchos más registros de los que mostraron; primero las que más " +
    "tiempo llevaron.",
  "queries.noFilter": "sin filtro",
  "queries.cost": "{plan} · miró {looked}, mostró {returned} · {requests} · 95 de 100 en {p95}",
};
