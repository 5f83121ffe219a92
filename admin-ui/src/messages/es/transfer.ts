/** Definiciones de colecciones, de entrada y de salida. */
export const transfer = {
  "transfer.export": "Exportar",
  "transfer.exportText":
    "Cómo están definidas las colecciones, sin sus registros. PocketBase también lo lee.",
  "transfer.all": "Todas",
  "transfer.choose": "Colecciones que exportar",
  "transfer.copy": "Copiar como JSON",
  "transfer.download": "Descargar",
  "transfer.import": "Importar",
  "transfer.importText":
    "Una exportación de Luge o PocketBase, o el data.db de un PocketBase. Primero se compara y " +
    "no cambia nada hasta que lo digas.",
  "transfer.file": "Elegir un archivo",
  "transfer.paste": "O pega el JSON",
  "transfer.compare": "Comparar",
  "transfer.drop": "Suelta un archivo aquí: JSON exportado o un data.db",
  "transfer.reading": "Leyendo lo que define {name}…",
  "transfer.recordsStay":
    "Solo definiciones: los registros y archivos de un PocketBase vienen con este comando, a " +
    "una carpeta de datos nueva.",
  "transfer.remarks": "Lo que viene de otra forma, o no viene:",
  "transfer.note.view":
    "{name} es una vista: se conserva su definición, pero sus registros aún no se pueden leer.",
  "transfer.note.providers":
    "{name}: el inicio de sesión con {names} se deja fuera, porque una exportación no contiene " +
    "secretos. Añádelo de nuevo después.",
  "transfer.note.legacy":
    "Esta exportación es de un PocketBase anterior a 0.23. Se muestra como esa versión y las " +
    "posteriores definen lo mismo.",
  "transfer.way": "Lo que solo está aquí",
  "transfer.merge": "Se queda (combinar)",
  "transfer.replace": "Se borra (reemplazar)",
  "transfer.same": "Todo lo que contiene ya está aquí, igual.",
  "transfer.take": "Tomar {name}",
  "transfer.takeField": "Tomar {field} de {name}",
  "transfer.state.new": "nueva",
  "transfer.state.changed": "cambiada",
  "transfer.state.gone": "borrada",
  "transfer.part": "Parte",
  "transfer.now": "Ahora",
  "transfer.inFile": "En el archivo",
  "transfer.result": "Resultado",
  "transfer.none": "nada",
  "transfer.parts": "Cambios de {name}, desplazable",
  "transfer.lossTitle": "Con esto se pierden datos:",
  "transfer.lossCollection.one": "{name} se borra con su registro ({count}).",
  "transfer.lossCollection.other": "{name} se borra con sus {count} registros.",
  "transfer.lossField.one": "{field} se pierde en {count} registro.",
  "transfer.lossField.other": "{field} se pierde en {count} registros.",
  "transfer.lossUncounted": "{field} se pierde en todos los registros que lo tienen.",
  "transfer.typeWord": "perder datos",
  "transfer.type": "Escribe «{word}» para seguir",
  "transfer.counting": "Contando lo que se perdería…",
  "transfer.apply.one": "Cambiar {count} colección",
  "transfer.apply.other": "Cambiar {count} colecciones",
  "transfer.done": "Hecho. Las colecciones están como se muestra.",
  "transfer.moved": "Alguien cambió las colecciones entretanto. Vuelve a comparar.",
  "transfer.trouble.json": "Esto no es JSON: {reason}",
  "transfer.trouble.shape": "Esto no es una exportación: se espera una lista de colecciones.",
  "transfer.trouble.name": "La entrada {at} no tiene nombre, así que no es una colección.",
  "transfer.trouble.twice": "{name} está dos veces.",
  "transfer.trouble.large":
    "La base de datos es demasiado grande: se envían {most} como mucho. Importa la carpeta " +
    "entera con el comando de abajo.",
};
