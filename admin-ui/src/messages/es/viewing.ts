/** Ver una tabla como otra persona. */
export const viewing = {
  "viewing.label": "Ver como…",
  "viewing.view": "Ver",
  "viewing.help":
    "La lista, la búsqueda, los recuentos y los cambios pasan por sus reglas.",
  "viewing.guest": "un invitado",
  "viewing.record": "{name} de {collection}",
  "viewing.as": "Ves esta tabla como {name}.",
  "viewing.text":
    "Lo que cambies aquí lo cambias con sus permisos. Los registros solo se abren como tú.",
  "viewing.leave": "Volver a ser tú",
  "viewing.failed": "La tabla no se puede ver así: {reason}",
  "viewing.unreadable":
    "«{as}» no nombra ninguna cuenta. Es guest, o una colección y un id, como users/ID.",
  "viewing.notOpened": "Los registros solo se abren como tú. Vuelve a ser tú y ábrelo.",
};
