/** La puesta en marcha de un servidor: lo que viene tras su formulario, y en su lugar. */
export const welcome = {
  "elsewhere.title": "¿Vienes de una copia, o de PocketBase?",
  "elsewhere.backup":
    "Restaura todo lo de una copia. Hace falta el código de puesta en marcha de arriba:",
  "elsewhere.backupText":
    "Después inician sesión los superusuarios de la copia: no hace falta más puesta en marcha. " +
    "En el terminal del servidor es así:",
  "elsewhere.file": "Elegir la copia",
  "elsewhere.fileHelp": "Primero se lee y se comprueba entera. Nada cambia hasta que lo digas.",
  "elsewhere.sending": "Se envía y comprueba {name} ({size})…",
  "elsewhere.nobody":
    "No contiene ningún superusuario: el servidor volverá a esperar su puesta en marcha, con " +
    "otro código.",
  "elsewhere.restore": "Restaurar esta copia",
  "elsewhere.restored":
    "La copia está restaurada y el servidor se reinicia. Enseguida podrás iniciar sesión.",
  "elsewhere.restoredEmpty":
    "La copia está restaurada y el servidor se reinicia. Mostrará otro código de puesta en " +
    "marcha.",
  "elsewhere.pocketbase": "Lee la carpeta de datos de PocketBase, antes de arrancar el servidor:",
  "elsewhere.pocketbaseText":
    "Vienen también las colecciones, los registros, los archivos, los ajustes y los superusuarios.",

  "welcome.title": "Añade una llave de acceso",
  "welcome.intro":
    "Has iniciado sesión. Con una llave de acceso, la próxima vez te bastará un dedo, la cara o " +
    "un PIN de este dispositivo.",
  "welcome.add": "Añadir una llave de acceso",
  "welcome.skip": "Ahora no",
  "welcome.address":
    "Las llaves de acceso están ligadas a la dirección de la aplicación. Ahora es {app}, y pasa " +
    "a ser {here} cuando añadas una.",
};
