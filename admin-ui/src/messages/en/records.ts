/** Records. */
export const records = {
  "records.title": "Records of {name}",
  "records.filter": "Filter",
  "records.filterPlaceholder": "Filter, for example: {example}",
  "records.apply": "Apply",
  "records.clear": "Clear the filter",
  "records.new": "New record",
  "records.refresh": "Load again",
  "records.empty": "No records yet",
  "records.emptyText": "Records created through the API or an import appear here.",
  "records.noMatch": "No record matches the filter",
  "records.noMatchText": "Change or clear the filter to see more.",
  "records.badFilter": "This filter cannot be used",
  "records.badFilterText":
    "Compare fields with values by =\u00a0!=\u00a0>\u00a0>=\u00a0<\u00a0<=\u00a0~\u00a0!~; " +
    "join several with && or ||. For example:",
  "records.total.one": "{count} record",
  "records.total.other": "{count} records",
  "records.counting": "Counting …",
  "records.missing": "There is no collection named {name}.",
  "records.view": "The records of views cannot be listed yet.",

  "cell.empty": "empty",
  "cell.yes": "Yes",
  "cell.no": "No",
} as const;
