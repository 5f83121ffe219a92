/** Kurze Hinweise zu dem, was getan wurde. */
export const toasts = {
  "toast.region": "Hinweise",
  "toast.close": "Diesen Hinweis schließen",
  "toast.undo": "Rückgängig",
};
