// Operations that random requests leave out, each with its reason. A name also stands for the
// operation of each collection (`people_authLogout`).

export const LEFT_OUT = {
  restoreBackup: "would put other data in the place of the data, and start the server again",
  createBackup: "each is a whole backup; many in a row fill the disk of whoever runs this",
  updateSettings: "could set rate limits and the addresses of superusers, which ends the run",
  importCollections: "with `deleteMissing` removes every collection",
  authLogout: "ends the session that asks",
  endSessions: "ends the session that asks",
  connectRealtime: "an event stream does not end",
  tailLogs: "an event stream does not end",
  connectRealtimeSocket: "a WebSocket is no request with an answer",
  connectGraphqlSocket: "a WebSocket is no request with an answer",
  describeUploads: "OPTIONS is answered to browsers before it is an operation",
  describeUpload: "OPTIONS is answered to browsers before it is an operation",
};
