/** The account that an auth record is. */
export const recordAccount = {
  "recordAccount.mails": "Mails",
  "recordAccount.mailsText": "Sent to {email}.",
  "recordAccount.noAddress": "This account has no address to send to.",
  "recordAccount.sendVerification": "Send verification",
  "recordAccount.sendReset": "Send password reset",
  "recordAccount.mailSent": "A mail to {email} is on its way.",

  "recordAccount.sessions": "Sessions",
  "recordAccount.sessionsText": "Where this account is signed in, the last used first.",
  "recordAccount.noSessions": "Not signed in anywhere.",
  "recordAccount.endAll": "Sign out everywhere",
  "recordAccount.sessionEnded": "That session has ended.",
  "recordAccount.allEnded": "Signed out everywhere. Every token issued so far is worthless.",

  "recordAccount.passkeys": "Passkeys",
  "recordAccount.passkeysText": "Devices that sign in to this account without a password.",
  "recordAccount.noPasskeys": "No passkeys.",
  "recordAccount.passkeyRemoved": "{name} no longer signs in.",

  "recordAccount.app": "Authenticator app",
  "recordAccount.appText": "Asks for a code at every sign-in by password.",
  "recordAccount.appOn": "On since {since}.",
  "recordAccount.appOff": "Off.",
  "recordAccount.recoveryCodes.one": "{count} recovery code is left.",
  "recordAccount.recoveryCodes.other": "{count} recovery codes are left.",
  "recordAccount.removeApp": "Switch off",
  "recordAccount.appRemoved": "Codes are no longer asked for.",

  "recordAccount.links": "Linked accounts",
  "recordAccount.linksText": "Providers that sign in to this account.",
  "recordAccount.noLinks": "No linked accounts.",
  "recordAccount.unlink": "Unlink",
  "recordAccount.unlinkOne": "Unlink {provider}",
  "recordAccount.unlinked": "{provider} no longer signs in to this account.",

  "recordAccount.impersonate": "Act as this account",
  "recordAccount.impersonateText":
    "A token with all rights of this account, and no more. It cannot be renewed.",
  "recordAccount.lifetime": "Valid for",
  "recordAccount.quarter": "15 minutes",
  "recordAccount.hour": "1 hour",
  "recordAccount.day": "1 day",
  "recordAccount.month": "30 days",
  "recordAccount.standard": "As long as a sign-in",
  "recordAccount.makeToken": "Make a token",
  "recordAccount.tokenOnce": "Copy it now: it is not shown again.",
} as const;
