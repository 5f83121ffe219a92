/** Eine Tabelle als jemand anderes ansehen. */
export const viewing = {
  "viewing.label": "Ansehen als …",
  "viewing.view": "Ansehen",
  "viewing.help":
    "Liste, Suche, Anzahlen, Export und Änderungen gehen dann durch deren Regeln.",
  "viewing.guest": "Gast",
  "viewing.record": "{name} aus {collection}",
  "viewing.as": "Du siehst diese Tabelle als {name}.",
  "viewing.text":
    "Du änderst mit deren Rechten. Datensätze öffnest du nur als du selbst.",
  "viewing.leave": "Wieder du selbst sein",
  "viewing.failed": "So lässt sich die Tabelle nicht ansehen: {reason}",
  "viewing.unreadable":
    "„{as}“ nennt kein Konto. Möglich sind guest oder Sammlung und Id, wie in users/ID.",
  "viewing.notOpened": "Datensätze öffnest du nur als du selbst. Sei zuerst wieder du selbst.",
};
