/** Short notes about what was done. */
export const toasts = {
  "toast.region": "Notes",
  "toast.close": "Close this note",
  "toast.undo": "Undo",
} as const;
