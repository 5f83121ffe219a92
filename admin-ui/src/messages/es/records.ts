/** Los registros. */
export const records = {
  "records.title": "Registros de {name}",
  "records.filter": "Filtro",
  "records.filterPlaceholder": "Filtro, por ejemplo: {example}",
  "records.apply": "Aplicar",
  "records.clear": "Quitar el filtro",
  "records.new": "Nuevo registro",
  "records.refresh": "Volver a cargar",
  "records.empty": "Aún no hay registros",
  "records.emptyText": "Aquí aparecen los registros creados con la API o con una importación.",
  "records.noMatch": "Ningún registro encaja con el filtro",
  "records.noMatchText": "Cambia o quita el filtro para ver más.",
  "records.badFilter": "Este filtro no se puede usar",
  "records.badFilterText":
    "Compara campos con valores con =\u00a0!=\u00a0>\u00a0>=\u00a0<\u00a0<=\u00a0~\u00a0!~; " +
    "une varios con && o ||. Por ejemplo:",
  "records.total.one": "{count} registro",
  "records.total.other": "{count} registros",
  "records.counting": "Contando…",
  "records.missing": "No hay ninguna colección llamada {name}.",
  "records.view": "Los registros de las vistas aún no se pueden listar.",

  "cell.empty": "vacía",
  "cell.yes": "Sí",
  "cell.no": "No",
};
