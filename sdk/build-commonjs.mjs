// The CommonJS build is plain `.js`, so its folder has to say which module system it is.
import { writeFileSync } from "node:fs";

writeFileSync(new URL("dist/cjs/package.json", import.meta.url), '{ "type": "commonjs" }\n');
