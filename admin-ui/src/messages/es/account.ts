/** La cuenta propia. */
export const account = {
  "account.title": "Cuenta",
  "account.passkeys": "Llaves de acceso",
  "account.passkeysText":
    "Una llave de acceso inicia tu sesión con el bloqueo de tu dispositivo, sin contraseña.",
  "account.passkeysOff":
    "Los superusuarios de este servidor no tienen llaves de acceso: están desactivadas.",
  "account.noPasskeys": "Aún no hay llaves de acceso",
  "account.noPasskeysText": "Añade una en cada dispositivo con el que trabajes.",
  "account.addPasskey": "Añadir una llave de acceso",
  "account.passkeyName": "Nombre de la llave de acceso",
  "account.passkeyTimes": "Añadida el {created}, usada por última vez el {used}",
  "account.passkeyAdded": "Se ha añadido {name}.",
  "account.rename": "Cambiar el nombre de {name}",
  "account.remove": "Quitar {name}",
  "account.save": "Guardar",
  "account.removeTitle": "¿Quitar la llave de acceso {name}?",
  "account.removeText":
    "Ya no iniciará tu sesión. El dispositivo la conserva hasta que la borres allí.",
  "account.removeConfirm": "Quitar la llave",
  "account.confirmTitle": "¿Sigues siendo tú?",
  "account.confirmText":
    "Esto cambia cómo inicias sesión, y hace un rato de la última vez. " +
    "Vuelve a iniciarla para seguir.",
  "account.confirm": "Continuar",
  "account.usePasskey": "Usar una llave de acceso",
  "account.sessions": "Sesiones",
  "account.sessionsText":
    "Dónde tienes la sesión abierta. El último uso se conoce con cinco minutos de margen.",
  "account.sessionTimes": "Desde el {created}, usada por última vez el {used}",
  "account.current": "Esta sesión",
  "account.device": "{browser} en {system}",
  "account.deviceUnknown": "Dispositivo desconocido",
  "account.byPassword": "con contraseña",
  "account.byPasskey": "con llave de acceso",
  "account.end": "Cerrar",
  "account.endSession": "Cerrar la sesión de {device}, abierta el {created}",
  "account.endOthers.one": "Cerrar {count} sesión más",
  "account.endOthers.other": "Cerrar las otras {count} sesiones",
  "account.ended": "Se han cerrado las otras sesiones.",
};
