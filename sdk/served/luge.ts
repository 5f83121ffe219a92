/** What the server itself gives to pages without a build, as `/sdk/luge.js`. */
export * from "../src/index.js";
export * from "../src/batch/index.js";
export * from "../src/channels/index.js";
export * from "../src/factors/index.js";
export * from "../src/files/index.js";
export * from "../src/live/index.js";
export * from "../src/oauth/index.js";
export * from "../src/offline/index.js";
export * from "../src/optimistic/index.js";
export * from "../src/passkeys/index.js";
