/** Las teclas de la tabla. */
export const gridKeys = {
  "gridKeys.down": "Registro siguiente",
  "gridKeys.up": "Registro anterior",
  "gridKeys.first": "Primer registro",
  "gridKeys.last": "Último registro",
  "gridKeys.choose": "Elegir el registro",
  "gridKeys.range": "Elegir todos los registros hasta aquí",
  "gridKeys.everything": "Elegir todo lo encontrado",
  "gridKeys.leave": "No elegir ninguno",
  "gridKeys.edit": "Editar la celda",
  "gridKeys.open": "Abrir el registro",
  "gridKeys.delete": "Eliminar lo elegido",
  "gridKeys.paste": "Pegar celdas de una hoja de cálculo",
};
