/** Esquemas de campos JSON. */
export const schema = {
  "schema.add": "Añadir un esquema",
  "schema.edit": "Esquema",
  "schema.title": "Esquema de {name}",
  "schema.text":
    "Un JSON Schema con el que se comprueban los valores de {name} mientras los editas aquí. " +
    "Se guarda solo para ti y el servidor no lo impone: lo que no encaja se puede guardar " +
    "igualmente.",
  "schema.infer": "Deducir de los registros",
  "schema.inferred.one": "Deducido de {count} registro. Revísalo antes de conservarlo.",
  "schema.inferred.other": "Deducido de {count} registros. Revísalo antes de conservarlo.",
  "schema.noRecords": "Ningún registro tiene aún un valor aquí.",
  "schema.keep": "Conservar",
  "schema.remove": "Quitar el esquema",
  "schema.notObject": "Un esquema es un objeto JSON.",
  "schema.unusable": "El esquema no se puede usar: {reason}",
  "schema.fits": "Encaja en el esquema.",
  "schema.misfits.one":
    "{count} cosa no encaja en el esquema. Se puede guardar igualmente: el servidor no lo " +
    "comprueba.",
  "schema.misfits.other":
    "{count} cosas no encajan en el esquema. Se puede guardar igualmente: el servidor no lo " +
    "comprueba.",
  "schema.more.one": "{count} más",
  "schema.more.other": "{count} más",
  "schema.type": "esto debe ser del tipo {demanded}.",
  "schema.required": "aquí falta «{name}».",
  "schema.unknown": "el esquema no tiene «{name}» aquí.",
  "schema.enum": "esto debe ser uno de: {demanded}.",
  "schema.minimum": "esto debe ser {demanded} o más.",
  "schema.exclusiveMinimum": "esto debe ser más de {demanded}.",
  "schema.maximum": "esto debe ser {demanded} o menos.",
  "schema.exclusiveMaximum": "esto debe ser menos de {demanded}.",
  "schema.multipleOf": "esto debe ser múltiplo de {demanded}.",
  "schema.minLength": "esto necesita {demanded} caracteres o más.",
  "schema.maxLength": "esto puede tener {demanded} caracteres como máximo.",
  "schema.minItems": "esto necesita {demanded} elementos o más.",
  "schema.maxItems": "esto puede tener {demanded} elementos como máximo.",
  "schema.uniqueItems": "ningún elemento puede estar dos veces.",
  "schema.pattern": "esto debe corresponder a {demanded}.",
  "schema.format": "esto debe tener el formato {demanded}.",
  "schema.anyOf": "esto no encaja en ninguna de las formas posibles, o en más de una.",
  "schema.other": "esto no cumple «{keyword}» del esquema.",
};
