/** What would make the server safer. */
export const advice = {
  "advice.title": "What to look at",
  "advice.text": "Things that often go wrong, found in this server's settings and rules.",
  "advice.none": "Nothing found",
  "advice.noneText": "No rule and no setting of those that often go wrong is as it should not be.",
  "advice.serious": "Serious",
  "advice.worth": "Worth a look",
  "advice.home.one": "{count} serious thing about the safety of this server:",
  "advice.home.other": "{count} serious things about the safety of this server:",
  "advice.homeLink": "see what to do",

  "advice.publicWrite": "Everybody may write",
  "advice.publicWriteText":
    "Anyone on the network can {actions} records of {name} without signing in.",
  "advice.publicWriteFix": "Rules of {name}",
  "advice.publicManage": "Everybody may manage accounts",
  "advice.publicManageText":
    "The manage rule of {name} lets anyone change passwords and addresses of others.",
  "advice.publicManageFix": "Rules of {name}",
  "advice.publicAccounts": "Accounts are public",
  "advice.publicAccountsText": "Anyone on the network can read the accounts of {name}.",
  "advice.publicAccountsFix": "Rules of {name}",
  "advice.plain": "No encryption on the way",
  "advice.plainText":
    "{here} is not HTTPS: passwords and tokens can be read on the way. Use luge serve with a " +
    "domain, or a proxy with a certificate.",
  "advice.plainFix": "Address of the application",
  "advice.plainApp": "The application's address is not HTTPS",
  "advice.plainAppText": "Links in mails lead to {app}, where tokens can be read on the way.",
  "advice.plainAppFix": "Address of the application",
  "advice.address": "The application's address is another one",
  "advice.addressText":
    "It is {app}, and you are at {here}. Links in mails, passkeys and providers follow it.",
  "advice.addressFix": "Address of the application",
  "advice.sender": "Mails come from an example",
  "advice.senderText": "The sender is {sender}: mails from there are taken for spam.",
  "advice.senderFix": "Sender",
  "advice.mail": "Mails reach nobody",
  "advice.mailText": "There is no mail server, so links and codes are only kept here.",
  "advice.mailFix": "Mail server",
  "advice.backup": "No backups by themselves",
  "advice.backupText": "Without a schedule, a lost disk is lost data.",
  "advice.backupFix": "Schedule of backups",
  "advice.superuser": "Your sign-in is a password alone",
  "advice.superuserText":
    "Whoever learns it can see and change everything. A passkey cannot be given away.",
  "advice.superuserFix": "Add a passkey",
  "advice.limits": "Requests are not limited",
  "advice.limitsText": "Anyone can ask as often as they like. Wrong passwords wait all the same.",
  "advice.limitsFix": "Limits of requests",
  "advice.proxy": "A proxy is not known",
  "advice.proxyText":
    "Requests come with {header}, which is not believed: all clients seem to have one address, " +
    "and wait for each other.",
  "advice.proxyFix": "Proxy",
  "advice.leftmost": "Clients can make up their address",
  "advice.leftmostText": "The leftmost address of the proxy's header is what the client wrote.",
  "advice.leftmostFix": "Proxy",
  "advice.unlogged": "Nothing is logged",
  "advice.unloggedText": "What happened cannot be found out afterwards.",
  "advice.unloggedFix": "Logs",
} as const;
