/** Lo que recorta imágenes. */
export const crop = {
  "crop.open": "Recortar {name}",
  "crop.title": "Recortar {name}",
  "crop.shape": "Forma",
  "crop.free": "Cualquiera",
  "crop.left": "Girar a la izquierda",
  "crop.right": "Girar a la derecha",
  "crop.x": "Desde la izquierda",
  "crop.y": "Desde arriba",
  "crop.width": "Anchura",
  "crop.height": "Altura",
  "crop.area":
    "La parte que se conserva. Las flechas la mueven, Mayús con flechas cambia su tamaño.",
  "crop.keys":
    "Arrastra la parte o sus esquinas. Con el teclado: las flechas mueven, Mayús con flechas " +
    "cambia el tamaño. Los datos de la cámara y del lugar no se conservan.",
  "crop.result": "La imagen recortada",
  "crop.size": "{width} × {height} píxeles",
  "crop.still": "De una imagen animada solo se conserva la primera.",
  "crop.use": "Usar esta parte",
  "crop.broken": "{name} no es una imagen que este navegador pueda leer.",
  "crop.large":
    "{name} tiene {width} × {height} píxeles. Aquí se pueden recortar hasta {most} millones: " +
    "redúcela antes con otro programa.",
  "crop.unwritable":
    "Este navegador no puede escribir {name} en su propio tipo. Recórtala en otro navegador, " +
    "o guárdala antes como PNG o JPEG.",
};
