/** Definitions of collections, in and out. */
export const transfer = {
  "transfer.export": "Export",
  "transfer.exportText":
    "What collections are defined as, without their records. PocketBase reads it too.",
  "transfer.all": "All",
  "transfer.choose": "Collections to export",
  "transfer.copy": "Copy as JSON",
  "transfer.copied": "Copied.",
  "transfer.download": "Download",
  "transfer.import": "Import",
  "transfer.importText":
    "An export of Luge or PocketBase, or the data.db of a PocketBase. It is compared first, " +
    "and changes nothing until you say so.",
  "transfer.file": "Choose a file",
  "transfer.paste": "Or paste the JSON",
  "transfer.compare": "Compare",
  "transfer.drop": "Drop a file here: exported JSON, or a data.db",
  "transfer.reading": "Reading what {name} defines…",
  "transfer.recordsStay":
    "Definitions only: records and files of a PocketBase come with this command, into a new " +
    "data folder.",
  "transfer.remarks": "What comes otherwise, or not at all:",
  "transfer.note.view":
    "{name} is a view: its definition is kept, and its records cannot be read yet.",
  "transfer.note.providers":
    "{name}: its ways to sign in by {names} are left out, because an export holds no secrets. " +
    "Add them again afterwards.",
  "transfer.note.legacy":
    "This export is of a PocketBase before 0.23. It is shown as that release and later ones " +
    "define the same.",
  "transfer.way": "What is only here",
  "transfer.merge": "Stays (merge)",
  "transfer.replace": "Goes (replace)",
  "transfer.same": "Everything in it is here already, the same.",
  "transfer.take": "Take {name}",
  "transfer.takeField": "Take {field} of {name}",
  "transfer.state.new": "new",
  "transfer.state.changed": "changed",
  "transfer.state.gone": "deleted",
  "transfer.part": "Part",
  "transfer.now": "Now",
  "transfer.inFile": "In the file",
  "transfer.result": "Result",
  "transfer.none": "none",
  "transfer.parts": "Changes of {name}, scrollable",
  "transfer.lossTitle": "This loses data:",
  "transfer.lossCollection.one": "{name} is deleted with its {count} record.",
  "transfer.lossCollection.other": "{name} is deleted with its {count} records.",
  "transfer.lossField.one": "{field} is lost in {count} record.",
  "transfer.lossField.other": "{field} is lost in {count} records.",
  "transfer.lossUncounted": "{field} is lost in every record that has it.",
  "transfer.typeWord": "lose data",
  "transfer.type": "Type “{word}” to go on",
  "transfer.counting": "Counting what would be lost…",
  "transfer.apply.one": "Change {count} collection",
  "transfer.apply.other": "Change {count} collections",
  "transfer.done": "Done. The collections are as shown.",
  "transfer.moved": "Collections were changed by somebody else meanwhile. Compare again.",
  "transfer.trouble.json": "This is not JSON: {reason}",
  "transfer.trouble.shape": "This is no export: a list of collections is expected.",
  "transfer.trouble.name": "Entry {at} has no name, so it is no collection.",
  "transfer.trouble.twice": "{name} is in it twice.",
  "transfer.trouble.large":
    "The database is too large: at most {most} are sent. Import the whole folder with the " +
    "command below.",
} as const;
