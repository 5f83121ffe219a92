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
};
