/** Lo que haría más seguro el servidor. */
export const advice = {
  "advice.title": "Qué conviene mirar",
  "advice.text":
    "Cosas que suelen salir mal, encontradas en los ajustes y las reglas de este servidor.",
  "advice.none": "No se encontró nada",
  "advice.noneText":
    "De las reglas y los ajustes que suelen salir mal, ninguno está como no debería.",
  "advice.serious": "Grave",
  "advice.worth": "Conviene mirarlo",
  "advice.home.one": "{count} asunto grave en la seguridad de este servidor:",
  "advice.home.other": "{count} asuntos graves en la seguridad de este servidor:",
  "advice.homeLink": "ver qué hacer",

  "advice.publicWrite": "Cualquiera puede escribir",
  "advice.publicWriteText":
    "Cualquiera en la red puede {actions} registros de {name} sin iniciar sesión.",
  "advice.create": "crear",
  "advice.update": "cambiar",
  "advice.delete": "borrar",
  "advice.publicWriteFix": "Reglas de {name}",
  "advice.publicManage": "Cualquiera puede gestionar cuentas",
  "advice.publicManageText":
    "La regla de gestión de {name} deja que cualquiera cambie contraseñas y direcciones ajenas.",
  "advice.publicManageFix": "Reglas de {name}",
  "advice.publicAccounts": "Las cuentas son públicas",
  "advice.publicAccountsText": "Cualquiera en la red puede leer las cuentas de {name}.",
  "advice.publicAccountsFix": "Reglas de {name}",
  "advice.plain": "Sin cifrado por el camino",
  "advice.plainText":
    "{here} no es HTTPS: las contraseñas y los tokens se pueden leer por el camino. Usa " +
    "luge serve con un dominio, o un proxy con certificado.",
  "advice.plainFix": "Dirección de la aplicación",
  "advice.plainApp": "La dirección de la aplicación no es HTTPS",
  "advice.plainAppText":
    "Los enlaces de los correos llevan a {app}, donde los tokens se pueden leer por el camino.",
  "advice.plainAppFix": "Dirección de la aplicación",
  "advice.address": "La dirección de la aplicación es otra",
  "advice.addressText":
    "Es {app}, y estás en {here}. Los enlaces de los correos, las llaves de acceso y los " +
    "proveedores la siguen.",
  "advice.addressFix": "Dirección de la aplicación",
  "advice.sender": "El remitente es de ejemplo",
  "advice.senderText": "El remitente es {sender}: los correos de ahí se toman por spam.",
  "advice.senderFix": "Remitente",
  "advice.mail": "Los correos no llegan a nadie",
  "advice.mailText":
    "No hay servidor de correo, así que los enlaces y los códigos solo se guardan aquí.",
  "advice.mailFix": "Servidor de correo",
  "advice.backup": "No hay copias automáticas",
  "advice.backupText": "Sin programación, un disco perdido son datos perdidos.",
  "advice.backupFix": "Programación de las copias",
  "advice.superuser": "Inicias sesión solo con una contraseña",
  "advice.superuserText":
    "Quien la averigüe puede verlo y cambiarlo todo. Una llave de acceso no se puede revelar.",
  "advice.superuserFix": "Añadir una llave de acceso",
  "advice.limits": "Las peticiones no tienen límite",
  "advice.limitsText":
    "Cualquiera puede pedir cuanto quiera. Las contraseñas erróneas esperan de todos modos.",
  "advice.limitsFix": "Límites de peticiones",
  "advice.proxy": "Hay un proxy sin declarar",
  "advice.proxyText":
    "Las peticiones llegan con {header}, en la que no se confía: todos los clientes parecen " +
    "tener una sola dirección y se esperan unos a otros.",
  "advice.proxyFix": "Proxy",
  "advice.leftmost": "Los clientes pueden inventarse su dirección",
  "advice.leftmostText":
    "La dirección de más a la izquierda en la cabecera del proxy es la que escribió el cliente.",
  "advice.leftmostFix": "Proxy",
  "advice.unlogged": "No se registra nada",
  "advice.unloggedText": "Después no se puede averiguar qué pasó.",
  "advice.unloggedFix": "Logs",
};
