/** La cuenta que es un registro con inicio de sesión. */
export const recordAccount = {
  "recordAccount.mails": "Correos",
  "recordAccount.mailsText": "Se envían a {email}.",
  "recordAccount.noAddress": "Esta cuenta no tiene una dirección a la que enviar.",
  "recordAccount.sendVerification": "Enviar la verificación",
  "recordAccount.sendReset": "Enviar el cambio de contraseña",
  "recordAccount.mailSent": "Un correo va camino de {email}.",

  "recordAccount.sessions": "Sesiones",
  "recordAccount.sessionsText":
    "Dónde tiene esta cuenta una sesión iniciada; primero la última usada.",
  "recordAccount.noSessions": "No hay ninguna sesión iniciada.",
  "recordAccount.endAll": "Cerrar todas las sesiones",
  "recordAccount.sessionEnded": "Esa sesión ha terminado.",
  "recordAccount.allEnded":
    "Todas las sesiones están cerradas. Los tokens emitidos hasta ahora ya no sirven.",

  "recordAccount.passkeys": "Llaves de acceso",
  "recordAccount.passkeysText": "Dispositivos que inician sesión en esta cuenta sin contraseña.",
  "recordAccount.noPasskeys": "No hay llaves de acceso.",
  "recordAccount.passkeyRemoved": "{name} ya no inicia sesión.",

  "recordAccount.app": "Aplicación de autenticación",
  "recordAccount.appText": "Pide un código en cada inicio de sesión con contraseña.",
  "recordAccount.appOn": "Activada desde {since}.",
  "recordAccount.appOff": "Desactivada.",
  "recordAccount.recoveryCodes.one": "Queda {count} código de recuperación.",
  "recordAccount.recoveryCodes.other": "Quedan {count} códigos de recuperación.",
  "recordAccount.removeApp": "Desactivar",
  "recordAccount.appRemoved": "Ya no se piden códigos.",

  "recordAccount.links": "Cuentas vinculadas",
  "recordAccount.linksText": "Proveedores que inician sesión en esta cuenta.",
  "recordAccount.noLinks": "No hay cuentas vinculadas.",
  "recordAccount.unlink": "Desvincular",
  "recordAccount.unlinkOne": "Desvincular {provider}",
  "recordAccount.unlinked": "{provider} ya no inicia sesión en esta cuenta.",

  "recordAccount.impersonate": "Actuar como esta cuenta",
  "recordAccount.impersonateText":
    "Un token con todos los derechos de esta cuenta y ninguno más. No se puede renovar.",
  "recordAccount.lifetime": "Válido durante",
  "recordAccount.quarter": "15 minutos",
  "recordAccount.hour": "1 hora",
  "recordAccount.day": "1 día",
  "recordAccount.month": "30 días",
  "recordAccount.standard": "Lo que dura un inicio de sesión",
  "recordAccount.makeToken": "Crear un token",
  "recordAccount.tokenOnce": "Cópialo ahora: no se vuelve a mostrar.",
  "recordAccount.endAsk": "{device} se desconecta al instante. Puede volver a iniciar sesión.",
  "recordAccount.endAllAsk":
    "Todos los dispositivos se desconectan al instante y ningún token emitido hasta ahora vale ya.",
  "recordAccount.remove": "Quitar",
  "recordAccount.passkeyAsk": "Quien tenga {name} ya no podrá iniciar sesión con ella.",
  "recordAccount.removeAppName": "Desactivar la aplicación de autenticación",
  "recordAccount.removeAppAsk":
    "Esta cuenta inicia sesión sin código desde entonces y sus códigos de " +
    "recuperación ya no valen.",
  "recordAccount.unlinkAsk": "{provider} ya no lleva a esta cuenta.",
  "recordAccount.explore": "Abrir la API",
  "recordAccount.exploreOf": "API de",
  "recordAccount.exploreText": "O envía peticiones como esta cuenta y mira lo que recibe.",
};
