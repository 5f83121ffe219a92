/** What crops pictures. */
export const crop = {
  "crop.open": "Crop {name}",
  "crop.title": "Crop {name}",
  "crop.shape": "Shape",
  "crop.free": "Any",
  "crop.left": "Turn left",
  "crop.right": "Turn right",
  "crop.x": "From the left",
  "crop.y": "From the top",
  "crop.width": "Width",
  "crop.height": "Height",
  "crop.area": "The part that is kept. Arrow keys move it, Shift with arrows resizes it.",
  "crop.keys":
    "Drag the part or its corners. By keyboard: arrows move, Shift with arrows resizes. Data " +
    "of the camera and its place are not kept.",
  "crop.result": "The cropped picture",
  "crop.size": "{width} × {height} pixels",
  "crop.still": "Of a moving picture, only the first image is kept.",
  "crop.use": "Use this part",
  "crop.broken": "{name} is no picture that this browser can read.",
  "crop.large":
    "{name} has {width} × {height} pixels. Up to {most} million can be cropped here: make it " +
    "smaller with another program first.",
  "crop.unwritable":
    "This browser cannot write {name} in its own type. Crop it in another browser, or save " +
    "it as PNG or JPEG first.",
} as const;
