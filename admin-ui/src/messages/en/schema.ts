/** Schemas of JSON fields. */
export const schema = {
  "schema.add": "Add a schema",
  "schema.edit": "Schema",
  "schema.title": "Schema of {name}",
  "schema.text":
    "A JSON Schema that values of {name} are checked against while you edit them here. It is " +
    "kept for you alone, and the server does not enforce it: what does not fit can still be " +
    "saved.",
  "schema.infer": "Infer from records",
  "schema.inferred.one": "Inferred from {count} record. Look it over before you keep it.",
  "schema.inferred.other": "Inferred from {count} records. Look it over before you keep it.",
  "schema.noRecords": "No record has a value here yet.",
  "schema.keep": "Keep",
  "schema.remove": "Remove the schema",
  "schema.notObject": "A schema is a JSON object.",
  "schema.unusable": "The schema cannot be used: {reason}",
  "schema.fits": "It fits the schema.",
  "schema.misfits.one":
    "{count} thing does not fit the schema. It can be saved all the same: the server does " +
    "not check it.",
  "schema.misfits.other":
    "{count} things do not fit the schema. It can be saved all the same: the server does not " +
    "check it.",
  "schema.more.one": "{count} more",
  "schema.more.other": "{count} more",
  "schema.type": "this must be of the type {demanded}.",
  "schema.required": "“{name}” is missing here.",
  "schema.unknown": "the schema has no “{name}” here.",
  "schema.enum": "this must be one of: {demanded}.",
  "schema.minimum": "this must be {demanded} or more.",
  "schema.exclusiveMinimum": "this must be more than {demanded}.",
  "schema.maximum": "this must be {demanded} or less.",
  "schema.exclusiveMaximum": "this must be less than {demanded}.",
  "schema.multipleOf": "this must be a multiple of {demanded}.",
  "schema.minLength": "this needs {demanded} characters or more.",
  "schema.maxLength": "this may have {demanded} characters at most.",
  "schema.minItems": "this needs {demanded} items or more.",
  "schema.maxItems": "this may have {demanded} items at most.",
  "schema.uniqueItems": "no item may be there twice.",
  "schema.pattern": "this must match {demanded}.",
  "schema.format": "this must be of the format {demanded}.",
  "schema.anyOf": "this fits none of the possible shapes, or more than one.",
  "schema.other": "this does not keep to “{keyword}” of the schema.",
} as const;
