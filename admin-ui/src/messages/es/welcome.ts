/** La puesta en marcha de un servidor: lo que viene tras su formulario, y en su lugar. */
export const welcome = {
  "elsewhere.title": "¿Vienes de una copia, o de PocketBase?",
  "elsewhere.backup": "Restaura todo lo de una copia, en el terminal del servidor:",
  "elsewhere.backupText":
    "Después inician sesión los superusuarios de la copia: no hace falta más puesta en marcha. " +
    "Desde esta página no: aquí aún no se conoce a nadie que pueda hacerlo.",
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
