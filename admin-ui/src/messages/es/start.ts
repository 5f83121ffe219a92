/** Primeros pasos y plantillas. */
export const start = {
  "start.title": "Primeros pasos",
  "start.done": "Hecho",
  "start.toDo": "Por hacer",
  "start.progress": "{done} de {all} hechos",
  "start.create": "Crea una colección",
  "start.createText": "Ponle nombre y campos, y decide quién puede usarla.",
  "start.template": "Carga una plantilla",
  "start.templateText":
    "Un blog, una lista de tareas, un chat o una tienda, con reglas y registros.",
  "start.import": "Carga tus datos",
  "start.importText": "CSV, JSON y NDJSON se convierten en una colección con un comando.",
  "start.importFromFile": "Importar un archivo",
  "start.importPocketBase":
    "Colecciones de un PocketBase: su JSON exportado o su data.db. Los registros y archivos " +
    "vienen con el comando.",
  "start.importFile": "Elegir el archivo exportado o data.db",
  "start.imported.one": "Se ha importado {count} colección.",
  "start.imported.other": "Se han importado {count} colecciones.",
  "start.wouldChange":
    "Estas ya están aquí y la importación las cambiaría: {names}. No se importó nada.",
  "start.compare": "Compáralas y elige qué cambia",
  "start.nothingNew": "Todo lo que contiene ya está aquí, igual.",
  "start.textsStay": "Los textos de sus correos difieren y se quedan como están aquí: {names}.",
  "start.connect": "Conecta una aplicación",
  "start.connectText": "El cliente te da registros con tipos e inicio de sesión.",
  "start.invite": "Invita a un administrador",
  "start.inviteText": "Otra persona que pueda verlo y cambiarlo todo.",
  "start.mail": "Configura el correo",
  "start.mailText":
    "Para que los enlaces y códigos lleguen a la gente. Hasta entonces, los correos quedan aquí.",

  "invite.title": "Invitar a un administrador",
  "invite.text":
    "La persona invitada recibe un correo con un enlace para elegir su contraseña; después puede " +
    "verlo y cambiarlo todo.",
  "invite.submit": "Invitar",
  "invite.done": "Se ha invitado a {email}.",
  "invite.unsent":
    "{email} ya es superusuario, pero no se pudo enviar el correo: {reason} Pide una contraseña " +
    "nueva en el inicio de sesión.",

  "templates.title": "Plantillas",
  "templates.text":
    "Colecciones con reglas, índices y unos 20 registros cada una, para mirarlas y seguir desde " +
    "ahí. Sus cuentas tienen contraseñas que nadie conoce: pon una para iniciar sesión.",
  "templates.blog": "Blog",
  "templates.blogText": "Los autores escriben artículos, y comentarios en los publicados.",
  "templates.todo": "Lista de tareas",
  "templates.todoText": "Listas y tareas que solo ve su dueño.",
  "templates.chat": "Chat",
  "templates.chatText": "Salas cuyos miembros ven los mensajes según se escriben.",
  "templates.shop": "Tienda",
  "templates.shopText": "Productos a la vista de todos, y pedidos de cada cual.",
  "templates.load": "Cargar {name}",
  "templates.remove": "Quitar {name}",
  "templates.loading": "{done} de {all} registros",
  "templates.loaded": "Se ha cargado {name}.",
  "templates.removed": "Se ha quitado {name}.",
  "templates.taken": "Ya hay colecciones con estos nombres: {names}.",
  "templates.referred":
    "{name} se queda: otras colecciones se refieren a ella ({names}). " +
    "Quita primero esas relaciones.",
  "templates.removeTitle": "¿Quitar {name}?",
  "templates.removeText": "Se borran estas colecciones, con todo lo que contienen:",
  "templates.collection": "{name}: {records}",
  "templates.records.one": "{count} registro",
  "templates.records.other": "{count} registros",
  "templates.confirm": "Quitarlas",
};
