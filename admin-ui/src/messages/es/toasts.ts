/** Avisos breves sobre lo que se ha hecho. */
export const toasts = {
  "toast.region": "Avisos",
  "toast.close": "Cerrar este aviso",
  "toast.undo": "Deshacer",
};
