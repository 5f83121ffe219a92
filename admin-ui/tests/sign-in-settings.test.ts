// @vitest-environment node
/** What the page on sign-in works out by itself. */
import { expect, test } from "vitest";
import { escaped, filled, samplesOf, tamed } from "../src/pages/sign-in-settings/mails/preview.ts";
import { boundTo } from "../src/state/domain.ts";
import { identityFields } from "../src/pages/sign-in-settings/parts.ts";
import { scopesOf, submitted } from "../src/pages/sign-in-settings/providers/definition.ts";

const here = (address: string) => new URL(address) as unknown as Location;
const own = (appURL: string, rpId = "", origins: string[] = []) => ({ appURL, rpId, origins });

test("passkeys fit where domain and page do", () => {
  for (const [options, address, trouble] of [
    [own("https://app.example.com"), "https://app.example.com", undefined],
    [own("https://app.example.com/base"), "https://app.example.com", undefined],
    [own("http://localhost:8090"), "http://localhost:8090", undefined],
    [own("http://localhost:8090"), "http://127.0.0.1:8090", "host"],
    [own("http://127.0.0.1:8090"), "http://127.0.0.1:8090", "address"],
    [own("http://localhost:8090"), "http://localhost:9000", "origin"],
    [own("http://app.example.com"), "http://app.example.com", "insecure"],
    [own("https://app.example.com"), "https://evil-app.example.com", "host"],
    [own("https://a.example.com", "example.com"), "https://b.example.com", "origin"],
    [
      own("https://a.example.com", "example.com", ["https://b.example.com"]),
      "https://b.example.com",
      undefined,
    ],
    [own("nowhere"), "https://b.example.com", "address"],
  ] as const) {
    const bound = boundTo({ ...options, origins: [...options.origins] }, here(address));
    expect(bound.trouble, `${options.appURL} at ${address}`).toBe(trouble);
  }
});

test("identities have an index by which each value is there once", () => {
  const fields = ["email", "username", "tokenKey", "name"].map((name) => ({
    name,
    type: "text" as const,
  }));
  const indexes = [
    "CREATE UNIQUE INDEX `idx_a` ON `users` (`email`) WHERE `email` != ''",
    "create unique index idx_b on users (username COLLATE NOCASE)",
    "CREATE UNIQUE INDEX `idx_c` ON `users` (`tokenKey`)",
    "CREATE UNIQUE INDEX `idx_d` ON `users` (`name`, `email`)",
    "CREATE INDEX `idx_e` ON `users` (`name`)",
  ];
  expect(identityFields({ fields, indexes })).toEqual(["email", "username"]);
});

test("a secret that was not typed in is not sent", () => {
  const provider = {
    name: "github", clientId: "id", displayName: "", authURL: "", tokenURL: "", userInfoURL: "",
    pkce: null, extra: {},
  };
  expect(submitted({ ...provider, clientSecret: "" })).toEqual(provider);
  expect(submitted({ ...provider, clientSecret: "x" }).clientSecret).toBe("x");
  expect(scopesOf("https://a.example/?scope=read%3Auser+user%3Aemail")).toEqual([
    "read:user",
    "user:email",
  ]);
  expect(scopesOf("nowhere")).toEqual([]);
});

test("placeholders are filled in once, as text", () => {
  const samples = { ...samplesOf({ appName: "<b>{OTP}", appURL: "https://a.example/" }) };
  expect(filled("{APP_NAME} {APP_URL}/x {nothing} {", samples, escaped)).toBe(
    "&#60;b&#62;{OTP} https://a.example/x {nothing} {",
  );
});

test("a mail that is shown loads and runs nothing", () => {
  for (const html of [
    '<img src="https://example.com/x.png">',
    "<img\nsrc=x onerror=alert(1)>",
    '<a title=""onclick="alert(1)">',
    '<svg/onload="alert(1)">',
    '<p style="color: red">',
    '<table background="https://example.com">',
    '<img title=">" onerror="alert(1)">',
    "<img title='<' onerror=alert(1)",
    '<a" onclick=alert(1)>',
  ]) {
    expect(tamed(html).html).not.toMatch(/[\s"'/](src|on\w+|background|style)\s*=/i);
  }
  for (const html of ["<base href=x>", "<META http-equiv=refresh>", "<iframe>", "<link>"]) {
    expect(tamed(html).html).toMatch(/^<x-/);
  }
  expect(tamed("a<script>b</script>c<SCRIPT>d").html).toBe("ac");
  expect(tamed("<p>1 < 2, style = on</p>").html).toBe("<p>1 < 2, style = on</p>");
  const { html, sheets } = tamed("<STYLE media=x>p { top: 0 }</style ><p>a</p><style>em");
  expect(html).toBe("<p>a</p>");
  expect(sheets).toEqual(["p { top: 0 }", "em"]);
});
