/** Cómo se inicia sesión en una colección. */
export const ways = {
  "ways.pageTitle": "Inicio de sesión en {name}",
  "ways.noAccounts":
    "{name} no tiene cuentas: solo se puede iniciar sesión en colecciones de cuentas.",
  "ways.part": "Sección",
  "ways.parts": "Partes del inicio de sesión",
  "ways.noPart": "Ninguna parte se llama así. Elige una de la lista.",
  "ways.groupWays": "Formas de iniciar sesión",
  "ways.groupMore": "Segundo paso",
  "ways.groupAfter": "Con la sesión iniciada",
  "ways.on": "Sí",
  "ways.off": "No",
  "ways.nothing": "nada",
  "ways.noField": "Ningún campo",
  "ways.saved": "Guardado. Vale desde ahora.",
  "ways.willChange": "Qué cambiará al guardar",
  "ways.hasChanged": "Qué ha cambiado",
  "ways.becomes": "pasa a ser",

  "ways.password": "Contraseña",
  "ways.passwordText": "Un identificador, como el correo electrónico, y una contraseña.",
  "ways.passkeys": "Llaves de acceso",
  "ways.passkeysText":
    "El dispositivo prueba quién es, con un dedo, la cara o un PIN. Nada que recordar ni robar.",
  "ways.providers": "Proveedores",
  "ways.providersHow": "Cómo funciona",
  "ways.providersText":
    "Qué pasa con quienes llegan de un proveedor. Los campos se rellenan en las cuentas nuevas.",
  "ways.codes": "Códigos de un solo uso",
  "ways.codesText": "Se envía un código al correo electrónico y se escribe al entrar.",
  "ways.links": "Enlaces por correo",
  "ways.linksText":
    "Se envía un enlace al correo electrónico. Lleva a una página de la aplicación, " +
    "que inicia la sesión.",
  "ways.anonymous": "Cuentas anónimas",
  "ways.anonymousText":
    "Se empieza sin correo y se añade más tarde. Si se pierde el dispositivo, se pierde la cuenta.",
  "ways.second": "Segunda forma",
  "ways.secondText":
    "Quien inicia sesión de una forma tiene que hacerlo también de otra. " +
    "Las llaves de acceso valen por las dos.",
  "ways.apps": "Aplicaciones de autenticación",
  "ways.appsText":
    "Cada cuenta puede añadir una aplicación que muestra códigos. Desde entonces se pide uno en " +
    "cada inicio de sesión, salvo con una llave de acceso. No hay nada que ajustar: cada persona " +
    "la añade y la quita, y recibe diez códigos de recuperación.",
  "ways.tokens": "Plazos",
  "ways.tokensText": "Cuánto valen las sesiones, los enlaces y las direcciones de archivos.",
  "ways.cookies": "Cookies",
  "ways.cookiesText":
    "Para aplicaciones cuyas páginas se crean en un servidor: al iniciar sesión se puede pedir " +
    "una cookie que los scripts no pueden leer.",
  "ways.alerts": "Avisos",
  "ways.alertsText":
    "Un correo avisa de un inicio de sesión desde un lugar que no se había visto antes.",
  "ways.mails": "Correos",

  "way.passwordAuth.enabled": "Iniciar sesión con una contraseña",
  "way.passwordAuth.identityFields": "Identificadores",
  "wayHelp.passwordAuth.identityFields":
    "Campos con un índice por el que cada valor existe una sola vez.",
  "way.passkey.enabled": "Iniciar sesión con una llave de acceso",
  "way.passkey.rpId": "Dominio",
  "wayHelp.passkey.rpId":
    "Las llaves de acceso están ligadas a él; si cambia, las que ya existen dejan de funcionar. " +
    "Si está vacío, es el de la dirección de la aplicación.",
  "way.passkey.origins": "Páginas que pueden pedir una",
  "wayHelp.passkey.origins":
    "Una por línea, como https://app.example.com. Si está vacío, las de la dirección de la " +
    "aplicación. Necesitan un dominio.",
  "way.oauth2.enabled": "Iniciar sesión con proveedores",
  "way.oauth2.mappedFields.name": "Campo para el nombre",
  "way.oauth2.mappedFields.username": "Campo para el nombre de usuario",
  "way.oauth2.mappedFields.avatarURL": "Campo para la imagen",
  "way.oauth2.mappedFields.id": "Campo para el id del proveedor",
  "way.oauth2.redirectURLs": "Páginas a las que volver",
  "wayHelp.oauth2.redirectURLs":
    "Una por línea, además de las de la dirección de la aplicación. " +
    "Para aplicaciones que están en otro sitio.",
  "way.otp.enabled": "Iniciar sesión con un código por correo",
  "way.otp.duration": "Cuánto vale un código",
  "way.otp.length": "Longitud de un código",
  "wayHelp.otp.length": "En cifras. Ocho son difíciles de adivinar.",
  "way.magicLink.enabled": "Iniciar sesión con un enlace por correo",
  "way.magicLink.duration": "Cuánto vale un enlace",
  "way.anonymous.enabled": "Permitir cuentas sin correo electrónico",
  "wayHelp.anonymous.enabled": "La regla de creación de la colección sigue decidiendo.",
  "way.mfa.enabled": "Pedir una segunda forma",
  "wayHelp.mfa.enabled":
    "De contraseña, códigos de un solo uso y proveedores, dos tienen que estar activados.",
  "way.mfa.duration": "Plazo para la segunda forma",
  "way.mfa.rule": "Solo para las cuentas de esta regla",
  "wayHelp.mfa.rule": "Una expresión, como verified = true. Si está vacía, todas las cuentas.",
  "way.authToken.duration": "Una sesión vale",
  "wayHelp.authToken.duration": "Una aplicación en uso la renueva. Termina después de un año.",
  "way.verificationToken.duration": "Un enlace que confirma una dirección vale",
  "way.passwordResetToken.duration": "Un enlace que reemplaza una contraseña vale",
  "way.emailChangeToken.duration": "Un enlace que cambia una dirección vale",
  "way.fileToken.duration": "La dirección de un archivo protegido vale",
  "way.cookie.enabled": "Iniciar sesión con una cookie",
  "wayHelp.cookie.enabled": "Cuando se pide al iniciar sesión. Los navegadores exigen HTTPS.",
  "way.cookie.sameSite": "Desde páginas de otros sitios",
  "same.lax": "Al seguir un enlace",
  "same.strict": "Nunca",
  "way.cookie.origins": "Páginas que pueden actuar con ella",
  "wayHelp.cookie.origins":
    "Una por línea, como https://app.example.com, además de la dirección de la aplicación.",
  "way.authAlert.enabled": "Avisar de inicios de sesión desde lugares nuevos",

  "try.title": "Pruébalo ahora",
  "try.signIn": "Probar el inicio de sesión",
  "try.signedIn": "Funciona: se inició la sesión de {who} y se volvió a cerrar.",
  "try.second": "Funciona hasta aquí: a la cuenta se le pide una segunda forma.",
  "try.secondOf": "Funciona hasta aquí: a la cuenta se le pide una segunda forma ({methods}).",
  "try.passwordText": "Inicia y cierra la sesión de una de las cuentas. La tuya sigue abierta.",
  "try.identity": "Identificador",
  "try.passkeyText":
    "Inicia y cierra una sesión con una llave de este dispositivo. La tuya sigue abierta.",
  "try.passkeySnippet": "Ofrece llaves de acceso donde se escribe el correo electrónico:",
  "try.codeText":
    "Envía un código a una de las cuentas e inicia sesión con él. Elige una cuya dirección esté " +
    "confirmada: si no, el código la confirma y se quita su contraseña.",
  "try.codeAsk": "Enviar un código",
  "try.codeSent": "Se ha enviado un código a {email}, si alguna cuenta tiene esa dirección.",
  "try.linkText": "Envía un enlace a una de las cuentas.",
  "try.linkAsk": "Enviar un enlace",
  "try.linkSent": "Se ha enviado un enlace a {email}, si alguna cuenta tiene esa dirección.",
  "try.mailHint": "Sin servidor de correo, los correos se guardan y se leen aquí:",

  "bound.title": "Dónde funcionan las llaves de acceso",
  "bound.text": "Una llave de acceso está ligada a un dominio y no funciona en ningún otro.",
  "bound.app": "Dirección de la aplicación",
  "bound.domain": "Dominio",
  "bound.pages": "Páginas",
  "bound.fits": "Las llaves de acceso funcionan aquí, en {here}.",
  "bound.address":
    "Las llaves de acceso necesitan el nombre de un dominio: una dirección de red, " +
    "como 127.0.0.1, no lo es.",
  "bound.host": "Estás en {here}, donde las llaves de acceso de {domain} no funcionan.",
  "bound.insecure": "Estás en {here}: las llaves de acceso solo funcionan por HTTPS.",
  "bound.origin":
    "Estás en {here}, que no es ninguna de las páginas que pueden pedir una llave de acceso.",
  "bound.fix": "Cambiar la dirección de la aplicación",

  "signOutAll.title": "Cerrar todas las sesiones",
  "signOutAll.text": "Termina todas las sesiones, por si algún token cayó en malas manos.",
  "signOutAll.action": "Cerrar todas las sesiones…",
  "signOutAll.question":
    "Todas las sesiones de {name} terminan ahora, en todos los dispositivos; también las claves " +
    "de API de sus cuentas. Todo el mundo tendrá que volver a iniciar sesión.",
  "signOutAll.confirm": "Cerrar todas las sesiones",
  "signOutAll.done": "Se han cerrado todas las sesiones.",

  "provider.title": "Proveedores",
  "provider.steps": "Dos pasos; después se puede probar.",
  "provider.text": "La gente inicia sesión con una cuenta que ya tiene en otro sitio.",
  "provider.none": "Aún no hay proveedores",
  "provider.noneText": "Añade uno, registra allí este servidor y pruébalo.",
  "provider.add": "Añadir un proveedor",
  "provider.search": "Buscar proveedores",
  "provider.notFound": "No existe ese proveedor. La mayoría de los demás funcionan con OIDC.",
  "provider.edit": "Cambiar {name}",
  "provider.remove": "Quitar {name}",
  "provider.removeTitle": "¿Quitar {name}?",
  "provider.removeText":
    "Nadie podrá iniciar sesión con {name}. Las cuentas se quedan, y también su vínculo con él.",
  "provider.removed": "Se ha quitado {name}.",
  "provider.save": "Guardar {name}",
  "provider.saved": "Se ha guardado {name}. Pruébalo antes de que lo use la gente.",
  "provider.register": "1. Registra este servidor en {name}",
  "provider.console": "Abrir la página de {name} para desarrolladores",
  "provider.redirects": "Te pregunta adónde devolver a la gente. Estas son las direcciones:",
  "provider.redirectPopup": "Para una ventana que se abre (la mayoría de las aplicaciones)",
  "provider.redirectPage": "Para páginas de las que se sale y a las que se vuelve",
  "provider.elsewhere":
    "Empiezan por la dirección de la aplicación, {app}, pero estás en {here}. Si la gente llega " +
    "por aquí, cambia eso primero.",
  "provider.keys": "2. Copia lo que te da",
  "provider.clientId": "Id de cliente",
  "provider.clientSecret": "Secreto de cliente",
  "provider.secretKept":
    "Se queda como está mientras no escribas nada. No se vuelve a mostrar nunca.",
  "provider.secretOnce": "Una vez guardado, no se vuelve a mostrar nunca.",
  "provider.displayName": "Nombre en el botón",
  "provider.issuer": "Emisor",
  "provider.issuerHelp":
    "Como https://accounts.example.com: todo lo demás se averigua a partir de ahí.",
  "provider.addresses": "Direcciones",
  "provider.addressesText": "Solo para proveedores que están en un sitio distinto del habitual.",
  "provider.authURL": "Dónde se inicia la sesión",
  "provider.tokenURL": "Dónde se canjean los códigos",
  "provider.userInfoURL": "Dónde se lee la cuenta",
  "provider.jwksURL": "Claves que firman los tokens",
  "provider.pkce": "Prueba de que es el mismo navegador (PKCE)",
  "provider.pkceHelp":
    "Con ella, un código robado no vale nada. Déjala, salvo que el proveedor la rechace.",
  "provider.pkceUsual": "Lo habitual en el proveedor",
  "provider.pkceOn": "Activada",
  "provider.pkceOff": "Desactivada",
  "provider.try": "Probar el inicio de sesión con {name}",
  "provider.tryTitle": "Probar {name}",
  "provider.tryText":
    "Inicia tu sesión allí en una ventana. Aquí no se escribe nada: ves lo que ha llegado.",
  "provider.tryOpen": "Abrir {name}",
  "provider.tryWaiting": "Sigue en la ventana.",
  "provider.scopes": "Pide",
  "provider.noWindow":
    "El navegador no permitió la ventana. Permítela para esta página y vuelve a intentarlo.",
  "provider.windowClosed": "La ventana se cerró antes de que {name} respondiera.",
  "provider.declined": "{name} respondió: {reason}",
  "provider.claims": "Qué dice {name}",
  "provider.mapped": "Qué recibe una cuenta nueva",
  "provider.mappedNone": "No se rellena ningún campo.",
  "provider.person": "Quién es",
  "provider.found": "Se iniciaría la sesión de la cuenta {id}.",

  "template.title": "Correos",
  "template.text":
    "Lo que recibe la gente. Las variables entre llaves se rellenan al enviar el correo.",
  "template.which": "Correo",
  "template.verificationTemplate": "Confirmar una dirección",
  "template.resetPasswordTemplate": "Reemplazar una contraseña",
  "template.confirmEmailChangeTemplate": "Cambiar una dirección",
  "template.otp.emailTemplate": "Código de un solo uso",
  "template.authAlert.emailTemplate": "Inicio de sesión desde un lugar nuevo",
  "template.magicLink.emailTemplate": "Enlace para iniciar sesión",
  "template.subject": "Asunto",
  "template.body": "Cuerpo, en HTML",
  "template.insert": "Insertar una variable",
  "template.preview": "Vista previa",
  "template.mail": "Correo",
  "template.plain": "Texto sin formato",
  "template.wide": "Ancho",
  "template.narrow": "Teléfono",
  "template.frame": "El correo tal como se ve",
  "template.plainText": "Para quien lee los correos sin formato; se crea a partir del cuerpo.",
  "template.sendTo": "Enviármelo",
  "template.sent": "Se ha enviado a {email}.",
  "template.saveFirst": "Guarda primero: se envía lo que está guardado.",
  "template.missing": "Si no lleva {placeholder}, este correo no sirve de nada.",
  "template.edited": "Cambiado",
  "template.asIs": "Como está guardado",
};
