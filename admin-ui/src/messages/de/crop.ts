/** Womit Bilder zugeschnitten werden. */
export const crop = {
  "crop.open": "{name} zuschneiden",
  "crop.title": "{name} zuschneiden",
  "crop.shape": "Form",
  "crop.free": "Beliebig",
  "crop.left": "Nach links drehen",
  "crop.right": "Nach rechts drehen",
  "crop.x": "Von links",
  "crop.y": "Von oben",
  "crop.width": "Breite",
  "crop.height": "Höhe",
  "crop.area":
    "Der Teil, der bleibt. Pfeiltasten bewegen ihn, Umschalt mit Pfeiltasten ändert seine Größe.",
  "crop.keys":
    "Ziehen Sie den Teil oder seine Ecken. Mit der Tastatur: Pfeile bewegen, Umschalt mit " +
    "Pfeilen ändert die Größe. Daten zu Kamera und Ort bleiben nicht erhalten.",
  "crop.result": "Das zugeschnittene Bild",
  "crop.size": "{width} × {height} Pixel",
  "crop.still": "Von einem bewegten Bild bleibt nur das erste Bild.",
  "crop.use": "Diesen Teil verwenden",
  "crop.broken": "{name} ist kein Bild, das dieser Browser lesen kann.",
  "crop.large":
    "{name} hat {width} × {height} Pixel. Bis zu {most} Millionen können hier zugeschnitten " +
    "werden: Verkleinern Sie es zuerst mit einem anderen Programm.",
  "crop.unwritable":
    "Dieser Browser kann {name} nicht in seinem eigenen Typ schreiben. Schneiden Sie es in " +
    "einem anderen Browser zu, oder speichern Sie es zuerst als PNG oder JPEG.",
};
