/** Vistas guardadas y columnas de la tabla de registros. */
export const views = {
  "view.label": "Vistas",
  "view.none":
    "Una vista es un filtro, un orden, una búsqueda y columnas. Ponle nombre a esta para " +
    "guardarla.",
  "view.name": "Nombre de esta vista",
  "view.keep": "Guardar",
  "view.kept": "La vista {name} se ha guardado.",
  "view.notKept": "No se pudo guardar en el servidor.",
  "view.remove": "Quitar la vista {name}",
  "view.removed": "La vista {name} se ha quitado.",
  "view.copy": "Copiar un enlace a lo que ves",
  "view.copied": "El enlace se ha copiado. Muestra la misma vista a cualquier superusuario.",
  "columns.label": "Columnas",
  "columns.width": "Ancho de {name}",
  "columns.pin": "Mantener {name} a la vista a la izquierda",
  "columns.wrap": "Mostrar {name} en tres líneas",
  "columns.up": "Mover {name} a la izquierda",
  "columns.down": "Mover {name} a la derecha",
  "columns.reset": "Restablecer las columnas",
  "columns.keep": "Guardar como mías",
  "columns.kept": "Tus columnas están guardadas en el servidor, en todos tus dispositivos.",
  "columns.ofAddress": "Estas columnas son las del enlace o la vista que has abierto.",
};
