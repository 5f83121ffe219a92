/** El marco, y lo que dice cada página. */
export const app = {
  "app.loading": "Cargando…",
  "app.skip": "Ir al contenido",

  "action.cancel": "Cancelar",
  "action.copy": "Copiar",
  "action.copied": "Copiado",
  "action.retry": "Reintentar",
  "action.close": "Cerrar",
  "action.dismiss": "Ocultar esta lista",

  "problem.network":
    "No se pudo contactar con el servidor. Comprueba que esté en marcha y vuelve a intentarlo.",
  "problem.timeout": "El servidor tardó demasiado en responder. Vuelve a intentarlo.",
  "problem.wait": "Demasiados intentos. Vuelve a intentarlo en {seconds} s.",
  "problem.request": "Petición {id}",
  "problem.page":
    "No se pudo cargar esta página. Quizá el panel se ha actualizado: vuelve a cargarlo.",

  "gone.title": "El servidor no responde.",
  "gone.wait": "Nuevo intento en {seconds} s.",
  "gone.now": "Reintentando…",

  "password.show": "Mostrar la contraseña",
  "password.hide": "Ocultar la contraseña",

  "nav.label": "Principal",
  "nav.home": "Inicio",
  "nav.map": "Mapa",
  "nav.logs": "Registro",
  "nav.settings": "Ajustes",
  "nav.collections": "Colecciones",
  "nav.system": "Sistema",
  "nav.search": "Buscar colecciones",
  "nav.none": "Ninguna colección se llama así.",
  "nav.new": "Nueva colección",
  "nav.open": "Abrir el menú",
  "nav.menu": "Menú",

  "nav.pinned": "Fijadas",
  "nav.ungrouped": "Sin grupo",
  "nav.locked": "Cerrada",
  "nav.publicReads": "Pública: cualquiera lee",
  "nav.publicWrites": "Pública: cualquiera escribe",
  "nav.holds": "contiene {count}",
  "nav.menuOf": "Menú de {name}",
  "nav.newRecord": "Nuevo registro",
  "nav.copyName": "Copiar el nombre",
  "nav.copyJson": "Copiar como JSON",
  "nav.copyTypes": "Copiar como TypeScript",
  "nav.saveJson": "Guardar la definición como JSON",
  "nav.pin": "Fijar arriba",
  "nav.unpin": "Dejar de fijar",
  "nav.toGroup": "Mover a {name}",
  "nav.toNone": "Sacar del grupo",
  "nav.newGroup": "Nuevo grupo",
  "nav.renameGroup": "Cambiar el nombre del grupo",
  "nav.groupUp": "Subir el grupo",
  "nav.groupDown": "Bajar el grupo",
  "nav.removeGroup": "Quitar el grupo",
  "nav.groupName": "Nombre del grupo",
  "nav.keepGroup": "Guardar",

  "user.menu": "Cuenta y aspecto",
  "user.theme": "Tema",
  "user.language": "Idioma",
  "user.account": "Cuenta",
  "user.signOut": "Cerrar sesión",

  "theme.system": "Como el sistema",
  "theme.light": "Claro",
  "theme.dark": "Oscuro",

  "notFound.title": "Aquí no hay nada",
  "notFound.text":
    "Ninguna página tiene esta dirección. Puede que la hayan renombrado o borrado.",
  "notFound.home": "Ir a las colecciones",
};
