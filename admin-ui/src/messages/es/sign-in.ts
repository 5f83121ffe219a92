/** Puesta en marcha, inicio de sesión, y adonde llevan los enlaces de los correos. */
export const signIn = {
  "auth.done.title": "Has iniciado sesión",
  "auth.done.text": "Puedes cerrar esta ventana y volver a la aplicación.",
  "auth.failed.title": "No se pudo iniciar sesión",
  "auth.failed.text": "Cierra esta ventana, vuelve a la aplicación e inténtalo de nuevo.",

  "setup.title": "Prepara tu servidor",
  "setup.intro": "Crea el primer superusuario. Puede verlo y cambiarlo todo.",
  "setup.code": "Código de puesta en marcha",
  "setup.codeHelp": "Está en el terminal en el que corre el servidor. Vale 30 minutos.",
  "setup.email": "Correo electrónico",
  "setup.password": "Contraseña",
  "setup.submit": "Crear superusuario",
  "setup.strength.none": "Al menos 8 caracteres; van bien unas palabras sin relación.",
  "setup.strength.short": "Demasiado corta: al menos 8 caracteres.",
  "setup.strength.weak": "Débil: fácil de adivinar.",
  "setup.strength.fair": "Aceptable: mejor algo más larga.",
  "setup.strength.good": "Buena.",
  "setup.strength.strong": "Fuerte.",
  "setup.strength.label": "Fuerza de la contraseña",

  "signIn.title": "Iniciar sesión",
  "signIn.intro": "Para superusuarios de este servidor.",
  "signIn.email": "Correo electrónico",
  "signIn.password": "Contraseña",
  "signIn.submit": "Iniciar sesión",
  "signIn.refused": "El correo electrónico o la contraseña no son correctos.",
  "signIn.ended": "Tu sesión ha terminado. Vuelve a iniciarla para seguir.",
  "signIn.untold":
    "Aquí has cerrado la sesión, pero el servidor no se enteró. Inicia sesión para terminarla.",
  "signIn.passkey": "Iniciar sesión con una llave de acceso",
  "signIn.passkeyRefused":
    "El servidor no aceptó esta llave de acceso. Puede que la hayan quitado: usa otra forma.",

  "second.title": "Un paso más",
  "second.submit": "Continuar",
  "second.app": "Esta cuenta pide un código de su aplicación de autenticación.",
  "second.appCode": "Código de la aplicación",
  "second.recovery": "Un código de recuperación sustituye a la aplicación, una vez.",
  "second.recoveryCode": "Código de recuperación",
  "second.mail": "Se ha enviado un código al correo electrónico de la cuenta.",
  "second.mailCode": "Código del correo",
  "second.refused": "Este código no es correcto o ya se ha usado.",
  "second.useRecovery": "Usar un código de recuperación",
  "second.useApp": "Usar la aplicación",
  "second.over": "Empezar de nuevo",

  "passkey.declined":
    "No se usó ninguna llave: se canceló, tardó demasiado o aquí no hay ninguna que valga.",
  "passkey.known": "Este dispositivo ya tiene una llave de acceso de esta cuenta.",
  "passkey.elsewhere":
    "Las llaves de este servidor están ligadas a {domain}: abre allí el panel para usarlas.",
  "passkey.unsupported":
    "Aquí no hay llaves de acceso: el navegador no las admite o la página no llegó por HTTPS.",
  "passkey.failed": "El dispositivo no pudo dar una llave de acceso. Vuelve a intentarlo.",

  "mailed.bad": "Este enlace no está completo. Cópialo entero del correo o pide otro.",
  "mailed.ended": "Este enlace ha caducado o ya se ha usado. Pide otro.",

  "verify.title": "Confirma tu dirección",
  "verify.intro": "Confirma que {email} es tu correo electrónico.",
  "verify.submit": "Confirmar",
  "verify.done": "Tu correo electrónico está confirmado. Puedes cerrar esta página.",

  "reset.title": "Elige una contraseña nueva",
  "reset.intro": "Para la cuenta de {email}. Se cerrará su sesión en todas partes.",
  "reset.password": "Contraseña nueva",
  "reset.submit": "Guardar la contraseña",
  "reset.done": "Tu contraseña ha cambiado. Inicia sesión con la nueva.",

  "change.title": "Confirma tu nueva dirección",
  "change.intro":
    "Tu cuenta tendrá el correo electrónico {email} y se cerrará su sesión en todas partes.",
  "change.password": "Tu contraseña",
  "change.submit": "Cambiar la dirección",
  "change.done": "Tu correo electrónico ha cambiado. Inicia sesión con el nuevo.",
};
