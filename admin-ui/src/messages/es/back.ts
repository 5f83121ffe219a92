/** Registros que apuntan aquí. */
export const back = {
  "back.open.one": "{count} registro de {name}: mostrarlo",
  "back.open.other": "{count} registros de {name}: mostrarlos",
  "back.more.one": "y {count} más",
  "back.more.other": "y {count} más",
  "back.counting": "Contando …",
  "back.unknown": "desconocido",
};
