// A page signs in with @azure/msal-browser in headless Chromium and calls Graph from another
// origin. Chromium trusts the emulator's CA as a user's browser does, by its NSS store. Once
// the page names the emulator; once it names Microsoft's hosts, and Chromium has a proxy.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { buildSync } from "esbuild";
import { chromium } from "playwright-core";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const binary = process.env.GRAPH_EMULATOR_BINARY ?? here("../../../bin/graph-emulator");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const clientId = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305";
const tenantId = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10";
const home = mkdtempSync(join(tmpdir(), "graph-emulator-browser-"));
let child, url, pages, origin;

before(async () => {
  assert.ok(existsSync(executablePath), `there is no ${executablePath}: install Debian's chromium, or name one in CHROMIUM`);
  assert.equal(spawnSync("certutil", ["--version"]).error, undefined, "there is no certutil: install Debian's libnss3-tools");
  const store = join(home, ".pki", "nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-t", "C,,", "-n", "graph-emulator", "-i", here(".ca/ca.pem")]);

  child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", "--auth", "verify", "--sign-in", "page"], { stdio: ["ignore", "pipe", "inherit"] });
  let line = "";
  for await (const chunk of child.stdout) {
    line += chunk;
    if (line.includes("\n")) break;
  }
  url = /TLS at (https:\/\/\S+:\d+)/.exec(line)[1];

  const script = buildSync({ entryPoints: [here("page.js")], bundle: true, format: "esm", write: false }).outputFiles[0].text;
  const aims = {
    "/pointed": { clientId, authority: `${url}/${tenantId}`, knownAuthorities: [new URL(url).host], graph: `${url}/v1.0` },
    "/unmodified": { clientId, authority: `https://login.microsoftonline.com/${tenantId}`, graph: "https://graph.microsoft.com/v1.0" },
    "/landed": {},
  };
  pages = createServer((req, res) => {
    const { pathname } = new URL(req.url, "http://localhost");
    if (pathname === "/page.js") return res.setHeader("Content-Type", "text/javascript").end(script);
    if (!aims[pathname]) return res.writeHead(404).end();
    res.setHeader("Content-Type", "text/html").end(`<!DOCTYPE html><title>loading</title><script>window.config = ${JSON.stringify(aims[pathname])}</script><script type="module" src="/page.js"></script>`);
  }).listen(0, "127.0.0.1");
  await once(pages, "listening");
  origin = `http://localhost:${pages.address().port}`;
});
after(async () => {
  pages?.close();
  child?.kill("SIGTERM");
  if (child) assert.equal((await once(child, "exit"))[0], 0);
  rmSync(home, { recursive: true, force: true });
});

/** Lends a page of a new browser, and says what the page heard when something fails. */
async function withPage(args, options, use) {
  const heard = [];
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", ...args], env: { ...process.env, HOME: home } });
  try {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(20_000);
    page.on("console", (m) => heard.push(m.text()));
    page.on("pageerror", (err) => heard.push(String(err)));
    page.on("requestfailed", (r) => heard.push(`${r.url().split("?")[0]}: ${r.failure().errorText}`));
    await use(page);
  } catch (err) {
    throw new Error(`${err.message}\nthe page said:\n${heard.join("\n")}`, { cause: err });
  } finally {
    await browser.close();
  }
}

/** Signs in on the page at path, calls Graph, renews and signs out. */
const whole = (path, ...args) => withPage(args, {}, async (page) => {
  const titled = (text) => page.waitForFunction((want) => document.title === want, text);
  await page.goto(origin + path);
  await titled("signed out");
  await Promise.all([page.waitForURL(/oauth2\/v2\.0\/authorize/), page.evaluate(() => { window.signIn(); })]);
  await page.fill("input[name=loginfmt]", "tomas@northgale.test");
  await page.click("form button:not([name])");
  await page.click("button[name=accept]");
  await titled("hello tomas@northgale.test");

  const call = (...request) => page.evaluate((r) => window.call(...r), request);
  const me = await call("GET", "/me?$select=userPrincipalName");
  assert.deepEqual([me.status, me.body.userPrincipalName], [200, "tomas@northgale.test"]);
  assert.match(me.id, /^[0-9a-f-]{36}$/); // C-1.23: a page may read it
  const name = `browser${path.slice(1)}`;
  const made = await call("POST", "/users", { accountEnabled: true, displayName: name, mailNickname: name, userPrincipalName: `${name}@northgale.test`, passwordProfile: { password: "rV7!quaySide" } });
  assert.equal(made.status, 201); // C-1.21: after a preflight
  assert.equal((await call("DELETE", `/users/${made.body.id}`)).status, 204);
  const gone = await call("GET", `/users/${made.body.id}`);
  assert.deepEqual([gone.status, gone.body.error.code], [404, "Request_ResourceNotFound"]); // C-1.20: errors too

  assert.equal(await page.evaluate(() => window.renew(false)), true); // C-2.12: the cache knows the scopes
  assert.equal(await page.evaluate(() => window.renew(true)), false);
  await page.reload();
  await titled("hello tomas@northgale.test");
  await page.evaluate(() => { window.signOut(); });
  await titled("signed out");
  assert.equal(page.url().split(/[?#]/)[0], origin + path);
});

test("a page that names the emulator", () => whole("/pointed"));

test("an unmodified page, in a browser with a proxy", () => whole("/unmodified", `--proxy-server=${url.replace("https:", "http:")}`));

test("the sign-in page works without script", () => withPage([], { javaScriptEnabled: false }, async (page) => { // C-2.20
  const ask = new URLSearchParams({ client_id: clientId, response_type: "code", redirect_uri: `${origin}/landed`, scope: "openid User.Read", state: "s", prompt: "login" });
  await page.goto(`${url}/${tenantId}/oauth2/v2.0/authorize?${ask}`);
  await page.click("button[name=pick][value='tomas@northgale.test']");
  await page.waitForURL(/\/landed\?code=.+&state=s/);
}));
