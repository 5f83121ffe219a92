/** Setup, sign-in, and the pages that links in mails lead to. */
export const signIn = {
  "auth.done.title": "You are signed in",
  "auth.done.text": "You can close this window and go back to the app.",
  "auth.failed.title": "The sign-in did not succeed",
  "auth.failed.text": "Close this window, go back to the app and try again.",

  "setup.title": "Set up your server",
  "setup.intro": "Create the first superuser. It can see and change everything.",
  "setup.code": "Setup code",
  "setup.codeHelp": "Printed in the terminal where the server runs. It is valid for 30 minutes.",
  "setup.email": "E-mail address",
  "setup.password": "Password",
  "setup.submit": "Create superuser",
  "setup.strength.none": "At least 8 characters; a few unrelated words work well.",
  "setup.strength.short": "Too short: at least 8 characters.",
  "setup.strength.weak": "Weak: easy to guess.",
  "setup.strength.fair": "Fair: a little longer would be better.",
  "setup.strength.good": "Good.",
  "setup.strength.strong": "Strong.",
  "setup.strength.label": "Password strength",

  "signIn.title": "Sign in",
  "signIn.intro": "For superusers of this server.",
  "signIn.email": "E-mail address",
  "signIn.password": "Password",
  "signIn.submit": "Sign in",
  "signIn.refused": "The e-mail address or the password is wrong.",
  "signIn.ended": "Your session has ended. Sign in again to go on.",
  "signIn.untold":
    "You are signed out here, but the server did not hear of it. Sign in to end that session.",
  "signIn.passkey": "Sign in with a passkey",
  "signIn.passkeyRefused":
    "The server did not accept this passkey. It may have been removed: use another way to sign in.",

  "second.title": "One more step",
  "second.submit": "Go on",
  "second.app": "This account asks for a code of its authenticator app.",
  "second.appCode": "Code of the app",
  "second.recovery": "A recovery code stands in for the app, once.",
  "second.recoveryCode": "Recovery code",
  "second.mail": "A code was sent to the e-mail address of the account.",
  "second.mailCode": "Code from the mail",
  "second.refused": "This code is wrong, or was used before.",
  "second.useRecovery": "Use a recovery code",
  "second.useApp": "Use the app",
  "second.over": "Begin anew",

  "passkey.declined":
    "No passkey was used: it was cancelled, took too long, or this device has none that fits.",
  "passkey.known": "This device has a passkey of this account already.",
  "passkey.elsewhere":
    "The passkeys of this server are bound to {domain}: open the dashboard there to use them.",
  "passkey.unsupported":
    "Passkeys cannot be used here: the browser has none, or the page was not loaded over HTTPS.",
  "passkey.failed": "The device could not give a passkey. Try again.",

  "mailed.bad": "This link is not complete. Copy it whole from the mail, or ask for another one.",
  "mailed.ended": "This link has ended or was used already. Ask for another one.",

  "verify.title": "Confirm your address",
  "verify.intro": "Confirm that {email} is your e-mail address.",
  "verify.submit": "Confirm",
  "verify.done": "Your e-mail address is confirmed. You can close this page.",

  "reset.title": "Choose a new password",
  "reset.intro": "For the account of {email}. It will be signed out everywhere.",
  "reset.password": "New password",
  "reset.submit": "Save the password",
  "reset.done": "Your password is changed. Sign in with the new one.",

  "change.title": "Confirm your new address",
  "change.intro": "Your account will have the e-mail address {email} and be signed out everywhere.",
  "change.password": "Your password",
  "change.submit": "Change the address",
  "change.done": "Your e-mail address is changed. Sign in with the new one.",
} as const;
