/** La primera página. */
export const home = {
  "home.title": "Colecciones",
  "home.name": "Nombre",
  "home.type": "Tipo",
  "home.access": "Quién puede leer",
  "home.fields": "Campos",
  "home.records": "Registros",
  "home.empty": "Aún no hay colecciones",
  "home.emptyText":
    "Una colección es un conjunto de registros con los mismos campos y su propia API.",

  "start.title": "Primeros pasos",
  "start.create": "Crea una colección",
  "start.createText": "Ponle nombre y campos, y decide quién puede usarla.",
  "start.import": "Carga tus datos",
  "start.importText": "CSV, JSON y NDJSON se convierten en una colección con una orden.",
  "start.connect": "Conecta una aplicación",
  "start.connectText": "El cliente te da registros con tipos e inicio de sesión.",
  "start.done": "Hecho",
  "start.toDo": "Por hacer",
};
